import type { Tensor2D, Tensor3D, Tensor4D, TensorContainer } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { printAs } from "../base/display-kind";
import { Random } from "../base/random";
import type { SelfAttention } from "../nn/attention";
import type { EncoderBlock, NormLayer } from "../nn/encoder-block";
import { type Edit, ForwardContext, type ForwardOptions } from "../nn/forward-context";
import type { LayerNorm } from "../nn/layer-norm";
import type { Linear } from "../nn/linear";
import type { Mlp } from "../nn/mlp";
import { Module } from "../nn/module";
import type { TokenLayer } from "../nn/residual";
import { Trace } from "../nn/trace";
import { isRecorded } from "../tensor/differentiable";
import { type Precision, withPrecision } from "../tensor/precision";
import { recomputed } from "../tensor/recompute";
import { tf } from "../tensor/tf";
import { asAnswers } from "./as-answers";
import { checkImages } from "./check-images";
import { checkMade } from "./check-made";
import { completeConfig } from "./complete-config";
import { type FullViTConfig, prefixTokens, type ViTConfig } from "./config";
import type { Embeddings } from "./embeddings";
import { type EmbeddingsLayer, FACTORIES, factoriesOf, type HeadLayer, type ViTOptions } from "./factories";
import { type OnePass, onePass } from "./one-pass";
import { patchGridSize, patchify, sizeOf } from "./patches";

/** A block whose inner values aren't kept, and whose dropout is drawn again as it was. */
function runAgain(block: TokenLayer, tokens: Tensor3D, context: ForwardContext): Tensor3D {
  const random = context.options.random?.clone();
  let again = false;
  return recomputed(tokens, block.parameters(), (x) => {
    const drawn = again && random ? context.withRandom(random.clone()) : context;
    again = true;
    return block.forward(x, drawn);
  });
}

/** Runs what a pass computes, in the precision that it is asked for, and frees what is not its result. */
function inPrecisionOf<T extends TensorContainer>(context: ForwardContext, run: () => T): T {
  const { precision } = context.options as ViTForwardOptions;
  return precision ? withPrecision(precision, () => tf.tidy(run)) : tf.tidy(run);
}

/** What a forward pass of a ViT is asked for. */
export interface ViTForwardOptions extends ForwardOptions {
  /** Take images of another size than the config's and stretch the positions over them. Default false. */
  interpolatePositions?: boolean;
  /** What linear layers multiply in. Default "float32", or that of `withPrecision` around it. */
  precision?: Precision;
}

const OWN_OPTIONS = { interpolatePositions: true, precision: true } as const;

/** What `run` takes besides images. */
export interface RunOptions {
  /** Replaces named values during the run, e.g. `{ "blocks.0.attention.weights": (a) => … }`. */
  edit?: Readonly<Record<string, Edit>>;
  /** Take images of another size than the config's and stretch the positions over them. Default false. */
  interpolatePositions?: boolean;
  /** What linear layers multiply in. Default "float32", or that of `withPrecision` around it. */
  precision?: Precision;
}

/** What `run` takes besides: which values its trace keeps. */
export interface TraceOptions extends RunOptions {
  /** Names of the values to keep. Default all. */
  names?: readonly string[];
}

/**
 * A Vision Transformer for classification (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, section 3.1):
 * patches, embeddings, encoder blocks, pooling, head.
 *
 * Named values of a run: `patches`, `patchEmbeddings`, `embeddings`,
 * `blocks.i.{input, norm1.output, attention.query, .key, .value, .scores, .weights, .heads, .context, .output, middle,
 * norm2.output, mlp.hidden, .output, output}`, `normalized` (where there is a final layer normalization), `pooled`, `logits`.
 * `HOOKS` has TransformerLens' names of them, which are taken as well.
 *
 * @example
 * ```ts
 * import { datasetToTensor, presets, shapes, ViT } from "vitlab";
 *
 * const model = new ViT(presets.tiny);
 * const images = datasetToTensor(shapes({ count: 2 }));
 * console.log(model.forward(images).shape); // [ 2, 10 ]
 * console.log(model.parameterCount().total); // 119194
 * ```
 *
 * @example A model of one's own: a config, and factories for the parts that are to be others.
 * ```ts
 * import { presets, RMSNorm, ViT } from "vitlab";
 *
 * const config = { ...presets.tiny, depth: 2, registerTokens: 4 };
 * const model = new ViT(config, { norm: (dim) => new RMSNorm(dim) });
 * console.log(model.blocks.length, model.blocks[0].norm1.constructor.name); // 2 RMSNorm
 * console.log(model.embeddings.registerTokens?.shape); // [ 4, 48 ]
 * ```
 */
export class ViT<
  Norm extends NormLayer = LayerNorm,
  FeedForward extends TokenLayer = Mlp,
  Attention extends TokenLayer = SelfAttention,
  Block extends TokenLayer = EncoderBlock<Norm, Attention, FeedForward>,
  Tokens extends EmbeddingsLayer = Embeddings,
  Head extends HeadLayer = Linear,
> extends Module {
  readonly config: FullViTConfig;
  readonly embeddings: Tokens;
  readonly blocks: readonly Block[];
  readonly norm: Norm | null;
  readonly head: Head;
  /** Which factories it was made with. */
  readonly madeWith: readonly string[];

  constructor(config: ViTConfig, options: ViTOptions<Norm, FeedForward, Attention, Block, Tokens, Head> = {}) {
    super();
    this.config = completeConfig(config);
    checkOptions("new ViT", options, { seed: true, ...FACTORIES });
    const { seed = 0, norm, mlp, attention } = options;
    this.madeWith = Object.entries(options).flatMap(([name, given]) => (name !== "seed" && given ? [name] : []));
    const { dim, depth, classes, finalNorm, initialization } = this.config;
    const random = seed === null ? null : new Random(seed);
    const make = factoriesOf(this.config, options);
    this.embeddings = this.make("embeddings", () => make.embeddings(this.config, random));
    const factories = { norm, mlp, attention };
    const blocks = Array.from({ length: depth }, (_, i) =>
      this.make(`blocks.${i}`, () =>
        make.block(dim, { ...this.config, dropPath: this.dropPathOf(i), random, factories }, i),
      ),
    );
    // A block that were put into the list by hand would compute, and the old one be trained: `replace` does both.
    this.blocks = Object.freeze(blocks);
    this.norm = finalNorm ? this.make("norm", () => make.norm(dim)) : null;
    this.head = this.make("head", () => make.head(dim, classes, { random, initialization, kind: { role: "head" } }));
    printAs(this, () => this.describe());
  }

  override get settings() {
    return { ...this.config };
  }

  /**
   * Class scores of a batch of images.
   *
   * @param images `[batch, height, width, channels]`, values in [-1, 1] (or as the config's `normalize` says)
   * @returns logits `[batch, classes]`
   * @throws VitlabError when the images don't have the config's size or number of channels, or aren't float32.
   */
  forward(images: Tensor4D, given?: ForwardContext | ViTForwardOptions): Tensor2D {
    const context = ForwardContext.from(given, OWN_OPTIONS);
    return inPrecisionOf(context, () => {
      const logits = this.inOnePass(images, context)?.logits ?? this.answer(this.encode(images, context), context);
      // Within another model its own names come as well: that model looks.
      if (context !== given) context.checkEdits();
      return logits;
    });
  }

  /**
   * What the head reads of a batch of images: the class token after the last block, or the mean of the patch tokens.
   *
   * @param images `[batch, height, width, channels]`, as `forward` takes them
   * @returns `[batch, dim]`
   * @throws VitlabError as `forward` does.
   *
   * @example
   * ```ts
   * import { datasetToTensor, presets, shapes, tf, ViT } from "vitlab";
   *
   * // What the head reads; the class scores are what it makes of it.
   * const model = new ViT(presets.tiny);
   * const images = datasetToTensor(shapes({ count: 2 }));
   * const features = model.features(images);
   * console.log(features.shape); // [ 2, 48 ]
   * const difference = tf.sub(model.head.forward(features), model.forward(images)).abs().max();
   * console.log(difference.dataSync()[0] < 1e-5); // true
   * ```
   */
  features(images: Tensor4D, given?: ForwardContext | ViTForwardOptions): Tensor2D {
    const context = ForwardContext.from(given, OWN_OPTIONS);
    return inPrecisionOf(context, () => this.inOnePass(images, context)?.pooled ?? this.encode(images, context));
  }

  private inOnePass(images: Tensor4D, context: ForwardContext): OnePass | null {
    this.check(images, context);
    return onePass(this, images, context);
  }

  private check(images: Tensor4D, context: ForwardContext): void {
    const { interpolatePositions = false } = context.options as ViTForwardOptions;
    this.checkNotDisposed();
    checkImages(this.config, images, {
      anySize: interpolatePositions,
      hint: ", or pass { interpolatePositions: true } to stretch its positions",
    });
  }

  private encode(images: Tensor4D, context: ForwardContext): Tensor2D {
    let tokens = this.embed(images, context);
    for (let i = 0; i < this.blocks.length; i++) tokens = this.through(i, tokens, context);
    return this.readOut(tokens, context);
  }

  private embed(images: Tensor4D, context: ForwardContext): Tensor3D {
    this.check(images, context);
    const { patchSize, patchOrder } = this.config;
    const grid = patchGridSize([images.shape[1], images.shape[2]], patchSize);
    const patches = context.tap("patches", patchify(images, patchSize, { order: patchOrder }));
    const tokens = this.embeddings.forward(patches, grid, context, images);
    checkMade("the embeddings", tokens, [images.shape[0], null, this.config.dim]);
    return tokens;
  }

  private through(i: number, tokens: Tensor3D, context: ForwardContext): Tensor3D {
    const { recompute } = context.options;
    const within = context.at(`blocks.${i}`);
    const block = this.blocks[i] as Block;
    const result = recompute && isRecorded() ? runAgain(block, tokens, within) : block.forward(tokens, within);
    checkMade(`block ${i}`, result, tokens.shape);
    return result;
  }

  private readOut(tokens: Tensor3D, context: ForwardContext): Tensor2D {
    const normalized = this.norm ? context.tap("normalized", this.norm.forward(tokens)) : tokens;
    return context.tap("pooled", this.pool(normalized));
  }

  private answer(features: Tensor2D, context: ForwardContext): Tensor2D {
    const scores = this.head.forward(features, context.at("head"));
    checkMade("the head", scores, [features.shape[0], this.config.classes]);
    return context.tap("logits", scores);
  }

  /**
   * A forward pass that keeps every named value, or those in `names`; dispose the logits and the trace after use.
   *
   * @throws VitlabError as `forward` does, and when the model computes no value of a name.
   *
   * @example
   * ```ts
   * import { datasetToTensor, loadModel, needle, tf } from "vitlab";
   *
   * // Attention alone brings patches to the class token: without it all images get one answer.
   * const { model } = await loadModel("vit-needle");
   * const images = datasetToTensor(needle({ count: 6, split: "test" }));
   * const edit = Object.fromEntries(model.blocks.map((_, i) => [`blocks.${i}.attention.output`, tf.zerosLike]));
   * console.log([...model.run(images).logits.argMax(-1).dataSync()]); // [ 0, 1, 0, 1, 1, 0 ]
   * console.log([...model.run(images, { edit }).logits.argMax(-1).dataSync()]); // [ 0, 0, 0, 0, 0, 0 ]
   * ```
   */
  run(images: Tensor4D, { names, ...options }: TraceOptions = {}): { logits: Tensor2D; trace: Trace } {
    const trace = new Trace(names);
    let logits: Tensor2D | undefined;
    try {
      logits = this.forward(images, { ...options, trace });
      trace.checkComplete();
      return { logits, trace };
    } catch (error) {
      logits?.dispose();
      trace.dispose();
      throw error;
    }
  }

  /**
   * The named values of a forward pass that ends as soon as it has them: those of the first block take the first block alone.
   * Dispose the trace after use.
   *
   * @throws VitlabError as `run` does.
   *
   * @example
   * ```ts
   * import { datasetToTensor, presets, shapes, ViT } from "vitlab";
   *
   * // The pass ends when it has what was asked for: of four blocks only the first is computed.
   * const model = new ViT(presets.tiny);
   * const trace = model.trace(datasetToTensor(shapes({ count: 1 })), ["blocks.0.attention.weights"]);
   * console.log(trace.shapes()); // { 'blocks.0.attention.weights': '[1, 4, 65, 65]' }
   * ```
   */
  trace(images: Tensor4D, names: readonly string[], options: RunOptions = {}): Trace {
    const trace = new Trace(names);
    try {
      const context = ForwardContext.from({ ...options, trace }, OWN_OPTIONS);
      inPrecisionOf(context, () => {
        let tokens = this.embed(images, context);
        for (let i = 0; i < this.blocks.length && !trace.isComplete; i++) tokens = this.through(i, tokens, context);
        if (!trace.isComplete) this.answer(this.readOut(tokens, context), context);
        context.checkEdits();
      });
      trace.checkComplete();
      return trace;
    } catch (error) {
      trace.dispose();
      throw error;
    }
  }

  /**
   * What the model answers to a batch of images, `[batch, classes]`, by its config's `problemType`: probabilities that add up
   * to 1 (the softmax of the logits), one for each class by itself (the sigmoid: where an image may be of several classes, or
   * there is one class only), or a regression's values (the logits as they are).
   *
   * @example
   * ```ts
   * import { datasetToTensor, loadModel, shapes } from "vitlab";
   *
   * const { model, classNames } = await loadModel("vit-shapes");
   * const drawings = shapes({ count: 3, split: "test" });
   * const probabilities = model.predict(datasetToTensor(drawings));
   * const answers = [...probabilities.argMax(-1).dataSync()].map((number) => classNames[number]);
   * console.log(answers); // [ 'dog', 'bird', 'horse' ]
   * console.log([...drawings.labels].map((label) => drawings.classNames[label])); // [ 'dog', 'bird', 'horse' ]
   * ```
   */
  predict(images: Tensor4D, options: RunOptions = {}): Tensor2D {
    return tf.tidy(() => asAnswers(this.forward(images, options), this.config));
  }

  /** Linear by depth: none in the first block, the whole rate in the last (Huang et al., 2016, section 3). */
  private dropPathOf(block: number): number {
    const { dropPath, depth } = this.config;
    return depth > 1 ? (dropPath * block) / (depth - 1) : dropPath;
  }

  private describe(): string {
    const { imageSize, patchSize, channels, dim, depth, heads, mlpDim, classes } = this.config;
    const { norm, activation, pool, positions, dropout, problemType, distillationToken, registerTokens } = this.config;
    const [height, width] = sizeOf(imageSize);
    const { rows, columns } = patchGridSize(imageSize, patchSize);
    return (
      `ViT for images of ${height}x${width} with ${channels} channels: ${rows}x${columns} patches of ${patchSize}x${patchSize}, ` +
      `${depth} ${norm}-norm ${depth === 1 ? "block" : "blocks"} of dim ${dim} with ${heads} heads and mlpDim ${mlpDim} ` +
      `(${activation}), ${positions} positions, ${distillationToken ? "a distillation token, " : ""}${registerTokens > 0 ? `${registerTokens} register ${registerTokens === 1 ? "token" : "tokens"}, ` : ""}dropout ${dropout}, ` +
      `pool "${pool}", ${classes} classes${problemType === "single_label_classification" ? "" : ` (${problemType})`}; ` +
      `${this.parameterCount().total.toLocaleString("en-US")} parameters`
    );
  }

  /** The mean of the patch tokens, or the class token: `[batch, tokens, dim]` to `[batch, dim]`. */
  private pool(tokens: Tensor3D): Tensor2D {
    const { pool, dim } = this.config;
    const [batch, count] = tokens.shape;
    if (pool === "cls") return tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, 1, dim]), [batch, dim]) as Tensor2D;
    const first = prefixTokens(this.config);
    const patches = first > 0 ? tf.slice(tokens, [0, first, 0], [batch, count - first, dim]) : tokens;
    return tf.mean(patches, 1) as Tensor2D;
  }
}
