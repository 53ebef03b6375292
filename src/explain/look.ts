import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { isIndex } from "../base/check-number";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { Edit } from "../nn/forward-context";
import type { Trace } from "../nn/trace";
import { tf } from "../tensor/tf";
import { checkImages } from "../vit/check-images";
import { checkViT } from "../vit/check-vit";
import { prefixTokens } from "../vit/config";
import type { ViT } from "../vit/model";
import { patchGridSize } from "../vit/patches";
import { checkPerImage } from "./per-image";
import { rowOf } from "./row-of";

/** Rows and columns of the patches of images, and how many tokens stand in front of them. */
export interface TokenGrid {
  rows: number;
  columns: number;
  prefix: number;
}

/** The numbers of a named value, outside the engine. */
export interface Numbers {
  shape: number[];
  data: Float32Array;
}

/**
 * What is looked into, checked: a ViT that takes each image by itself, and a batch of images for it, of which every number is
 * finite.
 *
 * @throws VitlabError when it is none, the images don't fit the model, or one holds NaN or Infinity.
 */
export function checkLook(call: string, model: ViT, images: Tensor4D): void {
  checkViT(call, model);
  checkPerImage(model);
  if (!((images as unknown) instanceof tf.Tensor))
    throw new VitlabError(
      `${call} got ${show(images)} for its images: give a tensor [batch, height, width, channels], as datasetToTensor makes it`,
    );
  checkImages(model.config, images);
  if (images.shape[0] === 0) throw new VitlabError(`${call} got no image: give at least one`);
  const data = images.dataSync() as Float32Array;
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw new VitlabError(
      `image ${Math.floor(odd / (images.size / images.shape[0]))} holds ${data[odd]}: expected finite numbers; check how the images were read`,
    );
}

/** The grid of the tokens that a model makes of images. */
export function tokenGrid({ config }: ViT, { shape }: Tensor4D): TokenGrid {
  return { ...patchGridSize([shape[1], shape[2]], config.patchSize), prefix: prefixTokens(config) };
}

/** How many tokens that are. */
export function tokenCount({ rows, columns, prefix }: TokenGrid): number {
  return prefix + rows * columns;
}

/**
 * A forward pass that keeps the numbers of some named values, in their order, and the logits; nothing stays in the engine.
 *
 * @param edit as `model.run` takes it
 */
export function look<const Names extends readonly string[]>(
  model: ViT,
  images: Tensor4D,
  names: Names,
  edit: Readonly<Record<string, Edit>> = {},
): { values: { [K in keyof Names]: Numbers }; logits: Numbers } {
  const { logits, trace } = model.run(images, { names, edit });
  try {
    const values = names.map((name) => tokenNumbers(name, trace, model, images));
    return { values: values as { [K in keyof Names]: Numbers }, logits: numbersOf(logits) };
  } finally {
    trace.dispose();
    logits.dispose();
  }
}

/**
 * Whether a named value has a row for each token of the grid, and of attention weights or scores a column as well: which patch is
 * which wouldn't be known otherwise.
 *
 * @param value `[batch, tokens, …]` or `[batch, heads, tokens, …]`
 * @throws VitlabError when it hasn't, as where embeddings or attention of one's own make other tokens.
 */
export function checkTokens(name: string, { shape }: Tensor, model: ViT, images: Tensor4D): void {
  const grid = tokenGrid(model, images);
  const tokens = tokenCount(grid);
  const [batch, ...rest] = shape;
  const square = /attention\.(weights|scores)$/.test(name);
  const counted = shape.length === 4 ? rest.slice(1, square ? 3 : 2) : rest.slice(0, 1);
  if (batch === images.shape[0] && counted.every((count) => count === tokens)) return;
  throw new VitlabError(
    `${name} is ${showShape(shape)} for ${images.shape[0]} images of ${tokens} tokens (${grid.prefix} in front of ${grid.rows} rows of ${grid.columns} patches): a module of this model makes others, of which it isn't known where in the image they are`,
  );
}

/** The numbers of a tensor, outside the engine. */
export function numbersOf(tensor: Tensor): Numbers {
  return { shape: tensor.shape, data: tensor.dataSync() as Float32Array };
}

/** The numbers of some named values, in their order, of a forward pass that goes no further than it must. */
export function lookAt<const Names extends readonly string[]>(
  model: ViT,
  images: Tensor4D,
  names: Names,
): { [K in keyof Names]: Numbers } {
  const trace = model.trace(images, names);
  try {
    return names.map((name) => tokenNumbers(name, trace, model, images)) as { [K in keyof Names]: Numbers };
  } finally {
    trace.dispose();
  }
}

function tokenNumbers(name: string, trace: Trace, model: ViT, images: Tensor4D): Numbers {
  const value = trace.get(name);
  checkTokens(name, value, model, images);
  return numbersOf(value);
}

/** The attention weights of every block, each `[batch, heads, tokens, tokens]`. */
export function attentionWeights(model: ViT, images: Tensor4D): Numbers[] {
  const names = model.blocks.map((_, i) => `blocks.${i}.attention.weights`);
  return lookAt(model, images, names);
}

/**
 * The class whose logits are explained, one for each image: the one that was asked for, or the one that the model chooses.
 *
 * @throws VitlabError when the model has no such class, or its logits aren't finite.
 */
export function classesOf(
  model: ViT,
  logits: Tensor2D | Numbers,
  asked: number | readonly number[] | undefined,
): number[] {
  const { shape, data } = logits instanceof tf.Tensor ? numbersOf(logits) : logits;
  const [batch, classes] = shape as [number, number];
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw new VitlabError(
      `the model's logits of image ${Math.floor(odd / classes)} are ${data[odd]}: its weights aren't finite, so that there is nothing to explain`,
    );
  if (asked === undefined)
    return Array.from({ length: batch }, (_, i) => {
      const row = rowOf(data, i, classes);
      return row.indexOf(Math.max(...row));
    });
  return givenClasses(model, batch, asked);
}

/**
 * The class that was asked for, of each image.
 *
 * @throws VitlabError when the model has no such class, or there is not one for each image.
 */
export function givenClasses({ config }: ViT, batch: number, asked: number | readonly number[]): number[] {
  const all = typeof asked === "number" ? Array.from({ length: batch }, () => asked) : [...asked];
  if (all.length !== batch)
    throw new VitlabError(
      `class names ${all.length} classes: give one for all images, or one for each of the ${batch}`,
    );
  const wrong = all.find((one) => !isIndex(one, config.classes));
  if (wrong !== undefined)
    throw new VitlabError(`there is no class ${show(wrong)}: the model has classes 0 to ${config.classes - 1}`);
  return all;
}
