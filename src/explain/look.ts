import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Edit } from "../nn/forward-context";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";
import { prefixTokens } from "../vit/config";
import { ViT } from "../vit/model";
import { patchGridSize } from "../vit/patches";

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
 * What is looked into, checked: a ViT, and a batch of images of which every number is finite.
 *
 * @throws VitlabError when it is none, or an image holds NaN or Infinity.
 */
export function checkLook(call: string, model: ViT, images: Tensor4D): void {
  if (!(model instanceof ViT))
    throw new VitlabError(`${call} got ${show(model)} for its model: give a ViT, as loadModel gives it under model`);
  if (!((images as unknown) instanceof tf.Tensor))
    throw new VitlabError(
      `${call} got ${show(images)} for its images: give a tensor [batch, height, width, channels], as datasetToTensor makes it`,
    );
  checkNotDisposed("the tensor of images", images);
  if (images.shape[0] === 0) throw new VitlabError(`${call} got no image: give at least one`);
  if (images.dtype !== "float32") return; // The model says what it takes.
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
    const values = names.map((name) => numbersOf(trace.get(name)));
    return { values: values as { [K in keyof Names]: Numbers }, logits: numbersOf(logits) };
  } finally {
    trace.dispose();
    logits.dispose();
  }
}

/** The numbers of a tensor, outside the engine. */
export function numbersOf(tensor: Tensor): Numbers {
  return { shape: tensor.shape, data: tensor.dataSync() as Float32Array };
}

/** The attention weights of every block, each `[batch, heads, tokens, tokens]`. */
export function attentionWeights(model: ViT, images: Tensor4D): Numbers[] {
  const names = model.blocks.map((_, i) => `blocks.${i}.attention.weights`);
  return look(model, images, names).values;
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
  const [batch, classes] = logits.shape as [number, number];
  const data = logits instanceof tf.Tensor ? (logits.dataSync() as Float32Array) : logits.data;
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw new VitlabError(
      `the model's logits of image ${Math.floor(odd / classes)} are ${data[odd]}: its weights aren't finite, so that there is nothing to explain`,
    );
  if (asked === undefined)
    return Array.from({ length: batch }, (_, i) => {
      const row = data.subarray(i * classes, (i + 1) * classes);
      return row.indexOf(Math.max(...row));
    });
  const all = typeof asked === "number" ? Array.from({ length: batch }, () => asked) : [...asked];
  if (all.length !== batch)
    throw new VitlabError(
      `class names ${all.length} classes: give one for all images, or one for each of the ${batch}`,
    );
  const wrong = all.find((one) => !Number.isInteger(one) || one < 0 || one >= model.config.classes);
  if (wrong !== undefined)
    throw new VitlabError(`there is no class ${show(wrong)}: the model has classes 0 to ${model.config.classes - 1}`);
  return all;
}
