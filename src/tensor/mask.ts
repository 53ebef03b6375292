import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { checkNotDisposed } from "./check-not-disposed";
import { tf } from "./tf";

/**
 * What a token may see that reads from first to last: itself and those before it.
 *
 * @returns booleans `[1, tokens, tokens]`, true where the query of that row may see the key of that column
 * @throws VitlabError when the number of tokens isn't a whole number, 1 or more.
 *
 * @example
 * ```ts
 * import { causalMask, Random, SelfAttention, tf, Trace } from "vitlab";
 *
 * console.log(causalMask(3).arraySync()[0]); // [ [ 1, 0, 0 ], [ 1, 1, 0 ], [ 1, 1, 1 ] ]
 * // The first token of three sees itself alone.
 * const attention = new SelfAttention(4, { heads: 1, random: new Random(1) });
 * const trace = new Trace(["weights"]);
 * attention.forward(tf.ones<tf.Rank.R3>([1, 3, 4]), { mask: causalMask(3), trace });
 * console.log(trace.get<tf.Tensor4D>("weights").arraySync()[0][0][0]); // [ 1, 0, 0 ]
 * ```
 */
export function causalMask(tokens: number): Tensor3D {
  checkTokens("causalMask", tokens);
  return tf.tidy(() => {
    const places = tf.range(0, tokens);
    return tf.greaterEqual(tf.reshape(places, [1, tokens, 1]), tf.reshape(places, [1, 1, tokens]));
  });
}

/**
 * What may be seen of examples that were filled up to one length: their own tokens, which come first.
 *
 * @param lengths the number of tokens of each example's own
 * @returns booleans `[batch, 1, tokens]`
 * @throws VitlabError when a length isn't a whole number from 0 to tokens.
 *
 * @example
 * ```ts
 * import { paddingMask } from "vitlab";
 *
 * // A text of two tokens and one of four, filled up to four.
 * console.log(paddingMask([2, 4], 4).arraySync()); // [ [ [ 1, 1, 0, 0 ] ], [ [ 1, 1, 1, 1 ] ] ]
 * ```
 */
export function paddingMask(lengths: readonly number[], tokens: number): Tensor3D {
  checkTokens("paddingMask", tokens);
  const wrong = lengths.find((length) => !Number.isInteger(length) || length < 0 || length > tokens);
  if (wrong !== undefined)
    throw new VitlabError(`paddingMask got a length of ${wrong}: expected whole numbers from 0 to ${tokens}`);
  return tf.tidy(() => tf.less(tf.range(0, tokens), tf.tensor(lengths.slice(), [lengths.length, 1, 1]))) as Tensor3D;
}

/**
 * A mask with all its axes, `[batch or 1, queries or 1, keys]`, from one that may be `[queries, keys]` or `[batch, keys]`.
 *
 * @param what names the mask in messages, as in "the mask"
 * @throws VitlabError when it isn't boolean, has another shape, or could be either of the two.
 */
export function completeMask(
  what: string,
  mask: Tensor,
  { batch, queries, keys }: { batch: number; queries: number; keys: number },
): Tensor3D {
  if (!((mask as unknown) instanceof tf.Tensor))
    throw new VitlabError(
      `${what} is ${show(mask)}: expected a boolean tensor, true where a token may be seen, such as causalMask(tokens)`,
    );
  checkNotDisposed(what, mask);
  if (mask.dtype !== "bool")
    throw new VitlabError(
      `${what} is of type ${mask.dtype}: expected bool, true where a token may be seen; ` +
        'turn numbers into booleans with tf.cast(mask, "bool")',
    );
  const [first, second] = mask.shape as [number, number];
  const fits = mask.shape[mask.rank - 1] === keys;
  if (fits && mask.rank === 3 && (first === batch || first === 1) && (second === queries || second === 1))
    return mask as Tensor3D;
  if (fits && mask.rank === 2 && first === batch && first === queries && first > 1)
    throw new VitlabError(
      `${what} ${showShape(mask.shape)} could be one for each of ${batch} queries or one for each of ${batch} examples: ` +
        `reshape it to [1, ${queries}, ${keys}] for queries or to [${batch}, 1, ${keys}] for examples`,
    );
  if (fits && mask.rank === 2 && first === queries) return tf.reshape(mask, [1, queries, keys]);
  if (fits && mask.rank === 2 && first === batch) return tf.reshape(mask, [batch, 1, keys]);
  throw new VitlabError(
    `${what} is ${showShape(mask.shape)}: expected [${queries}, ${keys}] (queries, keys), [${batch}, ${keys}] (batch, keys), ` +
      `or all three axes, [${batch} or 1, ${queries} or 1, ${keys}]`,
  );
}

function checkTokens(name: string, tokens: number): void {
  if (!Number.isInteger(tokens) || tokens < 1)
    throw new VitlabError(`${name} got ${show(tokens)} tokens: expected a whole number, 1 or more`);
}
