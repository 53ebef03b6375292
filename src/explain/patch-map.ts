import type { ViT } from "../vit/model";
import { type Query, tokenOf } from "./choices";
import { type Axis, Explanation, type ExplanationParts } from "./explanation";
import { type TokenGrid, tokenCount } from "./look";

/** Square matrices between tokens, one for each image: `[image][query · tokens + key]`. */
export type TokenMatrices = readonly Float32Array[];

/** Which part of a matrix between tokens is read. */
export interface MatrixPart {
  /** Whose row or column: a patch, the class token, the mean of all patches, or all: the whole matrix. */
  query: Query | "mean" | "all";
  /** The row says what the query reads from the patches, the column who reads from it. */
  read: "row" | "column";
}

/**
 * What a matrix between tokens says of the patches: `[image, row, column]`, or of all tokens, `[image, query, key]`.
 *
 * @throws VitlabError when there is no such query, or the map is zero everywhere.
 */
export function mapOfMatrices(
  model: ViT,
  matrices: TokenMatrices,
  grid: TokenGrid,
  { query, read }: MatrixPart,
  about: Omit<ExplanationParts, "axes" | "shape" | "data">,
): Explanation {
  const tokens = tokenCount(grid);
  if (query === "all") {
    const data = new Float32Array(matrices.length * tokens * tokens);
    matrices.forEach((matrix, i) => {
      data.set(matrix, i * tokens * tokens);
    });
    const labels = tokenLabels(model, grid);
    const axes = [{ name: "image" }, { name: "query", labels }, { name: "key", labels }];
    return new Explanation({ ...about, axes, shape: [matrices.length, tokens, tokens], data });
  }
  const chosen = query === "mean" ? patchTokens(grid) : [tokenOf(model, query, grid)];
  const lines = matrices.map((matrix) => meanLine(matrix, tokens, chosen, read));
  return patchMap(
    lines.map((line) => line.subarray(grid.prefix)),
    grid,
    about,
  );
}

/** An explanation of one number a patch: `[image, row, column]`. Rows and columns that are no patches have labels. */
export function patchMap(
  values: readonly ArrayLike<number>[],
  { rows, columns, labels }: Pick<TokenGrid, "rows" | "columns"> & { labels?: readonly [string[], string[]] },
  about: Omit<ExplanationParts, "axes" | "shape" | "data">,
): Explanation {
  const data = new Float32Array(values.length * rows * columns);
  values.forEach((each, i) => {
    data.set(each, i * rows * columns);
  });
  const [row, column] = ["row", "column"].map((name, i) => ({
    name,
    ...(labels && { labels: labels[i] as string[] }),
  }));
  const axes = [{ name: "image" }, row as Axis, column as Axis];
  return new Explanation({ ...about, axes, shape: [values.length, rows, columns], data });
}

/** Names of the tokens, in their order: "class token", …, "patch 0", "patch 1", … */
export function tokenLabels({ config }: ViT, { rows, columns }: TokenGrid): string[] {
  return [
    ...(config.classToken ? ["class token"] : []),
    ...(config.distillationToken ? ["distillation token"] : []),
    ...Array.from({ length: config.registerTokens }, (_, i) => `register ${i}`),
    ...Array.from({ length: rows * columns }, (_, i) => `patch ${i}`),
  ];
}

/** The tokens of the patches. */
export function patchTokens({ prefix, rows, columns }: TokenGrid): number[] {
  return Array.from({ length: rows * columns }, (_, i) => prefix + i);
}

function meanLine(
  matrix: Float32Array,
  tokens: number,
  chosen: readonly number[],
  read: "row" | "column",
): Float32Array {
  const line = new Float32Array(tokens);
  for (const token of chosen)
    for (let other = 0; other < tokens; other++)
      line[other] =
        (line[other] as number) +
        (matrix[read === "row" ? token * tokens + other : other * tokens + token] as number) / chosen.length;
  return line;
}
