import { VitlabError } from "../base/error";
import { compiled } from "./compiled";
import { nativeBackend } from "./native-backend";

/**
 * What the products of linear layers are computed in, forward and back: float32, or bfloat16, which keeps float32's range and 8
 * of its 24 digits. Sums, weights and all else are float32 in both.
 */
export type Precision = "float32" | "bfloat16";

/** All of them. */
const PRECISIONS: readonly Precision[] = ["float32", "bfloat16"];

/** How a processor multiplies bfloat16: in tiles (AMX), in vectors (AVX-512 BF16), or not at all. */
export type Bfloat16Instructions = "amx" | "avx512" | "none";

let current: Precision = "float32";
let instructions: () => Bfloat16Instructions = () => "none";

/** Says how it is known what the processor can do. */
export function offerBfloat16(ask: () => Bfloat16Instructions): void {
  instructions = ask;
}

/** What the engine in use has for bfloat16. */
export function bfloat16Instructions(): Bfloat16Instructions {
  return onNative() ? instructions() : "none";
}

/** Whether the native engine is in use, with its compiled operations: WebAssembly has no instructions for bfloat16. */
function onNative(): boolean {
  return nativeBackend() !== undefined && compiled() !== undefined;
}

/** The precision of what is computed now. */
export function precision(): Precision {
  return current;
}

/**
 * Runs something in a precision: what it computes, and the gradients that it computes itself. It must not be asynchronous.
 *
 * @throws VitlabError when it is bfloat16 and there are no instructions for it, or no compiled operations.
 *
 * @example
 * ```ts
 * import { bfloat16Instructions, Linear, Random, tf, withPrecision } from "vitlab";
 *
 * // bfloat16 only where the processor has instructions for it.
 * const precision = bfloat16Instructions() === "none" ? "float32" : "bfloat16";
 * const linear = new Linear(256, 256, { random: new Random(1) });
 * const y = withPrecision(precision, () => linear.forward(tf.ones<tf.Rank.R2>([8, 256])));
 * console.log(y.shape, y.dtype); // [ 8, 256 ] float32
 * ```
 */
export function withPrecision<T>(wanted: Precision, run: () => T): T {
  checkPrecision(wanted);
  const before = current;
  current = wanted;
  try {
    return run();
  } finally {
    current = before;
  }
}

/** @throws VitlabError unless it is one of both, and can be had here. */
export function checkPrecision(wanted: Precision): void {
  if (!PRECISIONS.includes(wanted))
    throw new VitlabError(`precision is ${JSON.stringify(wanted)}: it must be "float32" or "bfloat16"`);
  if (wanted === "bfloat16" && bfloat16Instructions() === "none")
    throw new VitlabError(
      onNative()
        ? 'precision "bfloat16" needs a processor with instructions for it (AMX or AVX-512 BF16), which this one lacks: use "float32"'
        : 'precision "bfloat16" needs the native engine with its compiled operations, which are not in use here: use "float32", or see npx vitlab doctor',
    );
}
