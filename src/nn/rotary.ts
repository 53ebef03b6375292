import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import { rotatePairs } from "../tensor/rotate-pairs";
import { tf } from "../tensor/tf";

/**
 * Positions that attention takes in by turning queries and keys: how well they meet then depends on how far apart they are.
 * Feature i of a head is turned together with feature i + headDim / 2, as in LLaMA and Hugging Face's models; weights of
 * models that turn neighbors (RoFormer, GPT-J) need the columns of query and key in the other order.
 */
export interface RotaryPositions {
  /** What a checkpoint knows it by. */
  readonly name: string;
  /**
   * The angle of each pair of features at each token, `[tokens, headDim / 2]` row by row.
   *
   * @throws VitlabError when it has none for so many tokens or such heads.
   */
  angles(tokens: number, headDim: number): Float32Array;
}

/** How positions in a sequence turn. */
export interface Rotary1dOptions {
  /** The slowest pair turns about so many times less than the first. Default 10000. */
  base?: number;
}

/**
 * Rotary positions of a sequence: at token p pair i turns by `p / base^(2i / headDim)` (Su et al., "RoFormer: Enhanced
 * Transformer with Rotary Position Embedding", 2021, section 3.2.2).
 *
 * @throws VitlabError, in attention, when a head has an odd number of features.
 *
 * @example
 * ```ts
 * import { Random, rotary1d, SelfAttention, tf } from "vitlab";
 *
 * const rotary = rotary1d();
 * const attention = new SelfAttention(16, { heads: 2, rotary, random: new Random(1) });
 * console.log(attention.forward(tf.ones<tf.Rank.R3>([1, 6, 16])).shape); // [ 1, 6, 16 ]
 * // The angles of token 1, in radians: each pair of a head's 8 features turns ten times slower than the one before.
 * console.log([...rotary.angles(2, 8)].slice(4).map((angle) => angle.toFixed(3)));
 * // [ '1.000', '0.100', '0.010', '0.001' ]
 * ```
 */
export function rotary1d(options: Rotary1dOptions = {}): RotaryPositions & Required<Rotary1dOptions> {
  checkOptions("rotary1d", options, { base: true });
  const { base = 10000 } = options;
  return {
    name: "rotary1d",
    base,
    angles(tokens, headDim) {
      if (headDim % 2 !== 0)
        throw new VitlabError(`rotary1d turns pairs of features and got heads of ${headDim}: choose dim / heads even`);
      const pairs = headDim / 2;
      return Float32Array.from(
        { length: tokens * pairs },
        (_, i) => Math.floor(i / pairs) / base ** ((i % pairs) / pairs),
      );
    },
  };
}

/** The grid whose rows and columns turn. */
export interface Rotary2dOptions {
  rows: number;
  columns: number;
  /** Tokens in front, such as a class token, which have no place and aren't turned. Default 0. */
  prefixTokens?: number;
  /** The slowest pair turns about so many times less than the first. Default 100. */
  base?: number;
}

/**
 * Rotary positions of a grid of patches, row by row: the first half of the pairs turns with the row, the second with the column,
 * pair i of each half by `place / base^(4i / headDim)` (Heo et al., "Rotary Position Embedding for Vision Transformer", 2024,
 * section 3.2, axial; in the order of Qwen2-VL, whose base is 10000).
 *
 * @throws VitlabError, in attention, when 4 doesn't divide the features of a head, or there are other than
 * `prefixTokens + rows · columns` tokens.
 *
 * @example
 * ```ts
 * import { presets, rotary2d, SelfAttention, ViT } from "vitlab";
 *
 * // In place of position embeddings. A pair of features turns with the row or with the column.
 * const rotary = rotary2d({ rows: 8, columns: 8, prefixTokens: 1 });
 * const model = new ViT({ ...presets.tiny, dim: 32, positions: "none" }, {
 *   attention: (dim, options) => new SelfAttention(dim, { ...options, rotary }),
 * });
 * console.log(model.embeddings.positionEmbedding); // null
 * // An angle for each of 65 tokens and 4 pairs of features.
 * console.log(rotary.angles(65, 8).length); // 260
 * ```
 */
export function rotary2d(grid: Rotary2dOptions): RotaryPositions & Required<Rotary2dOptions> {
  checkOptions("rotary2d", grid, { rows: true, columns: true, prefixTokens: true, base: true });
  const { rows, columns, prefixTokens = 0, base = 100 } = grid;
  return {
    name: "rotary2d",
    rows,
    columns,
    prefixTokens,
    base,
    angles(tokens, headDim) {
      if (headDim % 4 !== 0)
        throw new VitlabError(
          `rotary2d turns pairs by row and by column and got heads of ${headDim}: choose dim / heads so that 4 divides it`,
        );
      if (tokens !== prefixTokens + rows * columns)
        throw new VitlabError(
          `rotary2d got ${tokens} tokens: expected ${prefixTokens} in front and ${rows} rows of ${columns}, ` +
            `${prefixTokens + rows * columns} in all`,
        );
      const half = headDim / 4;
      const table = new Float32Array(tokens * 2 * half);
      for (let patch = 0; patch < rows * columns; patch++)
        for (let i = 0; i < half; i++) {
          const frequency = base ** (-i / half);
          const start = (prefixTokens + patch) * 2 * half + i;
          table[start] = Math.floor(patch / columns) * frequency;
          table[start + half] = (patch % columns) * frequency;
        }
      return table;
    },
  };
}

/** Queries or keys, `[batch, heads, tokens, headDim]`, turned as their places say. */
export function turnedBy(positions: RotaryPositions, x: Tensor4D): Tensor4D {
  const [, , tokens, headDim] = x.shape;
  const angles = positions.angles(tokens, headDim);
  if (angles.length !== (tokens * headDim) / 2)
    throw new VitlabError(
      `${positions.name} gave ${angles.length} angles: expected ${tokens} tokens times ${headDim / 2} pairs of features`,
    );
  return tf.tidy(() => rotatePairs(x, tf.tensor2d(angles, [tokens, headDim / 2])));
}
