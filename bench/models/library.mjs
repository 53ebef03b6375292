import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../setup/paths.mjs";

/** What the bench itself needs of vitlab: presets, complete configs, and the count of operations. */
export function loadLibrary() {
  const require = createRequire(import.meta.url);
  const part = (path) => require(join(root, "dist", path));
  const { forwardFlops, trainingFlops } = part("train/flops.js");
  const { completeConfig } = part("vit/complete-config.js");
  const { patchGridSize } = part("vit/patches.js");
  const { presets } = part("vit/presets.js");
  return { forwardFlops, trainingFlops, completeConfig, patchGridSize, presets };
}
