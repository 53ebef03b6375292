import { inLanguage } from "../base/language";
import { HEATMAP_OPTIONS, type HeatmapOptions, matrixHeatmap } from "./heatmap";
import { type Matrix, type NumbersInput, toMatrix } from "./numbers";
import { figureOptions } from "./option-kinds";
import type { PlotFigure } from "./plot-figure";

/**
 * How alike tokens are: the cosine of the angle between each two vectors of `[tokens, dim]`, from -1 to 1,
 * which the colors span.
 *
 * Position embeddings drawn so show what a ViT knows of places (Dosovitskiy et al., "An Image is Worth 16x16 Words",
 * 2021, figure 7). A vector of zeros has no direction and stays blank.
 *
 * @throws VitlabError when `vectors` isn't a matrix.
 *
 * @example
 * ```ts
 * import { tokenSimilarity } from "vitlab";
 *
 * // At right angles, and opposite.
 * console.log(tokenSimilarity([[1, 0], [0, 1], [-1, 0]], { title: "Three tokens" }).text);
 * // Three tokens
 * // 3 rows (token), 3 columns (token)
 * // cosine similarity from -1 to 1; colors from -1 to 1
 * ```
 */
export function tokenSimilarity(vectors: NumbersInput, given: HeatmapOptions = {}): PlotFigure {
  const options = figureOptions("tokenSimilarity", given, HEATMAP_OPTIONS);
  const similarity = cosineSimilarity(toMatrix(vectors, "vectors"));
  const token = inLanguage({ en: "token", zh: "标记" });
  return matrixHeatmap(similarity, {
    title: inLanguage({ en: "Similarity of tokens", zh: "标记的相似度" }),
    xTitle: token,
    yTitle: token,
    valueTitle: inLanguage({ en: "cosine similarity", zh: "余弦相似度" }),
    zmin: -1,
    zmax: 1,
    colorScale: "diverging",
    annotations: similarity.rows <= 8,
    ...options,
  });
}

function cosineSimilarity({ rows, columns, values }: Matrix): Matrix {
  const dot = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += values[a * columns + i]! * values[b * columns + i]!;
    return sum;
  };
  const norms = Array.from({ length: rows }, (_, row) => Math.sqrt(dot(row, row)));
  const cosines = new Float64Array(rows * rows);
  for (let a = 0; a < rows; a++)
    for (let b = 0; b < rows; b++) cosines[a * rows + b] = dot(a, b) / (norms[a]! * norms[b]!);
  return { rows, columns: rows, values: cosines };
}
