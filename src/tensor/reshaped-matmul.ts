import type { TensorInfo } from "@tensorflow/tfjs-core";
import { tf } from "./tf";

/** The part of the WebAssembly backend that this file calls. */
interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: string): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
  disposeData(dataId: object): boolean;
}

const KERNELS = ["BatchMatMul", "_FusedMatMul"];

const shapes = new WeakMap<object, string>();
const mended = new WeakSet<object>();

/**
 * Makes the WebAssembly engine multiply rightly by a matrix whose numbers it has met in another shape.
 *
 * It packs the second matrix of a product once and finds it again by its numbers, whatever their shape: of `matMul(a, b)`
 * after `matMul(c, reshape(b, …))` some columns are wrong or never written (TensorFlow.js 4.22). A copy has numbers of its own.
 */
export function separateReshapedMatrices(): void {
  for (const kernelName of KERNELS) {
    const kernel = tf.getKernel(kernelName, "wasm");
    const multiply = kernel.kernelFunc;
    if (mended.has(multiply)) continue;
    const kernelFunc: typeof multiply = (call) => {
      const b = call.inputs.b as TensorInfo;
      const shape = b.shape.slice(-2).join("x");
      const known = shapes.get(b.dataId);
      if (known === undefined) shapes.set(b.dataId, shape);
      if (known === undefined || known === shape) return multiply(call);
      const backend = call.backend as WasmBackend;
      const copy = backend.makeOutput(b.shape, b.dtype);
      backend.typedArrayFromHeap(copy).set(backend.typedArrayFromHeap(b));
      const product = multiply({ ...call, inputs: { ...call.inputs, b: copy } });
      backend.disposeData(copy.dataId);
      return product;
    };
    mended.add(kernelFunc);
    tf.unregisterKernel(kernelName, "wasm");
    tf.registerKernel({ ...kernel, kernelFunc });
  }
}
