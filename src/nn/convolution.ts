import type { Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { type ConvolutionGeometry, convolution } from "../tensor/convolution";
import { type Draws, uniform } from "./initial";
import { Module, type ParameterKind } from "./module";

/** How a `Convolution` is made. */
export interface ConvolutionOptions extends ConvolutionGeometry {
  random: Draws;
  /** What the weights are for. Default a "matrix". */
  kind?: ParameterKind;
}

/**
 * Convolution of images, with `weight` `[kernel² · inputs, outputs]`, its rows by row and column of the square, then by input;
 * it starts as `torch.nn.Conv2d` does. It has no bias: a normalization comes next, which would take it out again.
 *
 * @example
 * ```ts
 * import { Convolution, Random, tf } from "vitlab";
 *
 * const convolution = new Convolution(3, 12, { kernel: 3, stride: 2, padding: 1, random: new Random(1) });
 * console.log(convolution.forward(tf.zeros<tf.Rank.R4>([1, 32, 32, 3])).shape); // [ 1, 16, 16, 12 ]
 * // A row for each of the 9 places and 3 inputs.
 * console.log(convolution.weight.shape); // [ 27, 12 ]
 * ```
 */
export class Convolution extends Module {
  readonly weight: Variable & Tensor2D;
  private readonly geometry: Required<ConvolutionGeometry>;

  constructor(inputs: number, outputs: number, options: ConvolutionOptions) {
    super();
    checkOptions("new Convolution", options, { kernel: true, stride: true, padding: true, random: true, kind: true });
    const { kernel, stride = 1, padding = 0, random, kind } = options;
    this.geometry = { kernel, stride, padding };
    const rows = kernel * kernel * inputs;
    this.weight = this.parameter("weight", () => uniform<Tensor2D>([rows, outputs], 1 / Math.sqrt(rows), random), kind);
  }

  override get settings() {
    return this.geometry;
  }

  /**
   * `[batch, height, width, inputs]` to `[batch, newHeight, newWidth, outputs]`, each side
   * `⌊(side + 2 · padding - kernel) / stride⌋ + 1` long.
   *
   * @throws VitlabError when the images don't have so many inputs, or are smaller than a square.
   */
  forward(images: Tensor4D): Tensor4D {
    this.checkNotDisposed();
    return convolution(images, this.weight, this.geometry);
  }
}
