import { createRequire } from "node:module";

/** The modules of this name in tslab that are loaded: a library may resolve another copy than the one that runs. */
export function loadedTslab<Module>(name: string): Module[] {
  const { cache } = createRequire(__filename);
  return Object.keys(cache)
    .filter((file) => file.replaceAll("\\", "/").endsWith(`/tslab/dist/${name}.js`))
    .map((file) => cache[file]?.exports as Module);
}
