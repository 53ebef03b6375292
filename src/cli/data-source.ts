import { statSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";

/** Where a command takes its images from. */
export type DataSource = { kind: "cifar10" } | { kind: "shapes" } | { kind: "folder"; path: string };

/** Reads `--data` off the command line: cifar10, shapes, folder:PATH, or the path of a folder. */
export function dataSource(text: string): DataSource {
  if (text === "cifar10" || text === "shapes") return { kind: text };
  const path = text.startsWith("folder:") ? text.slice("folder:".length) : text;
  const found = path === "" ? undefined : statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return { kind: "folder", path: resolve(path) };
  if (found) throw new InvalidArgumentError(`${path} is a file: give a folder with one sub-folder a class.`);
  throw new InvalidArgumentError(
    "It must be cifar10, shapes, or a folder with one sub-folder a class; there is no such folder.",
  );
}

/** A source as a checkpoint remembers it. */
export function describeSource(source: DataSource): string {
  return source.kind === "folder" ? `folder:${source.path}` : source.kind;
}
