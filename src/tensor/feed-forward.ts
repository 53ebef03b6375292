import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { type Activation, activationBackward, activationForward } from "./activation";
import { type Dropout, keepFactors, keptElements } from "./dropout";
import { addRow, matmul, rows, sumRows } from "./matmul";
import { tf } from "./tf";

/** How the feed-forward network runs. */
export interface FeedForwardOptions {
  activation: Activation;
  /** Dropout on the hidden layer; none when left out. */
  dropout?: Dropout | undefined;
}

/** Weights and biases: W₁ `[dim, hidden]`, b₁ `[hidden]`, W₂ `[hidden, dim]`, b₂ `[dim]`. */
export type FeedForwardWeights = [Tensor2D, Tensor1D, Tensor2D, Tensor1D];

/**
 * The position-wise feed-forward network: `y = drop(σ(x W₁ + b₁)) W₂ + b₂` (Vaswani et al., "Attention Is All You Need",
 * 2017, section 3.3), as one operation.
 *
 * With h the hidden layer: `dW₂ = hᵀ dy`, `dh = dy W₂ᵀ`, back through dropout and σ, `dW₁ = xᵀ dh`, `dx = dh W₁ᵀ`.
 *
 * The hidden layer is by far the largest tensor of a step. Its rows go through in blocks: the C library keeps memory of
 * up to 32 MiB for the next block, but hands larger pieces back to the system, page by page, and gets them anew in each
 * operation, which took nearly half of a training step's processor time.
 *
 * @param x `[..., dim]`
 * @returns `[..., dim]`
 */
export function feedForward<T extends Tensor>(x: T, weights: FeedForwardWeights, options: FeedForwardOptions): T {
  const { activation, dropout } = options;
  const drops = dropout !== undefined && dropout.rate > 0;
  const [inputs, hidden] = weights[0].shape;
  const outputs = weights[2].shape[1];
  const shape = [...x.shape.slice(0, -1), outputs];
  const operation = tf.customGrad((...args: unknown[]) => {
    const [xIn, w1, b1, w2, b2, save] = args as [Tensor, ...FeedForwardWeights, (tensors: Tensor[]) => void];
    const x2 = rows(xIn);
    const blocks = rowBlocks(x2.shape[0], hidden);
    const outputs2: Tensor2D[] = [];
    const kept: Tensor[][] = blocks.map(([start, count]) => {
      const mask = drops ? keptElements([count, hidden], dropout) : null;
      const [y, ...forGradient] = tf.tidy(() => {
        const before = addRow(matmul(block(x2, start, count), w1), b1);
        const active = activationForward(before, activation);
        const dropped = mask ? (tf.mul(active, keepFactors(mask, dropout as Dropout)) as Tensor2D) : active;
        // ReLU's slope shows in its output, dropped or not; GELU's needs its input.
        return [addRow(matmul(dropped, w2), b2), dropped, activation === "relu" ? dropped : before];
      }) as [Tensor2D, Tensor2D, Tensor2D];
      outputs2.push(y);
      return mask ? [...forGradient, mask] : forGradient;
    });
    save([x2, w1, w2, ...kept.flat()]);
    return {
      value: tf.reshape(outputs2.length === 1 ? (outputs2[0] as Tensor2D) : tf.concat(outputs2, 0), shape),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x2Saved, w1Saved, w2Saved, ...keptSaved] = saved as [Tensor2D, Tensor2D, Tensor2D, ...Tensor2D[]];
        const dy2 = tf.reshape(dy, [-1, outputs]) as Tensor2D;
        const partsOfX: Tensor2D[] = [];
        let sums: Tensor[] = [];
        blocks.forEach(([start, count], i) => {
          const [dx, ...sumsNow] = tf.tidy(() => {
            const width = drops ? 3 : 2;
            const [dropped, before, mask] = keptSaved.slice(i * width, (i + 1) * width) as [
              Tensor2D,
              Tensor2D,
              Tensor2D?,
            ];
            const dyBlock = block(dy2, start, count);
            let dHidden = matmul(dyBlock, w2Saved, false, true);
            if (mask) dHidden = tf.mul(dHidden, keepFactors(mask, dropout as Dropout));
            dHidden = activationBackward(dHidden, before, dropped, activation);
            const gradients = [
              matmul(block(x2Saved, start, count), dHidden, true, false),
              sumRows(dHidden),
              matmul(dropped, dyBlock, true, false),
            ];
            const added = sums.length === 0 ? gradients : gradients.map((g, k) => tf.add(g, sums[k] as Tensor));
            return [matmul(dHidden, w1Saved, false, true), ...added];
          }) as [Tensor2D, ...Tensor[]];
          tf.dispose(sums);
          sums = sumsNow;
          partsOfX.push(dx);
        });
        const [dw1, db1, dw2] = sums as [Tensor2D, Tensor1D, Tensor2D];
        const dx = partsOfX.length === 1 ? (partsOfX[0] as Tensor2D) : tf.concat(partsOfX, 0);
        return [tf.reshape(dx, [...x.shape.slice(0, -1), inputs]), dw1, db1, dw2, sumRows(dy2)];
      },
    };
  });
  return operation(x, ...weights) as T;
}

/** Elements of a block's hidden layer: 8 MiB of float32. Smaller blocks lose more to the cost of an operation. */
const BLOCK_ELEMENTS = 2 ** 21;

/** Start and number of the rows of each block; even numbers, so that dropout draws as it would for all rows at once. */
function rowBlocks(count: number, hidden: number): [start: number, count: number][] {
  const most = Math.max(2, Math.floor(BLOCK_ELEMENTS / hidden / 2) * 2);
  return Array.from({ length: Math.ceil(count / most) }, (_, i) => [i * most, Math.min(most, count - i * most)]);
}

function block(x: Tensor2D, start: number, count: number): Tensor2D {
  return count === x.shape[0] ? x : tf.slice(x, [start, 0], [count, -1]);
}
