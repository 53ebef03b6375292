import type { Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { tokenOf } from "../../explain/choices";
import { commonHeads } from "../../explain/heads";
import { checkLook, checkTokens, type Numbers, type TokenGrid, tokenCount, tokenGrid } from "../../explain/look";
import { readOut } from "../../explain/read-out";
import { dataOf } from "../../tensor/data-of";
import { tf } from "../../tensor/tf";
import { asAnswers } from "../../vit/as-answers";
import type { FullViTConfig } from "../../vit/config";
import type { ViT } from "../../vit/model";
import { unpatchify } from "../../vit/patches";
import { explorerEdits } from "./explorer-edits";
import { checkState, type ExplorerState, firstState } from "./explorer-state";
import type { ExplorerAbout, ExplorerSource, ExplorerView } from "./explorer-view";
import { partOf } from "./parts/part-of";
import { RecordedRun } from "./parts/recorded-run";

/** What things are called. */
export interface ExplorerNames {
  /** What the model is called. Default "ViT". */
  readonly title?: string;
  /** Default "class 0", "class 1", … */
  readonly classNames?: readonly string[];
  /** Default "image 0", "image 1", … */
  readonly imageNames?: readonly string[];
}

/**
 * A model and images, taken apart state by state: the front end says what it looks at, and gets the numbers of it. It keeps the
 * last run until another image or edit is asked for, or it is disposed.
 */
export class ExplorerModel implements ExplorerSource {
  readonly #model: ViT;
  readonly #images: Tensor4D[];
  readonly #grid: TokenGrid;
  readonly #unedited = new Map<number, Float32Array>();
  #about: ExplorerAbout;
  #last: { key: string; run: RecordedRun } | undefined;

  /**
   * @param images `[batch, height, width, channels]`, as the model takes them; copied
   * @throws VitlabError when the images don't fit the model, names are too few or many, or the model doesn't say where it looks.
   */
  constructor(model: ViT, images: Tensor4D, names: ExplorerNames = {}) {
    checkLook("explorer", model, images);
    this.#model = model;
    this.#grid = tokenGrid(model, images);
    this.#about = aboutOf(model, images, names);
    this.#images = tf.tidy(() => tf.unstack(images).map((image) => tf.keep(tf.expandDims(image))) as Tensor4D[]);
    try {
      checkRun(model, this.#run(firstState(this.#about.limits)), this.#images[0] as Tensor4D);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  get about(): ExplorerAbout {
    return this.#about;
  }

  /** One more image, `[1, height, width, channels]`, which is the last from now on. */
  add(image: Tensor4D, name: string): void {
    checkLook("explorer", this.#model, image);
    if (image.shape[0] !== 1) throw new VitlabError(`explorer got ${image.shape[0]} images to add: add one at a time`);
    this.#images.push(image.clone());
    const { limits, imageNames } = this.#about;
    this.#about = {
      ...this.#about,
      limits: { ...limits, images: limits.images + 1 },
      imageNames: [...imageNames, name],
    };
  }

  /** All images, those that were added among them, `[batch, height, width, channels]`; the caller disposes them. */
  images(): Tensor4D {
    return tf.concat(this.#images) as Tensor4D;
  }

  view(state: ExplorerState): ExplorerView {
    checkState(state, this.#about.limits);
    const model = this.#model;
    const run = this.#run(state);
    const token = tokenOf(model, state.query, this.#grid);
    const key = tokenOf(model, state.key, this.#grid);
    const depth = model.blocks.length;
    const states = ["embeddings", ...model.blocks.map((_, i) => `blocks.${i}.output`)].map((name) => run.get(name));
    const { dim, classes } = model.config;
    const stream = dataOf(() => tf.concat(states.map((value) => tf.slice(value, [0, token, 0], [1, 1, dim]))));
    const read = readOut(model, { shape: [depth + 1, dim], data: stream });
    const { heads } = this.#about.limits;
    const tokens = tokenCount(this.#grid);
    const weights = model.blocks.map((_, i) => run.get(`blocks.${i}.attention.weights`));
    const prefix = this.#grid.prefix;
    const context = { token, key, prefix, block: state.block, head: state.head, temperature: state.edits.temperature };
    return {
      state,
      pixels: pixelsOfPatches(run.get("patches") as Tensor3D, model.config),
      answers: dataOf(() => asAnswers(tf.clone(run.get("logits")), model.config)),
      unedited: this.#uneditedAnswers(state.image),
      attention: dataOf(() => tf.concat(weights.map((one) => tf.slice(one, [0, 0, token, 0], [1, heads, 1, tokens])))),
      lens: dataOf(() => asAnswers(tf.tensor2d(read.data, [depth + 1, classes]), model.config)),
      stream,
      lengths: dataOf(() => tf.concat(states.map((value) => tf.sqrt(tf.sum(tf.square(value), -1))))),
      part: state.part === null ? null : partOf({ ...context, run, name: state.part }),
    };
  }

  /**
   * The attention of each block in a state, `[heads, tokens, tokens]`, without the tokens that are neither the class token nor a
   * patch.
   */
  attention(state: ExplorerState): Numbers[] {
    checkState(state, this.#about.limits);
    const run = this.#run(state);
    const { heads, classToken } = this.#about.limits;
    const { prefix } = this.#grid;
    const front = classToken ? 1 : 0;
    const tokens = tokenCount(this.#grid);
    const kept = Array.from({ length: tokens }, (_, i) => i).filter((i) => i < front || i >= prefix);
    return this.#model.blocks.map((_, i) => {
      const all = run.get(`blocks.${i}.attention.weights`);
      const data = dataOf(() => tf.gather(tf.gather(all, kept, 2), kept, 3));
      return { shape: [heads, kept.length, kept.length], data };
    });
  }

  /** Frees the images and the last run; the model stays. */
  dispose(): void {
    for (const image of this.#images) image.dispose();
    this.#images.length = 0;
    this.#last?.run.dispose();
    this.#last = undefined;
  }

  /** The run of a state's image and edits: the last one, where they are the same. */
  #run({ image, edits }: ExplorerState): RecordedRun {
    const input = this.#images[image];
    if (!input) throw new VitlabError("this explorer is closed: make another one");
    const key = JSON.stringify([image, edits]);
    if (this.#last?.key !== key) {
      const { logits, trace } = this.#model.run(input, { edit: explorerEdits(this.#model, edits) });
      this.#last?.run.dispose();
      this.#last = { key, run: new RecordedRun(this.#model, trace, logits) };
    }
    return this.#last.run;
  }

  #uneditedAnswers(image: number): Float32Array {
    const known = this.#unedited.get(image);
    if (known) return known;
    const answers = dataOf(() => this.#model.predict(this.#images[image] as Tensor4D));
    this.#unedited.set(image, answers);
    return answers;
  }
}

function aboutOf(model: ViT, images: Tensor4D, names: ExplorerNames): ExplorerAbout {
  const { config, blocks } = model;
  const { rows, columns } = tokenGrid(model, images);
  const heads = commonHeads(model, [...blocks.keys()]);
  const [count, height, width] = images.shape;
  const { distillationToken, registerTokens, classToken } = config;
  return {
    title: names.title ?? "ViT",
    limits: { images: count, patches: rows * columns, classToken, depth: blocks.length, heads },
    classNames: namesOf("classNames", names.classNames, config.classes, "class"),
    imageNames: namesOf("imageNames", names.imageNames, count, "image"),
    problemType: config.problemType,
    height,
    width,
    patchSize: config.patchSize,
    rows,
    columns,
    prefix: [
      ...(classToken ? ["class"] : []),
      ...(distillationToken ? ["distillation"] : []),
      ...Array.from({ length: registerTokens }, () => "register"),
    ],
    dim: config.dim,
    headDim: config.dim / heads,
  };
}

function namesOf(option: string, given: readonly string[] | undefined, count: number, noun: string): readonly string[] {
  if (given === undefined || given.length === 0) return Array.from({ length: count }, (_, i) => `${noun} ${i}`);
  if (!Array.isArray(given) || given.length !== count || given.some((name) => typeof name !== "string"))
    throw new VitlabError(
      `${option} is ${Array.isArray(given) ? `a list of ${given.length}` : show(given)}: give ${count} names, one for each ${noun}`,
    );
  return given;
}

/** @throws VitlabError when a value that is shown isn't there, or isn't one for each token. */
function checkRun(model: ViT, run: RecordedRun, image: Tensor4D): void {
  model.blocks.forEach((block, i) => {
    for (const part of ["attention.weights", "output"]) {
      const name = `blocks.${i}.${part}`;
      if (!run.has(name))
        throw new VitlabError(
          `explorer got a model whose block ${i}, ${(block as object).constructor.name}, doesn't say its ${part}: have it call context.tap as EncoderBlock and SelfAttention do`,
        );
      checkTokens(name, run.get(name), model, image);
    }
  });
}

/** The image that patches make, `[height, width, 3]`, 0 to 255; one channel becomes gray. */
function pixelsOfPatches(patches: Tensor3D, config: FullViTConfig): Uint8Array {
  const { patchSize, imageSize, patchOrder, channels, normalize } = config;
  const numbers = dataOf(() => unpatchify(patches, patchSize, imageSize, { order: patchOrder }));
  const pixels = new Uint8Array((numbers.length / channels) * 3);
  for (let i = 0; i < pixels.length; i++) {
    const channel = channels < 3 ? 0 : i % 3;
    const value = numbers[Math.floor(i / 3) * channels + channel] as number;
    const byte = (value * (normalize.std[channel] as number) + (normalize.mean[channel] as number)) * 255;
    pixels[i] = Math.max(0, Math.min(255, Math.round(byte)));
  }
  return pixels;
}
