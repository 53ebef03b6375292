import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { tf } from "./tf";

/** The part of the WebAssembly backend that this file calls. */
interface WasmBackend {
  incRef(dataId: object): void;
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
}

type Kernel = Parameters<typeof tf.registerKernel>[0]["kernelFunc"];

const cheap = new WeakSet<Kernel>();

/**
 * Makes the WebAssembly engine copy no more than it must.
 *
 * Its Identity copies all numbers, and differentiation takes one of every tensor that a gradient needs; its Slice reads the
 * whole tensor for each part of it: a vector of all parameters as often as there are parameters (TensorFlow.js 4.22).
 */
export function copyCheaply(): void {
  replace("Identity", (stock) => (call) => {
    const { dataId, shape, dtype } = call.inputs.x as TensorInfo;
    if (dtype === "string") return stock(call);
    (call.backend as WasmBackend).incRef(dataId);
    return { dataId, shape, dtype };
  });
  replace("Slice", (stock) => (call) => {
    const x = call.inputs.x as TensorInfo;
    const attributes = call.attrs as { begin: number[]; size: number[] };
    const [begin, size] = tf.slice_util.parseSliceParams(x, attributes.begin, attributes.size) as [number[], number[]];
    if (x.dtype === "string" || !tf.slice_util.isSliceContinous(x.shape, begin, size)) return stock(call);
    const strides = tf.util.computeStrides(x.shape);
    return part(call.backend as WasmBackend, x, tf.slice_util.computeFlatOffset(begin, strides), size);
  });
  replace("SplitV", (stock) => (call) => {
    const x = call.inputs.x as TensorInfo;
    const { numOrSizeSplits, axis } = call.attrs as { numOrSizeSplits: number | number[]; axis: number };
    const along = tf.util.parseAxisParam(axis, x.shape)[0] as number;
    if (x.dtype === "string" || x.shape.slice(0, along).some((length) => length !== 1)) return stock(call);
    const rest = x.shape.slice(along + 1);
    let place = 0;
    return tf.backend_util
      .prepareSplitSize(x as Parameters<typeof tf.split>[0] & TensorInfo, numOrSizeSplits, along)
      .map((length) => {
        const made = part(call.backend as WasmBackend, x, place, [...x.shape.slice(0, along), length, ...rest]);
        place += tf.util.sizeFromShape([length, ...rest]);
        return made;
      });
  });
}

/** A copy of numbers that lie one after the other. */
function part(backend: WasmBackend, x: TensorInfo, start: number, shape: number[]): TensorInfo {
  const made = backend.makeOutput(shape, x.dtype);
  // Both looked at after memory was taken: it may have grown, and moved.
  const from = backend.typedArrayFromHeap(x);
  backend.typedArrayFromHeap(made).set(from.subarray(start, start + tf.util.sizeFromShape(shape)));
  return made;
}

function replace(kernelName: string, make: (stock: Kernel) => Kernel): void {
  const kernel = tf.getKernel(kernelName, "wasm");
  if (cheap.has(kernel.kernelFunc)) return;
  const kernelFunc = make(kernel.kernelFunc);
  cheap.add(kernelFunc);
  tf.unregisterKernel(kernelName, "wasm");
  tf.registerKernel({ ...kernel, kernelFunc });
}
