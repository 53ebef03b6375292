import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Loads a module of `bench/`, which is plain JavaScript. */
export function load(path: string) {
  return import(/* @vite-ignore */ pathToFileURL(join(__dirname, "..", "..", "bench", path)).href);
}

/** What such a module exports: nothing that the type checker knows. */
export type Loaded = Awaited<ReturnType<typeof load>>;
