import type { ParameterPlace } from "./optimizers/optimizer";

/** Lengths of one step's gradient, over the parameters of each part of the model, before clipping. */
export interface GradientNorms {
  /** The step, counted from 1 over all epochs. */
  update: number;
  /** By part, in the model's order: `embeddings`, `blocks.0`, `blocks.1`, …, `head`. */
  norms: Readonly<Record<string, number>>;
}

/** The part of a model that a parameter belongs to: `blocks.3` of `blocks.3.attention.qkv.weight`, `head` of `head.bias`. */
export function partOf(name: string): string {
  return /^[^.]+(?:\.\d+)?(?=\.|$)/.exec(name)?.[0] ?? name;
}

/** The length of a gradient within each part, `√Σ g²`, in the order of the parts, from the `Σ g²` of each parameter. */
export function partNorms(sums: ArrayLike<number>, places: readonly ParameterPlace[]): Record<string, number> {
  const squares: Record<string, number> = {};
  places.forEach(({ name }, i) => {
    const part = partOf(name);
    squares[part] = (squares[part] ?? 0) + (sums[i] as number);
  });
  return Object.fromEntries(Object.entries(squares).map(([part, sum]) => [part, Math.sqrt(sum)]));
}
