import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { isIndex } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { nextTurn } from "../base/next-turn";
import { Random } from "../base/random";
import { textTable } from "../base/text-table";
import { batches } from "../data/batches";
import type { ImageDataset } from "../data/dataset";
import { Linear } from "../nn/linear";
import { dataOf } from "../tensor/data-of";
import { tf } from "../tensor/tf";
import { prefixTokens } from "../vit/config";
import { ViT } from "../vit/model";
import { patchGridSize } from "../vit/patches";
import { checkIsDataset, checkModel } from "./check-arguments";
import { checkDataset } from "./check-dataset";
import { featureRows } from "./feature-rows";
import {
  LINEAR_CLASSIFIER_OPTIONS,
  type LinearClassifierOptions,
  measureLinear,
  trainLinear,
} from "./linear-classifier";
import { percent } from "./percent";

/** What `blockProbes` takes. */
export interface BlockProbesOptions extends LinearClassifierOptions {
  /** Images to learn from. */
  train: ImageDataset;
  /** Images held out, which each probe is measured on. */
  validation: ImageDataset;
  /**
   * What is read of each state: the class token, the mean of the patch tokens, or one patch, counted from 0. Default: what the
   * head of the model reads.
   */
  token?: "class" | "mean" | number;
}

/** How well a linear classifier reads the classes from one state of the tokens. */
export interface StateProbe {
  /** "embeddings", "block 0", "block 1", … */
  state: string;
  /** Mean over the training images in the last epoch, in nats. */
  trainLoss: number;
  /** Share of the held out images named rightly, from 0 to 1. */
  accuracy: number;
  /** Mean over the held out images, in nats. */
  loss: number;
}

/** What came of the probes. */
export interface BlockProbesResult {
  /** From the embeddings to the last block. */
  states: StateProbe[];
  /** Wall-clock time, the run of the model included. */
  seconds: number;
}

/** Images that are run together. */
const ENCODED_IMAGES = 100;

/**
 * Trains a linear classifier on the tokens as they are after the embeddings and after each block: where in the model the classes
 * become readable (Alain and Bengio, "Understanding intermediate layers using linear classifier probes", 2016, section 3). The
 * model stays as it is.
 *
 * Each number of a state is brought to mean 0 and deviation 1 over the training images: a linear classifier can do the same
 * with it, and all states are learnt equally fast.
 *
 * @throws VitlabError when an option is out of range, the data don't fit the model, or it has no such token.
 *
 * @example
 * ```ts
 * import { blockProbes, loadModel, shapes } from "vitlab";
 *
 * // How well a linear classifier reads the class after each block.
 * const { model } = await loadModel("vit-shapes");
 * const [train, validation] = [shapes({ count: 60 }), shapes({ count: 20, split: "validation" })];
 * const { states } = await blockProbes(model, { train, validation, epochs: 20 });
 * console.log(states[0].state, states.length === model.blocks.length + 1); // embeddings true
 * ```
 */
export async function blockProbes(model: ViT, options: BlockProbesOptions): Promise<BlockProbesResult> {
  checkModel("blockProbes", model);
  if (!(model instanceof ViT))
    throw new VitlabError(`blockProbes reads the blocks of a ViT, and got ${show(model)}: give a ViT`);
  checkOptions("blockProbes", options, { train: true, validation: true, token: true, ...LINEAR_CLASSIFIER_OPTIONS });
  const { train, validation, token, ...linear } = options;
  const example = 'blockProbes(model, { train: await cifar10(), validation: await cifar10({ split: "validation" }) })';
  for (const [name, dataset] of Object.entries({ train, validation })) {
    checkIsDataset(name, dataset, example);
    checkDataset(dataset, model, false);
  }
  const start = performance.now();
  const read = readerOf(model, token);
  const learnt = await statesOf(model, train, read, linear.signal);
  const held = await statesOf(model, validation, read, linear.signal);
  const states: StateProbe[] = [];
  for (const [i, { name, values }] of learnt.entries()) {
    const other = held[i] as State;
    standardize(values, other.values, model.config.dim);
    const { dim, classes } = model.config;
    const layer = new Linear(dim, classes, { random: new Random(linear.seed ?? 0, i), kind: { role: "head" } });
    try {
      const losses = await trainLinear(layer, featureRows(values, train.labels), linear);
      const { accuracy, loss } = await measureLinear(layer, featureRows(other.values, validation.labels));
      states.push({ state: name, trainLoss: losses.at(-1) ?? Number.NaN, accuracy, loss });
    } finally {
      layer.dispose();
    }
    linear.signal?.throwIfAborted();
  }
  const seconds = (performance.now() - start) / 1000;
  return printAs({ states, seconds }, describe);
}

interface State {
  name: string;
  /** `[image, dim]` */
  values: Float32Array;
}

/** What is read of the tokens `[batch, tokens, dim]`: `[batch, dim]`. */
function readerOf({ config }: ViT, token: BlockProbesOptions["token"]): (tokens: Tensor3D) => Tensor2D {
  const prefix = prefixTokens(config);
  const { rows, columns } = patchGridSize(config.imageSize, config.patchSize);
  const asked = token ?? (config.pool === "mean" ? "mean" : "class");
  if (asked === "mean") return (tokens) => tf.mean(tf.slice(tokens, [0, prefix, 0]), 1) as Tensor2D;
  if (asked === "class" && !config.classToken)
    throw new VitlabError('the model has no class token to read: give token "mean" or a patch');
  if (asked !== "class" && !isIndex(asked, rows * columns))
    throw new VitlabError(
      `token is ${show(asked)}: expected "class", "mean" or a patch, 0 to ${rows * columns - 1} (${rows} rows of ${columns})`,
    );
  const place = asked === "class" ? 0 : prefix + asked;
  return (tokens) => tf.squeeze(tf.slice(tokens, [0, place, 0], [-1, 1, -1]), [1]) as Tensor2D;
}

/** What is read of every state of every image of a data set, outside the engine. */
async function statesOf(
  model: ViT,
  dataset: ImageDataset,
  read: (tokens: Tensor3D) => Tensor2D,
  signal: AbortSignal | undefined,
): Promise<State[]> {
  const { dim, normalize, depth } = model.config;
  const names = ["embeddings", ...Array.from({ length: depth }, (_, i) => `blocks.${i}.output`)];
  const states = names.map((name) => ({
    name: name.replace(/^blocks\.(\d+)\.output$/, "block $1"),
    values: new Float32Array(dataset.length * dim),
  }));
  for (const { step, images, labels } of batches(dataset, { batchSize: ENCODED_IMAGES, shuffle: false, normalize })) {
    try {
      const { logits, trace } = model.run(images, { names });
      names.forEach((name, i) => {
        const rows = dataOf(() => read(trace.get<Tensor3D>(name)));
        states[i]?.values.set(rows, step * ENCODED_IMAGES * dim);
      });
      trace.dispose();
      logits.dispose();
    } finally {
      tf.dispose([images, labels]);
    }
    await nextTurn(signal);
  }
  return states;
}

/** Brings each number to mean 0 and deviation 1 over the first rows, and the other rows with them, in place. */
function standardize(first: Float32Array, other: Float32Array, dim: number): void {
  const count = first.length / dim;
  for (let column = 0; column < dim; column++) {
    let [sum, squares] = [0, 0];
    for (let i = column; i < first.length; i += dim) sum += first[i] as number;
    const mean = sum / count;
    for (let i = column; i < first.length; i += dim) squares += ((first[i] as number) - mean) ** 2;
    const deviation = Math.sqrt(squares / count);
    // A number that is the same for all images tells nothing of them.
    const scale = deviation > 1e-6 * Math.abs(mean) && deviation > 0 ? 1 / deviation : 0;
    for (const values of [first, other])
      for (let i = column; i < values.length; i += dim) values[i] = ((values[i] as number) - mean) * scale;
  }
}

const COLUMNS = [{ name: "state" }, { name: "accuracy", numeric: true }, { name: "loss", numeric: true }];

function describe({ states }: BlockProbesResult): string {
  const rows = states.map(({ state, accuracy, loss }) => [state, percent(accuracy), loss.toFixed(3)]);
  const best = states.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  return [
    `linear probes of ${states.length} states, on images held out: best after ${best.state}, ${percent(best.accuracy)}`,
    ...textTable(COLUMNS, rows).split("\n"),
  ].join("\n");
}
