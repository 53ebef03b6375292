import { statSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { VitlabError } from "../../base/error";

/** Where a command takes its images from. */
export type DataSource = { kind: "cifar10" } | { kind: "shapes" } | { kind: "folder"; path: string };

/** Reads `--data` off the command line: cifar10, shapes, folder:PATH, or the path of a folder. */
export function dataSource(text: string): DataSource {
  if (text === "cifar10" || text === "shapes") return { kind: text };
  const path = text.startsWith("folder:") ? text.slice("folder:".length) : text;
  const found = path === "" ? undefined : statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return { kind: "folder", path: resolve(path) };
  if (found) throw new InvalidArgumentError(`${path} is a file: give a folder with one sub-folder a class.`);
  // A folder of that name comes first.
  const name = text.toLowerCase().replace("cifar-10", "cifar10");
  if (name === "cifar10" || name === "shapes") return { kind: name };
  throw new InvalidArgumentError(
    "It must be cifar10, shapes, or a folder with one sub-folder a class; there is no such folder.",
  );
}

/** A source as a checkpoint remembers it. */
export function describeSource(source: DataSource): string {
  return source.kind === "folder" ? `folder:${source.path}` : source.kind;
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
    return dataSource(about);
  } catch {
    throw new VitlabError(`${folder} was trained on ${about}, which is not there any more: give --data`);
  }
}
