import path from "node:path";
import { useCompiled } from "../compiled";
import type { Bfloat16Instructions } from "../precision";

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

/** What the loaded file says of the processor. */
export function loadedBfloat16(): Bfloat16Instructions {
  return (require(compiledFile()) as { bfloat16: Bfloat16Instructions }).bfloat16;
}

if (process.env.VITLAB_COMPILED === "off") useCompiled(false);
