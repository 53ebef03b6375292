import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { type NativeBackend, nativeBackend } from "./native";
import { tf } from "./tf";

/**
 * The product of two matrices, either one transposed, on each engine's fast path.
 *
 * Native: `MatMul` itself, where tfjs goes through `BatchMatMulV2`. WebAssembly: explicit transposes, because only its
 * untransposed 2-D product is fast. Has no gradient of its own: the operations that use it define theirs.
 */
export function matmul(a: Tensor2D, b: Tensor2D, transposeA = false, transposeB = false): Tensor2D {
  const native = nativeBackend();
  if (native) {
    const attributes = [
      floatType(native),
      flag(native, "transpose_a", transposeA),
      flag(native, "transpose_b", transposeB),
    ];
    return native.executeSingleOutput("MatMul", attributes, [a, b]) as Tensor2D;
  }
  if (tf.getBackend() !== "wasm") return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() => tf.matMul(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b));
}

/** Adds a vector to every row of a matrix. */
export function addRow(matrix: Tensor2D, row: Tensor1D): Tensor2D {
  const native = nativeBackend();
  if (native) return native.executeSingleOutput("BiasAdd", [floatType(native)], [matrix, row]) as Tensor2D;
  return tf.add(matrix, row);
}

/** The sum of the rows of a matrix: the gradient of `addRow` for its row. */
export function sumRows(matrix: Tensor2D): Tensor1D {
  const native = nativeBackend();
  // TensorFlow's BiasAddGrad takes a third of the time of its Sum over the first axis.
  if (native) return native.executeSingleOutput("BiasAddGrad", [floatType(native)], [matrix]) as Tensor1D;
  return tf.sum(matrix, 0) as Tensor1D;
}

/** Reshapes to a matrix whose columns are the last axis. */
export function rows(x: Tensor): Tensor2D {
  const columns = x.shape[x.shape.length - 1] as number;
  return tf.reshape(x, [-1, columns]) as Tensor2D;
}

/** The attribute "T is float" that nearly every TensorFlow operation takes. */
export function floatType(native: NativeBackend) {
  return { name: "T", type: native.binding.TF_ATTR_TYPE as number, value: native.binding.TF_FLOAT as number };
}

function flag(native: NativeBackend, name: string, value: boolean) {
  return { name, type: native.binding.TF_ATTR_BOOL as number, value };
}
