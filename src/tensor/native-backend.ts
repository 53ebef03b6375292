import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "./tf";

/** An attribute of a TensorFlow operation, as the native binding takes it. */
export interface NativeAttribute {
  name: string;
  type: number;
  value: number | boolean | number[];
}

/** The part of tfjs-node's backend that this library calls directly. */
export interface NativeBackend {
  binding: Record<string, number> & { TF_Version: string };
  executeSingleOutput(operation: string, attributes: NativeAttribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(operation: string, attributes: NativeAttribute[], inputs: Tensor[], outputs: number): Tensor[];
}

/** The native backend when it is the one in use, otherwise undefined. */
export function nativeBackend(): NativeBackend | undefined {
  return tf.getBackend() === "tensorflow" ? (tf.backend() as unknown as NativeBackend) : undefined;
}
