import { existsSync } from "node:fs";
import Module, { createRequire } from "node:module";
import path from "node:path";

/** The version of Node's native interface that tfjs-node 4.22 takes wherever Node.js has it: the newest that it lists. */
const NATIVE_INTERFACE = 8;

/**
 * Runs `load`, which loads tfjs-node, and answers where tfjs-node asks node-pre-gyp for its binding: that one loads a
 * hundred modules to name the file that set-up and npm put there. Where it isn't there, node-pre-gyp is asked.
 */
export function withKnownBinding<T>(load: () => T): T {
  const standIn = bindingStandIn();
  if (!standIn) return load();
  const { cache } = require;
  cache[standIn.filename] = standIn;
  try {
    return load();
  } finally {
    // Whoever else asks for it gets node-pre-gyp itself.
    delete cache[standIn.filename];
  }
}

function bindingStandIn(): NodeJS.Module | undefined {
  try {
    const manifest = require.resolve("@tensorflow/tfjs-node/package.json");
    const { napi_versions: versions } = (require(manifest) as { binary: { napi_versions: number[] } }).binary;
    const isTaken = Math.max(...versions) === NATIVE_INTERFACE && Number(process.versions.napi) >= NATIVE_INTERFACE;
    const binding = path.join(path.dirname(manifest), "lib", `napi-v${NATIVE_INTERFACE}`, "tfjs_binding.node");
    const filename = createRequire(manifest).resolve("@mapbox/node-pre-gyp");
    if (!isTaken || !existsSync(binding) || require.cache[filename]) return undefined;
    const module = new Module(filename);
    return Object.assign(module, { filename, loaded: true, exports: { find: () => binding } });
  } catch {
    // tfjs-node isn't installed, or not as it was: it says so itself.
    return undefined;
  }
}
