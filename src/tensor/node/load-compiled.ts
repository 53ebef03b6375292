import path from "node:path";
import { useCompiled } from "../compiled";

/** The file that set-up makes, beside tfjs-node's own binding. */
export function compiledFile(): string {
  const engine = path.dirname(require.resolve("@tensorflow/tfjs-node/package.json"));
  return path.join(engine, "lib", "napi-v8", "vitlab_operations.node");
}

/** Makes the compiled operations known to TensorFlow, and says whether they are there. */
export function loadCompiled(): boolean {
  try {
    require(compiledFile());
    return true;
  } catch {
    return false;
  }
}

if (process.env.VITLAB_COMPILED === "off") useCompiled(false);
