import type { Tensor } from "@tensorflow/tfjs";
import { tf } from "./tf";

/** What an operation computes, and what its gradient needs to know again. */
export interface Computed {
  value: Tensor;
  saved: Tensor[];
}

/** A gradient, or how to compute it if somebody needs it. */
export type Gradient = Tensor | (() => Tensor);

/** An operation in one of its forms: several of the engine's own, or one compiled. */
export interface Form {
  /** Has no gradient of its own. */
  forward(...inputs: Tensor[]): Computed;
  /** The gradients for the inputs, in their order, from that of the value. */
  gradient(dy: Tensor, saved: Tensor[]): Gradient[];
}

interface KernelFunction {
  inputs: Record<string, Tensor>;
  forwardFunc(backend: unknown, save: (tensors: Tensor[]) => void): Tensor;
  backwardsFunc(dy: Tensor, saved: Tensor[]): Record<string, () => Tensor>;
}

/**
 * Runs an operation that has a gradient.
 *
 * As `tf.customGrad` does, but a gradient given as a function is computed only where it is on the way to something asked for:
 * that for the images costs nothing in training and is there for who wants it.
 */
export function differentiable<T extends Tensor>(form: Form, inputs: readonly Tensor[]): T {
  const engine = tf.engine() as unknown as { runKernelFunc(kernel: KernelFunction): Tensor };
  return engine.runKernelFunc({
    inputs: Object.fromEntries(inputs.map((input, i) => [i, input])),
    forwardFunc(_, save) {
      const { value, saved } = form.forward(...inputs);
      save(saved);
      return value;
    },
    backwardsFunc: (dy, saved) =>
      Object.fromEntries(form.gradient(dy, saved).map((g, i) => [i, typeof g === "function" ? g : () => g])),
  }) as T;
}
