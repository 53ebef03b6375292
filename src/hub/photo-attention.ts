import type { Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { isIndex } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { ByteImage } from "../data/byte-image";
import { imageToTensor } from "../data/to-tensor";
import { dataOf } from "../tensor/data-of";
import { tf } from "../tensor/tf";
import { ViT } from "../vit/model";
import { patchGridSize, sizeOf } from "../vit/patches";
import { answerFunction } from "../vit/problem-type";
import type { ImageProcessor } from "./image-processor";
import { pictureFit } from "./picture-fit";
import { type PicturePart, seenPart } from "./seen-part";

/** A model, and what is known of the pictures it takes: what `loadViT` or `loadCheckpoint` gives, or a model alone. */
export type PhotoModel = ViT | ModelForPhotos;

/** What of a loaded model is read. */
export interface ModelForPhotos {
  model: ViT;
  /** One for each class. */
  classNames?: readonly string[];
  /** Makes the processor that fits pictures; without one they are fitted as `vitlab train` reads folders. */
  imageProcessor?: (() => ImageProcessor) | undefined;
  imageSize?: readonly [number, number];
  /** Whether the head was drawn at random: then its answer is left out. */
  newHead?: boolean;
}

/** Whose attention is looked at. */
export interface PhotoAttentionOptions {
  /** Counted from 0. Default: the last. */
  block?: number;
  /** Counted from 0; "mean" is the mean of all heads. Default "mean". */
  head?: number | "mean";
  /** The class token, or a patch counted from 0. Default "class". */
  query?: number | "class";
}

/** Where a model looked in a picture. */
export interface PhotoAttention {
  block: number;
  head: number | "mean";
  query: number | "class";
  /** How many heads the block has. */
  heads: number;
  grid: { rows: number; columns: number };
  /** The query's attention for each patch, row by row; together with the other tokens' it adds up to 1. */
  weights: Float32Array;
  /** The query's attention for the class token; undefined where the model has none. */
  classToken: number | undefined;
  /** The part of the picture that the model saw, in the picture's pixels. */
  seen: PicturePart;
  /** The class that the model gives the picture, and its probability; undefined where the head was drawn at random. */
  answer: { className: string; class: number; probability: number } | undefined;
}

/**
 * Where a model looks in a picture of any size: the attention that one query of one block gives the patches.
 *
 * The picture is made to fit as the model's image processor does it, or where it has none as `vitlab train` reads folders.
 *
 * @throws VitlabError when the model has no such block, head or query, or can't take pictures.
 *
 * @example
 * ```ts
 * import { chelsea, loadModel, photoAttention } from "vitlab";
 *
 * const loaded = await loadModel("vit-shapes");
 * const { grid, weights, classToken } = await photoAttention(loaded, await chelsea(), { block: 0, head: 0 });
 * console.log(grid, weights.length, classToken !== undefined); // { rows: 8, columns: 8 } 64 true
 * ```
 */
export async function photoAttention(
  given: PhotoModel,
  photo: ByteImage,
  options: PhotoAttentionOptions = {},
): Promise<PhotoAttention> {
  checkOptions("photoAttention", options, { block: true, head: true, query: true });
  const loaded = given instanceof ViT ? { model: given } : given;
  if (!((loaded as Partial<ModelForPhotos> | undefined)?.model instanceof ViT))
    throw new VitlabError(
      `photoAttention got ${show(given)} for a model: give a ViT, or what loadModel or loadViT resolve to`,
    );
  const { model, imageProcessor } = loaded;
  const { config } = model;
  const [height, width] = sizeOf(config.imageSize);
  const grid = patchGridSize(config.imageSize, config.patchSize);
  const { block, head, query } = chosen(options, model, grid.rows * grid.columns);
  const fit = pictureFit({ model, imageProcessor, imageSize: loaded.imageSize ?? [height, width] });
  const fitted = await fit(photo);
  const seen = await seenPart(fit, photo);
  const images = imageToTensor(fitted, { normalize: config.normalize });
  try {
    const row = attentionRow(model, images, { block, head, query }, grid);
    const answers = !loaded.newHead && answerFunction(config) !== "none";
    const answer = answers ? answerOf(model, images, loaded.classNames) : undefined;
    return { block, head, query, heads: config.heads, grid, ...row, seen, answer };
  } finally {
    images.dispose();
  }
}

interface Choice {
  block: number;
  head: number | "mean";
  query: number | "class";
}

function chosen(
  { block, head = "mean", query = "class" }: PhotoAttentionOptions,
  { config }: ViT,
  patches: number,
): Choice {
  const { depth, heads, classToken } = config;
  const all = (count: number) => (count === 1 ? "0 alone" : `0 to ${count - 1}`);
  if (block !== undefined && !isIndex(block, depth))
    throw new VitlabError(`there is no block ${show(block)}: the model has blocks ${all(depth)}`);
  if (head !== "mean" && !isIndex(head, heads))
    throw new VitlabError(
      `there is no head ${show(head)}: the model has heads ${all(heads)}, and "mean" is the mean of them`,
    );
  if (query === "class" && !classToken)
    throw new VitlabError(`the model has no class token to look from: name a patch as the query, ${all(patches)}`);
  if (query !== "class" && !isIndex(query, patches))
    throw new VitlabError(
      `there is no query ${show(query)}: give a patch, ${all(patches)}${classToken ? ', or "class" for the class token' : ""}`,
    );
  return { block: block ?? depth - 1, head, query };
}

/** The weights of one query, apart for the patches and the class token. */
function attentionRow(
  model: ViT,
  images: Tensor4D,
  { block, head, query }: Choice,
  grid: { rows: number; columns: number },
) {
  const patches = grid.rows * grid.columns;
  const weights = dataOf(() => {
    const { trace } = model.run(images);
    const heads = tf.squeeze(trace.get<Tensor4D>(`blocks.${block}.attention.weights`), [0]) as Tensor3D;
    const [, tokens] = heads.shape;
    // The class token, and where there are more such tokens these, stand before the patches.
    const row = query === "class" ? 0 : tokens - patches + query;
    const chosenHeads = head === "mean" ? heads : tf.slice(heads, [head, 0, 0], [1, -1, -1]);
    const mean = tf.mean(tf.slice(chosenHeads, [0, row, 0], [-1, 1, -1]), 0);
    trace.dispose();
    return mean;
  });
  return { weights: weights.slice(-patches), classToken: model.config.classToken ? weights[0] : undefined };
}

function answerOf(model: ViT, images: Tensor4D, classNames: readonly string[] = []): PhotoAttention["answer"] {
  const probabilities = dataOf(() => model.predict(images));
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { className: classNames[best] ?? `class ${best}`, class: best, probability: probabilities[best] as number };
}
