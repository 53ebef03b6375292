import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { checkResidual, showShape } from "../base/shape";
import { type Activation, activationBackward, activationForward } from "./activation";
import { compiled, type RunCompiled } from "./compiled";
import { differentiable, type Form, isRecorded } from "./differentiable";
import { type Dropout, type DropoutDraw, drawDropout, keepFactors, keptElements, keysTensor } from "./dropout";
import { addRow, matmul, rows, sumRows } from "./matmul";
import { precision } from "./precision";
import { tf } from "./tf";

/** How the feed-forward network runs. */
export interface FeedForwardOptions {
  activation: Activation;
  /** Dropout on the hidden layer; none when left out. */
  dropout?: Dropout | undefined;
  /** Added to the result, `[..., dim]`. */
  residual?: Tensor | undefined;
}

/** Weights and biases: W₁ `[dim, hidden]`, b₁ `[hidden]`, W₂ `[hidden, dim]`, b₂ `[dim]`. */
export type FeedForwardWeights = [Tensor2D, Tensor1D, Tensor2D, Tensor1D];

/**
 * The position-wise feed-forward network: `y = drop(σ(x W₁ + b₁)) W₂ + b₂` (Vaswani et al., "Attention Is All You Need",
 * 2017, section 3.3), as one operation.
 *
 * With h the hidden layer: `dW₂ = hᵀ dy`, `dh = dy W₂ᵀ`, back through dropout and σ, `dW₁ = xᵀ dh`, `dx = dh W₁ᵀ`.
 *
 * @param x `[..., dim]`
 * @returns `[..., dim]`
 * @throws VitlabError when shapes don't fit together.
 */
export function feedForward<T extends Tensor>(x: T, weights: FeedForwardWeights, options: FeedForwardOptions): T {
  const { activation, dropout, residual } = options;
  checkWeights(x, weights);
  if (residual) checkResidual("feed-forward network", residual, [...x.shape.slice(0, -1), weights[2].shape[1]]);
  const draw = dropout && dropout.rate > 0 ? drawDropout(dropout) : null;
  const run = compiled();
  const form = run ? inOnePass(run, activation, draw, weights[0].shape[0]) : inSteps(activation, draw);
  return differentiable(form, [x, ...weights, ...(residual ? [residual] : [])]);
}

function checkWeights(x: Tensor, [w1, b1, w2, b2]: FeedForwardWeights): void {
  const [dim, hidden] = w1.shape;
  if (x.shape[x.shape.length - 1] === dim && b1.size === hidden && w2.shape[0] === hidden && b2.size === w2.shape[1])
    return;
  const shapes = [w1, b1, w2, b2].map((tensor) => showShape(tensor.shape)).join(", ");
  throw new VitlabError(
    `feed-forward network got ${showShape(x.shape)} and weights of ${shapes}: expected [..., dim] and [dim, hidden], [hidden], [hidden, dim], [dim]`,
  );
}

/**
 * The formulas, an operation of the engine for each of their steps.
 *
 * The hidden layer is by far the largest tensor of a step. Its rows go through in blocks: the C library keeps memory of
 * up to 32 MiB for the next block, but hands larger pieces back to the system, page by page, and gets them anew in each
 * operation, which took nearly half of a training step's processor time.
 */
function inSteps(activation: Activation, draw: DropoutDraw | null): Form {
  const perBlock = draw ? 3 : 2;
  return {
    forward(x: Tensor, w1: Tensor2D, b1: Tensor1D, w2: Tensor2D, b2: Tensor1D, residual?: Tensor) {
      const x2 = rows(x);
      const hidden = w1.shape[1];
      const outputs: Tensor2D[] = [];
      const kept = rowBlocks(x2.shape[0], hidden).map(([start, count]) => {
        const mask = draw ? keptElements([count, hidden], draw, start) : null;
        const [y, ...forGradient] = tf.tidy(() => {
          const before = addRow(matmul(block(x2, start, count), w1), b1);
          const active = activationForward(before, activation) as Tensor2D;
          const dropped = (mask && draw ? tf.mul(active, keepFactors(mask, draw)) : active) as Tensor2D;
          // ReLU's slope shows in its output, dropped or not; GELU's needs its input.
          return [addRow(matmul(dropped, w2), b2), dropped, activation === "relu" ? dropped : before];
        }) as [Tensor2D, Tensor2D, Tensor2D];
        outputs.push(y);
        return mask ? [...forGradient, mask] : forGradient;
      });
      const y = tf.reshape(joined(outputs), [...x.shape.slice(0, -1), w2.shape[1]]);
      const value = residual ? tf.add(y, residual) : y;
      return { value, saved: [x, w1, w2, ...kept.flat()] };
    },
    gradient(dy, saved) {
      const [x, w1, w2, ...kept] = saved as [Tensor, Tensor2D, Tensor2D, ...Tensor2D[]];
      const x2 = rows(x);
      const dy2 = rows(dy);
      const partsOfX: Tensor2D[] = [];
      let sums: Tensor[] = [];
      rowBlocks(x2.shape[0], w1.shape[1]).forEach(([start, count], i) => {
        const [dx, ...sumsNow] = tf.tidy(() => {
          const [dropped, before, mask] = kept.slice(i * perBlock, (i + 1) * perBlock) as [
            Tensor2D,
            Tensor2D,
            Tensor2D?,
          ];
          const dyBlock = block(dy2, start, count);
          const throughMask = matmul(dyBlock, w2, false, true);
          const dActive = mask && draw ? tf.mul(throughMask, keepFactors(mask, draw)) : throughMask;
          const dHidden = activationBackward(dActive, before, dropped, activation) as Tensor2D;
          const gradients = [
            matmul(block(x2, start, count), dHidden, true, false),
            sumRows(dHidden),
            matmul(dropped, dyBlock, true, false),
          ];
          const added = sums.length === 0 ? gradients : gradients.map((g, k) => tf.add(g, sums[k] as Tensor));
          return [matmul(dHidden, w1, false, true), ...added];
        }) as [Tensor2D, ...Tensor[]];
        tf.dispose(sums);
        sums = sumsNow;
        partsOfX.push(dx);
      });
      const [dw1, db1, dw2] = sums as [Tensor2D, Tensor1D, Tensor2D];
      return [tf.reshape(joined(partsOfX), x.shape), dw1, db1, dw2, sumRows(dy2), () => tf.clone(dy)];
    },
  };
}

/**
 * Compiled: a few dozen rows at a time, so that their hidden layer never leaves the cache, and no step of its own for biases,
 * activation and dropout. In bfloat16 what is kept for the gradient is rounded, and half as large.
 */
function inOnePass(run: RunCompiled, activation: Activation, draw: DropoutDraw | null, dim: number): Form {
  const bfloat16 = precision() === "bfloat16";
  const keep = isRecorded() && (bfloat16 || dim >= KEPT_FROM);
  const settings = { activation, rate: draw?.rate ?? 0, bfloat16 };
  // Where nothing is dropped the keys aren't read, and any tensor may stand for them.
  const keys = (any: Tensor) => (draw ? keysTensor(draw) : any);
  return {
    forward(x, w1, b1, w2, b2, residual) {
      const inputs = [x, w1, b1, w2, b2, keys(b1 as Tensor), residual ?? tf.zeros([0])] as Tensor[];
      const [value, before, rounded] = run("FeedForward", inputs, 3, { ...settings, keep }) as [Tensor, Tensor, Tensor];
      return { value, saved: [bfloat16 ? rounded : x, w1, b1, w2, before] as Tensor[] };
    },
    gradient(dy, saved) {
      const [x, w1, b1, w2, before] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
      return [...run("FeedForwardGradient", [x, w1, b1, w2, keys(b1), before, dy], 5, settings), () => tf.clone(dy)];
    },
  };
}

/**
 * From so many inputs on the hidden layer is kept for the gradient; below it is computed anew, which then takes less time
 * than to write it to memory and read it back. Batch 64 of 65 tokens, 2 threads, forward and gradient together, kept beside
 * computed anew: 22.4 and 20.9 ms at 32 inputs and 2,048 hidden, 9.0 and 9.7 at 128 and 256, 38 and 43 at 192 and 768.
 */
const KEPT_FROM = 96;

/** Elements of a block's hidden layer: 8 MiB of float32. Smaller blocks lose more to the cost of an operation. */
const BLOCK_ELEMENTS = 2 ** 21;

/** Start and number of the rows of each block. */
function rowBlocks(count: number, hidden: number): [start: number, count: number][] {
  const most = Math.max(1, Math.floor(BLOCK_ELEMENTS / hidden));
  return Array.from({ length: Math.ceil(count / most) }, (_, i) => [i * most, Math.min(most, count - i * most)]);
}

function block(x: Tensor2D, start: number, count: number): Tensor2D {
  return count === x.shape[0] ? x : tf.slice(x, [start, 0], [count, -1]);
}

function joined(parts: Tensor2D[]): Tensor2D {
  return parts.length === 1 ? (parts[0] as Tensor2D) : tf.concat(parts, 0);
}
