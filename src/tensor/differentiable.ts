import type { Tensor } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { checkNotDisposed } from "./check-not-disposed";
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
  forward(this: void, ...inputs: Tensor[]): Computed;
  /** The gradients for the inputs, in their order, from that of the value; those past the last input aren't looked at. */
  gradient(this: void, dy: Tensor, saved: Tensor[]): Gradient[];
}

/** Whether a gradient may be asked for of what is computed now; to be asked before an operation begins, not within. */
export function isRecorded(): boolean {
  return (tf.engine() as unknown as { isTapeOn(): boolean }).isTapeOn();
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
export function differentiable<T extends Tensor>({ forward, gradient }: Form, inputs: readonly Tensor[]): T {
  for (const input of inputs) checkNotDisposed("a tensor to compute with", input);
  const engine = tf.engine() as unknown as { runKernelFunc(kernel: KernelFunction): T };
  return engine.runKernelFunc({
    inputs: Object.fromEntries(inputs.map((input, i) => [i, input])),
    forwardFunc(_, save) {
      const { value, saved } = forward(...inputs);
      save(saved);
      return value;
    },
    backwardsFunc(dy, saved) {
      checkFirstOrder();
      freeWhatIsOver();
      const used = gradient(dy, saved).slice(0, inputs.length);
      over = made.has(dy) ? [...saved, dy] : saved;
      return Object.fromEntries(used.map((g, i) => [i, () => asMade(typeof g === "function" ? g() : g, dy, saved)]));
    },
  });
}

// TensorFlow.js keeps all that a gradient is computed from, and all between, until the last of it is there. When the gradient of
// one operation begins, that of the one behind it is done: what it was computed from can go. That is two fifths of the memory of
// a step of ViT-B/16.
let over: readonly Tensor[] = [];
/** Gradients that an operation here computed: nobody else has them. */
const made = new WeakSet<Tensor>();

function freeWhatIsOver(): void {
  tf.dispose([...over]);
  over = [];
}

function asMade(gradient: Tensor, dy: Tensor, saved: readonly Tensor[]): Tensor {
  const own = gradient === dy || saved.includes(gradient) ? tf.clone(gradient) : gradient;
  made.add(own);
  return own;
}

/** What a gradient computes isn't recorded: a gradient of it would leave out terms without a word. */
function checkFirstOrder(): void {
  if (isRecorded())
    throw new VitlabError(
      "a gradient of a gradient goes through a fused operation (linear, attention, masked softmax, feed-forward network, " +
        "layer norm, RMS norm, layer scale, dropout), which has first gradients only: build the part in question of tf's own " +
        "operations",
    );
}
