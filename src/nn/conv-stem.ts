import type { Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { activate } from "../tensor/activation";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";
import { Convolution } from "./convolution";
import type { Draws } from "./initial";
import { LayerNorm } from "./layer-norm";
import { Linear } from "./linear";
import { Module } from "./module";

/** How a `ConvStem` is made. */
export interface ConvStemOptions {
  /** Features after each convolution; each halves height and width, so that four make tokens of 16x16 pixels. */
  widths: readonly number[];
  random: Draws;
  /** Channels of the images. Default 3. */
  channels?: number;
}

/**
 * From images to tokens by a few 3x3 convolutions of stride 2, each with a normalization and ReLU, and a linear map, instead of
 * one linear map of large patches (Xiao et al., "Early Convolutions Help Transformers See Better", 2021, section 4). Where the
 * paper has batch normalization this has layer normalization, with which an image's tokens don't depend on other images.
 *
 * Modules: `convolutions.i`, `norms.i`, `projection`.
 *
 * @throws VitlabError when there are no widths.
 *
 * @example
 * ```ts
 * import { ConvStem, Random, tf } from "vitlab";
 *
 * // Three halvings: one token for each 8x8 pixels.
 * const stem = new ConvStem(48, { widths: [12, 24, 48], random: new Random(1) });
 * console.log(stem.patchSize); // 8
 * console.log(stem.forward(tf.zeros<tf.Rank.R4>([1, 32, 32, 3])).shape); // [ 1, 16, 48 ]
 * ```
 */
export class ConvStem extends Module {
  readonly convolutions: readonly Convolution[];
  readonly norms: readonly LayerNorm[];
  readonly projection: Linear;
  private readonly channels: number;

  constructor(dim: number, options: ConvStemOptions) {
    super();
    checkOptions("new ConvStem", options, { widths: true, random: true, channels: true });
    const { widths, random, channels = 3 } = options;
    const last = widths.at(-1);
    if (last === undefined)
      throw new VitlabError(
        "a convolution stem got no widths: give the features after each convolution, as in [24, 48]",
      );
    this.channels = channels;
    const convolution = (outputs: number, i: number) => {
      const kind = { role: i === 0 ? "input" : "matrix" } as const;
      return new Convolution(widths[i - 1] ?? channels, outputs, { kernel: 3, stride: 2, padding: 1, random, kind });
    };
    this.convolutions = widths.map((outputs, i) => this.child(`convolutions.${i}`, convolution(outputs, i)));
    this.norms = widths.map((features, i) => this.child(`norms.${i}`, new LayerNorm(features)));
    this.projection = this.child("projection", new Linear(last, dim, { random }));
  }

  /** Side of the square of pixels that a token stands for. */
  get patchSize(): number {
    return 2 ** this.convolutions.length;
  }

  /**
   * `[batch, height, width, channels]` to `[batch, tokens, dim]`, row by row.
   *
   * @throws VitlabError when the images have other channels, or the patch size doesn't divide a side.
   */
  forward(images: Tensor4D): Tensor3D {
    this.checkNotDisposed();
    this.checkImages(images);
    return tf.tidy(() => {
      let features = images;
      this.convolutions.forEach((convolution, i) => {
        const normalized = (this.norms[i] as LayerNorm).forward(convolution.forward(features));
        features = activate(normalized, "relu");
      });
      const [batch, rows, columns, width] = features.shape;
      return this.projection.forward(tf.reshape(features, [batch, rows * columns, width]) as Tensor3D);
    });
  }

  private checkImages(images: Tensor4D): void {
    checkNotDisposed("the tensor of images", images);
    const [, height, width, channels] = images.shape;
    const { patchSize } = this;
    if (images.rank === 4 && channels === this.channels && height % patchSize === 0 && width % patchSize === 0) return;
    throw new VitlabError(
      `convolution stem got ${showShape(images.shape)}: expected images [batch, height, width, ${this.channels}] ` +
        `with sides that ${patchSize} divides`,
    );
  }
}
