import type { Tensor } from "@tensorflow/tfjs-core";
import { checkNotDisposed } from "./check-not-disposed";
import { floatType } from "./matmul";
import { nativeBackend } from "./native-backend";
import { tf } from "./tf";

/** A non-linearity: exact GELU (with erf), its tanh approximation, or ReLU. */
export type Activation = "gelu" | "gelu_tanh" | "relu";

/** The names `Activation` takes. */
export const ACTIVATIONS: readonly Activation[] = ["gelu", "gelu_tanh", "relu"];

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/**
 * Applies a non-linearity element by element.
 *
 * `relu(x) = max(x, 0)`, `gelu(x) = x Φ(x)` with `Φ(x) = (1 + erf(x / √2)) / 2`, and
 * `gelu_tanh(x) = x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2` (Hendrycks and Gimpel, "Gaussian Error Linear Units",
 * 2016, section 2).
 *
 * @example
 * ```ts
 * import { activate, tf } from "vitlab";
 *
 * const x = tf.tensor1d([-2, 0, 2]);
 * const rounded = (kind: "relu" | "gelu") => [...activate(x, kind).dataSync()].map((value) => value.toFixed(3));
 * console.log(rounded("relu")); // [ '0.000', '0.000', '2.000' ]
 * console.log(rounded("gelu")); // [ '-0.046', '0.000', '1.954' ]
 * ```
 */
export function activate<T extends Tensor>(x: T, activation: Activation): T {
  checkNotDisposed("the input of activate", x);
  const operation = tf.customGrad((...args: unknown[]) => {
    const [xIn, save] = args as [Tensor, (tensors: Tensor[]) => void];
    const value = activationForward(xIn, activation);
    save([xIn, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        activationBackward(dy, saved[0] as Tensor, saved[1] as Tensor, activation),
    };
  });
  return operation(x) as T;
}

/** The values of `activate`, for operations that define their own gradient. */
export function activationForward<T extends Tensor>(x: T, activation: Activation): T {
  if (activation === "relu") return relu(x);
  return tf.tidy(() => tf.mul(x, activation === "gelu" ? normalCdf(x) : tanhCdf(x))) as T;
}

/** The gradient of `activate` for `x`, from that of its output `y`. */
export function activationBackward<T extends Tensor>(dy: T, x: Tensor, y: Tensor, activation: Activation): T {
  if (activation === "relu") return reluBackward(dy, y);
  return tf.tidy(() => tf.mul(dy, activation === "gelu" ? geluSlope(x) : geluTanhSlope(x))) as T;
}

function relu<T extends Tensor>(x: T): T {
  const native = nativeBackend();
  if (native) return native.executeSingleOutput("Relu", [floatType(native)], [x]) as T;
  return tf.relu(x);
}

function reluBackward<T extends Tensor>(dy: T, y: Tensor): T {
  const native = nativeBackend();
  // tfjs would compute step(y) out of five operations.
  if (native) return native.executeSingleOutput("ReluGrad", [floatType(native)], [dy, y]) as T;
  return tf.tidy(() => tf.mul(dy, tf.step(y))) as T;
}

/** Φ(x), the standard normal distribution function. */
function normalCdf(x: Tensor): Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** Φ(x) + x φ(x), where φ is the normal density. */
function geluSlope(x: Tensor): Tensor {
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.add(normalCdf(x), tf.mul(x, density));
}

function tanhInner(x: Tensor): Tensor {
  return tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), SQRT_2_OVER_PI));
}

function tanhCdf(x: Tensor): Tensor {
  return tf.mul(tf.add(tanhInner(x), 1), 0.5);
}

/** With t the tanh: (1 + t) / 2 + x (1 - t²) √(2/π) (1 + 3 · 0.044715 x²) / 2. */
function geluTanhSlope(x: Tensor): Tensor {
  const t = tanhInner(x);
  const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), SQRT_2_OVER_PI / 2);
  return tf.add(tf.mul(tf.add(t, 1), 0.5), tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), inner));
}
