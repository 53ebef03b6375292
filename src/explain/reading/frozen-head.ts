import { dataOf } from "../../tensor/data-of";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import type { Numbers, TokenGrid } from "../look";
import { patchTokens } from "../patch-map";
import type { LinearHead } from "../read-out";
import { rowOf } from "../row-of";

/** One part of the residual stream: what it adds to each token of each image. */
export type TokenVectors = (image: number, token: number) => Float32Array;

/** The end of a model with the last normalization's scale held as it is: what it makes of a sum is the sum of what it makes of parts. */
export interface FrozenHead {
  /** What the head sees of a part: centered, scaled, of the tokens that are pooled; `[image · dim]`. */
  see(vectors: TokenVectors): Float32Array;
  /** What it says to what it saw of several parts, without biases: `[image, part, class]`, row by row. */
  say(seen: readonly Float32Array[]): Float32Array;
  /** What the last normalization's and the head's biases bring, of each class. */
  bias: Float32Array;
}

/** @param last the residual stream behind the last block, `[image, token, dim]`, which has the scale */
export function frozenHead(model: ViT, grid: TokenGrid, head: LinearHead, { shape, data }: Numbers): FrozenHead {
  const { norm, weight, bias } = head;
  const [batch, tokens, dim] = shape as [number, number, number];
  const { classes, pool } = model.config;
  const pooled = pool === "cls" ? [0] : patchTokens(grid);
  const scales = Float32Array.from({ length: batch * tokens }, (_, i) =>
    norm ? Math.sqrt(variance(rowOf(data, i, dim)) + norm.epsilon) : 1,
  );
  return {
    see(vectors) {
      const seen = new Float32Array(batch * dim);
      for (let image = 0; image < batch; image++)
        for (const token of pooled) {
          const vector = vectors(image, token);
          const center = norm ? mean(vector) : 0;
          const scale = (scales[image * tokens + token] as number) * pooled.length;
          for (let i = 0; i < dim; i++) {
            const at = image * dim + i;
            const factor = norm ? (norm.weight[i] as number) : 1;
            seen[at] = (seen[at] as number) + (((vector[i] as number) - center) / scale) * factor;
          }
        }
      return seen;
    },
    say(seen) {
      const rows = new Float32Array(batch * seen.length * dim);
      seen.forEach((part, i) => {
        for (let image = 0; image < batch; image++) rows.set(rowOf(part, image, dim), (image * seen.length + i) * dim);
      });
      return dataOf(() =>
        tf.matMul(tf.tensor2d(rows, [batch * seen.length, dim]), tf.tensor2d(weight, [dim, classes])),
      );
    },
    bias: bias.map((value, c) => {
      let sum = value;
      for (let i = 0; norm && i < dim; i++) sum += (norm.bias[i] as number) * (weight[i * classes + c] as number);
      return sum;
    }),
  };
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: Float32Array): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
}
