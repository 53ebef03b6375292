import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { type NativeBackend, nativeBackend } from "./native-backend";
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

/**
 * The products of two stacks of matrices `[batch, heads, rows, columns]`, those of either stack transposed. Has no gradient of
 * its own, as `matmul`.
 *
 * WebAssembly multiplies stacks with plain loops and only single matrices fast: from some size on they go one by one, 17
 * instead of 31 ms for 256 products of 65x32 and 32x65.
 */
export function batchMatmul(a: Tensor4D, b: Tensor4D, transposeA = false, transposeB = false): Tensor4D {
  if (tf.getBackend() !== "wasm") return tf.matMul(a, b, transposeA, transposeB);
  const [batch, heads] = a.shape;
  const [rows, depth] = transposeA ? [a.shape[3], a.shape[2]] : [a.shape[2], a.shape[3]];
  const columns = transposeB ? b.shape[2] : b.shape[3];
  if (rows * depth * columns < ONE_BY_ONE) return tf.matMul(a, b, transposeA, transposeB);
  return tf.tidy(() => {
    const numbersA = (transposeA ? tf.transpose(a, [0, 1, 3, 2]) : a).dataSync();
    const numbersB = (transposeB ? tf.transpose(b, [0, 1, 3, 2]) : b).dataSync();
    const all = new Float32Array(batch * heads * rows * columns);
    for (let i = 0; i < batch * heads; i++)
      tf.tidy(() => {
        const left = tf.tensor2d(numbersA.subarray(i * rows * depth, (i + 1) * rows * depth) as Float32Array, [
          rows,
          depth,
        ]);
        const right = tf.tensor2d(numbersB.subarray(i * depth * columns, (i + 1) * depth * columns) as Float32Array, [
          depth,
          columns,
        ]);
        all.set(tf.matMul(left, right).dataSync(), i * rows * columns);
      });
    return tf.tensor4d(all, [batch, heads, rows, columns]);
  });
}

/** Multiplications of a product from which it is worth a call of its own. */
const ONE_BY_ONE = 70_000;

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
  if (tf.getBackend() === "wasm") return tf.tidy(() => sumRowsInSteps(matrix));
  return tf.sum(matrix, 0) as Tensor1D;
}

/**
 * The sum of all numbers of a tensor, however many there are; differentiable.
 *
 * WebAssembly's Sum adds one number after the other to one float32, which loses 0.3 % of 5.7 million squares and 8 % of 60
 * million; TensorFlow sums in a tree, the cpu engine in float64.
 */
export function longSum(x: Tensor): Scalar {
  if (!losesDigits(x)) return tf.sum(x) as Scalar;
  return tf.tidy(() => tf.reshape(sumRowsInSteps(tf.reshape(x, [-1, 1])), [])) as Scalar;
}

/** The mean of all numbers of a tensor, however many there are; differentiable. */
export function longMean(x: Tensor): Scalar {
  return losesDigits(x) ? tf.tidy(() => tf.div(longSum(x), x.size) as Scalar) : (tf.mean(x) as Scalar);
}

function losesDigits(x: Tensor): boolean {
  return tf.getBackend() === "wasm" && x.size > SUMMED_AT_ONCE;
}

/** How many numbers one float32 adds up: more lose digits. */
const SUMMED_AT_ONCE = 1024;

/** Sums of so many rows at a time, then of those sums. */
function sumRowsInSteps(matrix: Tensor2D): Tensor1D {
  const [count, columns] = matrix.shape;
  if (count < 2 * SUMMED_AT_ONCE) return onesTimes(matrix);
  const sums = Math.floor(count / SUMMED_AT_ONCE);
  const whole = sums * SUMMED_AT_ONCE;
  const even = whole === count ? matrix : tf.slice(matrix, [0, 0], [whole, columns]);
  const part = tf.reshape(onesTimes(tf.reshape(even, [SUMMED_AT_ONCE, sums * columns])), [sums, columns]);
  const rest = whole === count ? [] : [tf.slice(matrix, [whole, 0], [count - whole, columns])];
  return sumRowsInSteps(tf.concat([part, ...rest]) as Tensor2D);
}

/** WebAssembly's Sum of 1,024 rows of 2,048 takes 17 ms, a product with a row of ones 0.3 ms. */
function onesTimes(matrix: Tensor2D): Tensor1D {
  return tf.reshape(tf.matMul(tf.ones([1, matrix.shape[0]]), matrix), [matrix.shape[1]]);
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
