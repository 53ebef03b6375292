import type { Tensor } from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable";
import { precision, withPrecision } from "./precision";
import { tf } from "./tf";

interface Engine {
  state: { activeTape: unknown };
  gradients(f: () => Tensor, xs: Tensor[], dy: Tensor): { value: Tensor; grads: Tensor[] };
}

/**
 * Runs a part of a network so that of all it computes only its input is kept; for the gradient the part is run once more
 * (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016, section 4).
 *
 * @param part must compute the same both times: what it draws, it has to draw anew
 * @param weights that the part uses, besides `x`
 */
export function recomputed<T extends Tensor>(x: T, weights: readonly Tensor[], part: (x: T) => T): T {
  const before = precision();
  return differentiable<T>(
    {
      forward: () => ({ value: part(x), saved: [x] }),
      gradient(dy, [kept]) {
        const input = kept as T;
        const { value, grads } = withPrecision(before, () =>
          gradientsWithin(() => part(input), [input, ...weights], dy),
        );
        value.dispose();
        return grads;
      },
    },
    [x, ...weights],
  );
}

/** Gradients taken within a gradient; the engine would forget the tape of the outer one. */
function gradientsWithin(f: () => Tensor, xs: Tensor[], dy: Tensor): { value: Tensor; grads: Tensor[] } {
  const engine = tf.engine() as unknown as Engine;
  const { activeTape } = engine.state;
  try {
    return engine.gradients(f, xs, dy);
  } finally {
    engine.state.activeTape = activeTape;
  }
}
