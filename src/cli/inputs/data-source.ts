import { statSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { VitlabError } from "../../base/error";
import { DRAWN, type DrawnName } from "../../data/drawn-by-name";

/** Where a command takes its images from. */
export type DataSource = { kind: "cifar10" } | { kind: "drawn"; name: DrawnName } | { kind: "folder"; path: string };

/** What `--data` takes, for the help. */
export const DATA_HELP = "cifar10, shapes, shapes-v1, needle, or folder:PATH with one sub-folder a class";

/**
 * Reads `--data` off the command line: cifar10, a drawn data set (shapes, needle; shapes-v1 are the shapes as they were at
 * first), folder:PATH, or the path of a folder.
 */
export function dataSource(text: string): DataSource {
  const exact = namedSource(text);
  if (exact) return exact;
  const path = text.startsWith("folder:") ? text.slice("folder:".length) : text;
  const found = path === "" ? undefined : statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return { kind: "folder", path: resolve(path) };
  if (found) throw new InvalidArgumentError(`${path} is a file: give a folder with one sub-folder a class.`);
  // A folder of that name comes first.
  const named = namedSource(text.toLowerCase().replace("cifar-10", "cifar10"));
  if (named) return named;
  throw new InvalidArgumentError(
    "It must be cifar10, shapes, shapes-v1, needle, or a folder with one sub-folder a class; there is no such folder.",
  );
}

function namedSource(name: string): DataSource | undefined {
  if (name === "cifar10") return { kind: name };
  const drawn = name === "shapes" ? "shapes-v2" : name;
  return Object.hasOwn(DRAWN, drawn) ? { kind: "drawn", name: drawn as DrawnName } : undefined;
}

/** A source as a checkpoint remembers it. */
export function describeSource(source: DataSource): string {
  if (source.kind === "folder") return `folder:${source.path}`;
  return source.kind === "drawn" ? source.name : source.kind;
}

/**
 * The source that a checkpoint remembers.
 *
 * @param about what the checkpoint in `folder` tells of its data
 * @throws VitlabError when it tells nothing, or the images are no longer there.
 */
export function rememberedSource(folder: string, about: unknown): DataSource {
  if (typeof about !== "string" || about === "")
    throw new VitlabError(`${folder} does not tell what it was trained on: give --data`);
  try {
    return dataSource(rememberedName(about));
  } catch {
    throw new VitlabError(`${folder} was trained on ${about}, which is not there any more: give --data`);
  }
}

/** Whether a source is the one that a checkpoint remembers. */
export function isRemembered(source: DataSource, about: unknown): boolean {
  return typeof about === "string" && rememberedName(about) === describeSource(source);
}

/** Checkpoints from before there were versions of the shapes had the first. */
function rememberedName(about: string): string {
  return about === "shapes" ? "shapes-v1" : about;
}
