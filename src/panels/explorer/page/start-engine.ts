import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { env as environment } from "@tensorflow/tfjs-core";
import { copyCheaply } from "../../../tensor/cheap-copies";
import { explainMissingKernels } from "../../../tensor/missing-kernels";
import { separateReshapedMatrices } from "../../../tensor/reshaped-matmul";
import { tf } from "../../../tensor/tf";
import { offerWasmOperations } from "../../../tensor/wasm-operations";

/** What computes in a page. */
export type PageEngine = "wasm" | "cpu";

type Bytes = () => Promise<Uint8Array<ArrayBuffer>>;
type Held = Readonly<Record<"engine" | "operations", Bytes>>;

/**
 * Starts WebAssembly with SIMD, from bytes that the page holds, or where the browser has none plain JavaScript.
 *
 * WebGL isn't among them: on many devices its numbers are 16 bits wide, which is not right to 1e-4.
 *
 * @param held `tfjs-backend-wasm-simd.wasm`, and the module of fused operations
 * @param wanted "cpu" leaves WebAssembly out
 */
export async function startEngine(held: Held, wanted?: string | null): Promise<PageEngine> {
  if (wanted !== "cpu" && (await startWasm(held))) return "wasm";
  await tf.setBackend("cpu");
  await tf.ready();
  return "cpu";
}

async function startWasm({ engine, operations }: Held): Promise<boolean> {
  const env = environment();
  // Threads need memory that is shared, which a page has only by its server's leave.
  env.set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  if (!(await env.getAsync("WASM_HAS_SIMD_SUPPORT"))) return false;
  const bytes = await engine();
  // The backend asks the platform for its file; what it gets are the page's own bytes.
  env.platform.fetch = async () => new Response(bytes);
  setWasmPaths("", true);
  try {
    if (!(await tf.setBackend("wasm"))) return false;
    await tf.ready();
  } catch {
    return false;
  }
  explainMissingKernels("wasm", 'plain JavaScript, "?engine=cpu" behind the page\'s address');
  separateReshapedMatrices();
  copyCheaply();
  try {
    offerWasmOperations(await WebAssembly.compile(await operations()));
  } catch {
    // TensorFlow.js's own operations then do it, slower.
  }
  return true;
}
