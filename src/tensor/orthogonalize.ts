import type { Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { compiled } from "./compiled";
import { batchMatmul } from "./matmul";
import { tf } from "./tf";

const STEPS = 5;
/** Jordan's, for the steepest rise from 0: singular values end between about 0.7 and 1.2, which is near enough. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
/** A matrix shorter than this is divided by this instead of its length, so that one of zeros stays one. */
const SHORTEST = 1e-7;

/**
 * Brings all singular values of each matrix near 1 and leaves its singular vectors: about `U Vᵀ` of `U S Vᵀ`. Five steps of
 * Newton and Schulz, `X = a X + (b X Xᵀ + c (X Xᵀ)²) X`, from the matrix divided by its length (Jordan et al., "Muon: An
 * optimizer for hidden layers in neural networks", 2024).
 *
 * @returns one for each matrix, of its shape
 */
export function orthogonalize(matrices: readonly Tensor2D[]): Tensor2D[] {
  return tf.tidy(() => {
    // Where rows are at most columns, X Xᵀ is smallest; matrices of one shape are multiplied together.
    const wide = matrices.map((matrix) => (isTall(matrix) ? tf.transpose(matrix) : matrix));
    const groups = new Map<string, number[]>();
    wide.forEach(({ shape }, i) => {
      const name = shape.join("x");
      groups.set(name, [...(groups.get(name) ?? []), i]);
    });
    const results: Tensor2D[] = [];
    for (const members of groups.values()) {
      const stack = tf.stack(members.map((i) => wide[i] as Tensor2D)) as Tensor3D;
      tf.unstack(newtonSchulz(stack)).forEach((result, k) => {
        const i = members[k] as number;
        results[i] = isTall(matrices[i] as Tensor2D) ? tf.transpose(result as Tensor2D) : (result as Tensor2D);
      });
    }
    return results;
  });
}

function isTall({ shape: [rows, columns] }: Tensor2D): boolean {
  return rows > columns;
}

/** @param matrices `[matrices, rows, columns]` */
function newtonSchulz(matrices: Tensor3D): Tensor3D {
  const run = compiled();
  if (run) return run("Orthogonalize", [matrices, tf.tensor1d([A, B, C, STEPS, SHORTEST])], 1)[0] as Tensor3D;
  return tf.tidy(() => {
    const [count, rows, columns] = matrices.shape;
    // Along one axis after the other: WebAssembly's Sum of both at once loses digits of large matrices.
    const length = tf.sqrt(tf.sum(tf.sum(tf.square(matrices), 2, true), 1, true));
    let x = tf.reshape(tf.div(matrices, tf.maximum(length, SHORTEST)), [1, count, rows, columns]) as Tensor4D;
    for (let step = 0; step < STEPS; step++) {
      const before = x;
      x = tf.tidy(() => {
        const gram = batchMatmul(before, before, false, true);
        const change = tf.add(tf.mul(gram, B), tf.mul(batchMatmul(gram, gram), C)) as Tensor4D;
        return tf.add(tf.mul(before, A), batchMatmul(change, before)) as Tensor4D;
      });
      before.dispose();
    }
    return tf.reshape(x, matrices.shape);
  });
}
