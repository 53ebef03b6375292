import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { type Activation, activationBackward, activationForward } from "./activation";
import { type Dropout, dropoutMask } from "./dropout";
import { addRow, matmul, rows, sumRows } from "./matmul";
import { tf } from "./tf";

/** How the feed-forward network runs. */
export interface FeedForwardOptions {
  activation: Activation;
  /** Dropout on the hidden layer; none when left out. */
  dropout?: Dropout | undefined;
}

/**
 * The position-wise feed-forward network: `y = drop(σ(x W₁ + b₁)) W₂ + b₂` (Vaswani et al., "Attention Is All You Need",
 * 2017, section 3.3), as one operation, so that only what its gradient needs is kept.
 *
 * @param x `[..., dim]`
 * @param w1 `[dim, hidden]`, with bias b1 `[hidden]`
 * @param w2 `[hidden, dim]`, with bias b2 `[dim]`
 * @returns `[..., dim]`
 */
export function feedForward<T extends Tensor>(
  x: T,
  [w1, b1, w2, b2]: [Tensor2D, Tensor1D, Tensor2D, Tensor1D],
  { activation, dropout }: FeedForwardOptions,
): T {
  const outputs = w2.shape[1];
  const shape = [...x.shape.slice(0, -1), outputs];
  const operation = tf.customGrad((...args: unknown[]) => {
    const [xIn, wIn, bIn, wOut, bOut, save] = args as [
      Tensor,
      Tensor2D,
      Tensor1D,
      Tensor2D,
      Tensor1D,
      (tensors: Tensor[]) => void,
    ];
    const x2 = rows(xIn);
    const before = addRow(matmul(x2, wIn), bIn);
    const active = activationForward(before, activation);
    const mask = dropout && dropout.rate > 0 ? (dropoutMask(active.shape, dropout) as Tensor2D) : null;
    const hidden = mask ? (tf.mul(active, mask) as Tensor2D) : active;
    // ReLU's slope shows in its (scaled) output; GELU's needs its input.
    save([x2, wIn, wOut, hidden, ...(activation === "relu" ? [] : [before]), ...(mask ? [mask] : [])]);
    return {
      value: tf.reshape(addRow(matmul(hidden, wOut), bOut), shape),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x2Saved, w1Saved, w2Saved, hiddenSaved, ...rest] = saved as Tensor2D[] as [
          Tensor2D,
          Tensor2D,
          Tensor2D,
          Tensor2D,
          ...Tensor2D[],
        ];
        const beforeSaved = activation === "relu" ? hiddenSaved : (rest.shift() as Tensor2D);
        const maskSaved = rest[0];
        const dy2 = tf.reshape(dy, [-1, outputs]) as Tensor2D;
        let dHidden = matmul(dy2, w2Saved, false, true);
        if (maskSaved) dHidden = tf.mul(dHidden, maskSaved);
        dHidden = activationBackward(dHidden, beforeSaved, hiddenSaved, activation);
        return [
          tf.reshape(matmul(dHidden, w1Saved, false, true), x.shape),
          matmul(x2Saved, dHidden, true, false),
          sumRows(dHidden),
          matmul(hiddenSaved, dy2, true, false),
          sumRows(dy2),
        ];
      },
    };
  });
  return operation(x, w1, b1, w2, b2) as T;
}
