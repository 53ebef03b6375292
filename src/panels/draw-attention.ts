import { checkOptions, type OptionNames } from "../base/check-options";
import type { ByteImage } from "../data/byte-image";
import { readImage } from "../data/image-file";
import { type AttentionOverlayOptions, attentionOverlay } from "../figure/attention-overlay";
import type { ImageFigure } from "../figure/image-figure";
import {
  type PhotoAttention,
  type PhotoAttentionOptions,
  type PhotoModel,
  photoAttention,
} from "../hub/photo-attention";
import { explanationWords } from "./explanation-words";

/** Whose attention is drawn, and how. */
export interface DrawAttentionOptions
  extends PhotoAttentionOptions,
    Omit<AttentionOverlayOptions, "grid" | "patchSize" | "query" | "seen"> {}

const OPTIONS: OptionNames<DrawAttentionOptions> = {
  block: true,
  head: true,
  query: true,
  title: true,
  mode: true,
  alpha: true,
  zmin: true,
  zmax: true,
  colorScale: true,
  original: true,
  scale: true,
};

/**
 * Where a model looks in a photograph, as a figure: `await show(await drawAttention(vit, "photo.jpg"))`.
 *
 * @param given what `loadModel` gives, or a model alone
 * @param photo a picture's file, or its bytes, of any size
 * @throws VitlabError when the picture can't be read, or the model has no such block, head or query.
 *
 * @example
 * ```ts
 * import { chelsea, drawAttention, loadModel, saveFigure } from "vitlab";
 *
 * const figure = await drawAttention(await loadModel("vit-shapes"), await chelsea(), { block: 0 });
 * console.log(await saveFigure(figure, "attention.png")); // attention.png
 * ```
 */
export async function drawAttention(
  given: PhotoModel,
  photo: string | ByteImage,
  options: DrawAttentionOptions = {},
): Promise<ImageFigure> {
  checkOptions("drawAttention", options, OPTIONS);
  const { block, head, query, ...drawing } = options;
  const image = typeof photo === "string" ? await readImage(photo) : photo;
  return attentionFigure(image, await photoAttention(given, image, { block, head, query }), drawing);
}

/** What was found in a photograph, as a figure. */
export function attentionFigure(
  photo: ByteImage,
  { grid, weights, classToken, seen, ...asked }: PhotoAttention,
  drawing: Omit<DrawAttentionOptions, keyof PhotoAttentionOptions> = {},
): ImageFigure {
  // A class token in front is said in the figure's words; of several such tokens the overlay knows nothing.
  const alone = classToken !== undefined && Math.abs(weights.reduce((sum, w) => sum + w, classToken) - 1) < 1e-3;
  return attentionOverlay(photo, alone ? [classToken, ...weights] : weights, {
    title: {
      en: `What ${queryInWords(asked.query)} looks at: ${placeInWords(asked)}`,
      zh: `${explanationWords(queryInWords(asked.query))}看向哪里：${explanationWords(placeInWords(asked))}`,
    },
    ...drawing,
    grid: [grid.rows, grid.columns],
    query: asked.query,
    seen,
  });
}

/** "the class token", "patch 27". */
export function queryInWords(query: PhotoAttention["query"]): string {
  return query === "class" ? "the class token" : `patch ${query}`;
}

/** "block 4, mean of 5 heads". */
export function placeInWords({ block, head, heads }: Pick<PhotoAttention, "block" | "head" | "heads">): string {
  return `block ${block}, ${head !== "mean" ? `head ${head}` : heads === 1 ? "its one head" : `mean of ${heads} heads`}`;
}
