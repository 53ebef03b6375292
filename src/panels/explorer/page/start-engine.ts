import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { env as environment } from "@tensorflow/tfjs-core";
import { explainMissingKernels } from "../../../tensor/missing-kernels";
import { separateReshapedMatrices } from "../../../tensor/reshaped-matmul";
import { tf } from "../../../tensor/tf";

/** What computes in a page. */
export type PageEngine = "wasm" | "cpu";

/**
 * Starts WebAssembly with SIMD, from bytes that the page holds, or where the browser has none plain JavaScript.
 *
 * WebGL isn't among them: on many devices its numbers are 16 bits wide, which is not right to 1e-4.
 *
 * @param binary of `tfjs-backend-wasm-simd.wasm`
 * @param wanted "cpu" leaves WebAssembly out
 */
export async function startEngine(
  binary: () => Promise<Uint8Array<ArrayBuffer>>,
  wanted?: string | null,
): Promise<PageEngine> {
  if (wanted !== "cpu" && (await startWasm(binary))) return "wasm";
  await tf.setBackend("cpu");
  await tf.ready();
  return "cpu";
}

async function startWasm(binary: () => Promise<Uint8Array<ArrayBuffer>>): Promise<boolean> {
  const env = environment();
  // Threads need memory that is shared, which a page has only by its server's leave.
  env.set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  if (!(await env.getAsync("WASM_HAS_SIMD_SUPPORT"))) return false;
  const bytes = await binary();
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
  return true;
}
