import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from "@tensorflow/tfjs-core";
import { Dropout } from "../nn/dropout";
import type { ForwardContext } from "../nn/forward-context";
import { type Draws, normal, truncatedNormal } from "../nn/initial";
import { Linear } from "../nn/linear";
import { Module, type ParameterKind } from "../nn/module";
import { sincos1d, sincos2d } from "../nn/positions";
import { resizeBicubic } from "../tensor/bicubic";
import { tf } from "../tensor/tf";
import { type FullViTConfig, placedTokens } from "./config";
import { patchGridSize } from "./patches";

const TOKEN: ParameterKind = { role: "embedding" };

/** How large learned positions start under "mimetic": about as large as the patches they are added to. */
const STARTING_SINES = 0.5;

/**
 * From patches to tokens: a linear map, the class token in front, positions added (Dosovitskiy et al., 2021, equation 1).
 * DeiT's distillation token, where there is one, stands between class token and patches, and behind it the registers.
 *
 * Parameters: `patchEmbedding` (weight `[channels · patchSize², dim]`), `classToken` and `distillationToken` `[dim]`,
 * `registerTokens` `[registers, dim]`, `positionEmbedding` `[tokens but registers, dim]`. Named values: `patchEmbeddings` `[batch, patches, dim]`, `embeddings` `[batch, tokens, dim]`.
 *
 * @example
 * ```ts
 * import { presets, ViT } from "vitlab";
 *
 * // 64 patches and a class token, each with a place of its own.
 * const { embeddings } = new ViT(presets.tiny);
 * console.log(embeddings.patchEmbedding.weight.shape); // [ 48, 48 ]
 * console.log(embeddings.positionEmbedding?.shape); // [ 65, 48 ]
 * ```
 */
export class Embeddings extends Module {
  readonly patchEmbedding: Linear;
  readonly classToken: (Variable & Tensor1D) | null;
  readonly distillationToken: (Variable & Tensor1D) | null;
  readonly registerTokens: (Variable & Tensor2D) | null;
  readonly positionEmbedding: (Variable & Tensor2D) | null;
  private readonly fixedPositions: Float32Array | null;
  private readonly dropout: Dropout;

  constructor(
    private readonly config: FullViTConfig,
    random: Draws,
  ) {
    super();
    const { channels, patchSize, dim, initialization, classToken, distillationToken, positions } = config;
    const { rows, columns } = patchGridSize(config.imageSize, patchSize);
    const draw = <T extends Tensor>(shape: number[]) =>
      initialization === "torch" ? normal<T>(shape, 1, random) : truncatedNormal<T>(shape, 0.02, random);
    this.patchEmbedding = this.child(
      "patchEmbedding",
      new Linear(channels * patchSize * patchSize, dim, {
        random,
        kind: { role: "input" },
        // ViT's deviation of 0.02 would leave patches faint beside the sines.
        initialization: initialization === "mimetic" ? "torch" : initialization,
      }),
    );
    this.classToken = classToken ? this.parameter("classToken", () => draw<Tensor1D>([dim]), TOKEN) : null;
    this.distillationToken = distillationToken
      ? this.parameter("distillationToken", () => draw<Tensor1D>([dim]), TOKEN)
      : null;
    const { registerTokens } = config;
    this.registerTokens =
      registerTokens > 0 ? this.parameter("registerTokens", () => draw<Tensor2D>([registerTokens, dim]), TOKEN) : null;
    const tokens = rows * columns + placedTokens(config);
    const startingPositions = () => {
      if (initialization !== "mimetic") return draw<Tensor2D>([tokens, dim]);
      const sines = fixedPositions({ ...config, positions: "sincos2d" }, rows, columns) as Float32Array;
      return tf.tensor2d(
        sines.map((value) => STARTING_SINES * value),
        [tokens, dim],
      );
    };
    this.positionEmbedding =
      positions === "learned" ? this.parameter("positionEmbedding", startingPositions, TOKEN) : null;
    this.fixedPositions = fixedPositions(config, rows, columns);
    this.dropout = this.child("dropout", new Dropout(config.embeddingDropout));
  }

  /**
   * `[batch, patches, channels · patchSize²]` to `[batch, tokens, dim]`.
   *
   * @param grid rows and columns of the patches, for positions of another size than the config's
   */
  forward(patches: Tensor3D, grid: { rows: number; columns: number }, context: ForwardContext): Tensor3D {
    this.checkNotDisposed();
    const { dim } = this.config;
    const batch = patches.shape[0];
    return tf.tidy(() => {
      let tokens = context.tap("patchEmbeddings", this.patchEmbedding.forward(patches));
      const front = [this.classToken, this.distillationToken]
        .flatMap((token) => token ?? [])
        // Added to zeros, not tiled: the gradient is then one sum, not a slice and an addition an image.
        .map((token) => tf.add(tf.zeros([batch, 1, dim]), token) as Tensor3D);
      if (front.length > 0) tokens = tf.concat([...front, tokens], 1);
      const positions = this.positions(grid);
      if (positions) tokens = tf.add(tokens, positions);
      if (this.registerTokens) tokens = this.withRegisters(tokens, this.registerTokens);
      return this.dropout.forward(context.tap("embeddings", tokens), context);
    });
  }

  /** Registers have no place, so they come in when positions are added. */
  private withRegisters(tokens: Tensor3D, registers: Tensor2D): Tensor3D {
    const [batch, count, dim] = tokens.shape;
    const first = placedTokens(this.config);
    const each = tf.add(tf.zeros([batch, registers.shape[0], dim]), registers) as Tensor3D;
    const front = first > 0 ? [tf.slice(tokens, [0, 0, 0], [batch, first, dim])] : [];
    return tf.concat([...front, each, tf.slice(tokens, [0, first, 0], [batch, count - first, dim])], 1);
  }

  /** The positions of the config's own patches, `[tokens but registers, dim]`, or null where there are none. */
  ownPositions(): Tensor2D | null {
    const { dim } = this.config;
    const table = this.fixedPositions;
    return this.positionEmbedding ?? (table && tf.tensor2d(table, [table.length / dim, dim]));
  }

  /**
   * The positions of a grid of patches, `[tokens, dim]`, or null where there are none.
   *
   * Learned ones are stretched over a grid of another size, as Hugging Face does: bicubic, and the tokens in front keep
   * their own. Sines and cosines are computed for the new grid.
   */
  positions(grid: { rows: number; columns: number }): Tensor2D | null {
    this.checkNotDisposed();
    const { dim, imageSize, patchSize } = this.config;
    const first = placedTokens(this.config);
    const tokens = grid.rows * grid.columns + first;
    const own = patchGridSize(imageSize, patchSize);
    const isOwn = grid.rows === own.rows && grid.columns === own.columns;
    const learned = this.positionEmbedding;
    if (!learned) {
      const table = isOwn ? this.fixedPositions : fixedPositions(this.config, grid.rows, grid.columns);
      return table && tf.tensor2d(table, [tokens, dim]);
    }
    return tf.tidy(() => {
      if (isOwn) return tf.clone(learned);
      const patches = tf.slice(learned, [first, 0], [own.rows * own.columns, dim]);
      const stretched = resizeBicubic(tf.reshape(patches, [own.rows, own.columns, dim]), grid.rows, grid.columns);
      const flat = tf.reshape(stretched, [grid.rows * grid.columns, dim]) as Tensor2D;
      return first ? tf.concat([tf.slice(learned, [0, 0], [first, dim]), flat], 0) : flat;
    });
  }
}

/** Sines and cosines, with the class token at index 0 (1-D) or at the zero vector (2-D, as it has no place). */
function fixedPositions(config: FullViTConfig, rows: number, columns: number): Float32Array | null {
  const { positions, dim } = config;
  const first = placedTokens(config);
  if (positions === "sincos1d") return sincos1d(rows * columns + first, dim);
  if (positions !== "sincos2d") return null;
  const patches = sincos2d(rows, columns, dim);
  if (first === 0) return patches;
  const table = new Float32Array(patches.length + first * dim);
  table.set(patches, first * dim);
  return table;
}
