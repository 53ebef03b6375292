import { tf } from "../tensor/tf";
import type { Features } from "./linear-classifier";

/** Features that are at hand: a row of numbers for each label, one behind the other. */
export function featureRows(values: Float32Array, labels: Int32Array): Features {
  const { length } = labels;
  const dim = values.length / length;
  const rows = (indices: Uint32Array) => {
    const chosen = new Float32Array(indices.length * dim);
    indices.forEach((index, i) => {
      chosen.set(values.subarray(index * dim, (index + 1) * dim), i * dim);
    });
    return tf.tensor2d(chosen, [indices.length, dim]);
  };
  return { length, labels, rows };
}
