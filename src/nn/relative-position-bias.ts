import type { Tensor2D, Tensor3D, Variable } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import { gatherRows } from "../tensor/gather-rows";
import { tf } from "../tensor/tf";
import { type Draws, truncatedNormal } from "./initial";
import { Module } from "./module";

/** How a `RelativePositionBias` is made. */
export interface RelativePositionBiasOptions {
  rows: number;
  columns: number;
  random: Draws;
  /** Whether a class token stands in front of the patches. Default false. */
  classToken?: boolean;
}

/**
 * A learned number for each head and each way from one patch of a grid to another, to be added to attention's scores (Liu et
 * al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", 2021, section 3.2, equation 4). Give it to
 * `SelfAttention` as `positionBias`, one to each.
 *
 * Parameter: `table` `[(2 · rows - 1) · (2 · columns - 1), heads]`, by the difference of rows, then of columns, query minus key.
 * With a class token three more, as in BEiT: from class token to patches, from patches to class token, from it to itself.
 *
 * @throws VitlabError when rows, columns or heads aren't whole numbers, 1 or more.
 *
 * @example
 * ```ts
 * import { Random, RelativePositionBias, SelfAttention } from "vitlab";
 *
 * const random = new Random(1);
 * const positionBias = new RelativePositionBias(4, { rows: 8, columns: 8, random });
 * const attention = new SelfAttention(32, { heads: 4, positionBias, random });
 * console.log(positionBias.forward(64).shape); // [ 4, 64, 64 ]
 * // From -7 to 7 rows and columns: one number a head for each of 15 · 15 ways.
 * console.log(attention.positionBias?.table.shape); // [ 225, 4 ]
 * ```
 */
export class RelativePositionBias extends Module {
  readonly table: Variable & Tensor2D;
  readonly tokens: number;
  private readonly indices: Int32Array;
  private readonly grid: { rows: number; columns: number; classToken: boolean };

  constructor(
    readonly heads: number,
    options: RelativePositionBiasOptions,
  ) {
    super();
    checkOptions("new RelativePositionBias", options, { rows: true, columns: true, random: true, classToken: true });
    const { rows, columns, random, classToken = false } = options;
    for (const [name, count] of Object.entries({ heads, rows, columns }))
      if (!Number.isInteger(count) || count < 1)
        throw new VitlabError(`a relative position bias got ${count} ${name}: expected a whole number, 1 or more`);
    this.grid = { rows, columns, classToken };
    this.tokens = rows * columns + (classToken ? 1 : 0);
    this.indices = differences(rows, columns, classToken);
    const length = (2 * rows - 1) * (2 * columns - 1) + (classToken ? 3 : 0);
    this.table = this.parameter("table", () => truncatedNormal<Tensor2D>([length, heads], 0.02, random), {
      role: "embedding",
    });
  }

  override get settings() {
    return this.grid;
  }

  /**
   * The bias of all scores, `[heads, tokens, tokens]`, queries before keys.
   *
   * @throws VitlabError when the grid hasn't so many tokens, or the module was disposed.
   */
  forward(tokens: number): Tensor3D {
    this.checkNotDisposed();
    if (tokens !== this.tokens)
      throw new VitlabError(
        `the position bias got ${tokens} tokens: expected ${this.tokens}, ${this.grid.classToken ? "a class token and " : ""}` +
          `${this.grid.rows} rows of ${this.grid.columns}`,
      );
    return tf.tidy(() => {
      const pairs = tf.reshape(gatherRows(this.table, this.indices), [tokens, tokens, this.heads]);
      return tf.transpose(pairs, [2, 0, 1]) as Tensor3D;
    });
  }
}

/** The row of the table for each query and key. */
function differences(rows: number, columns: number, classToken: boolean): Int32Array {
  const first = classToken ? 1 : 0;
  const tokens = rows * columns + first;
  const ways = (2 * rows - 1) * (2 * columns - 1);
  const place = (token: number) => [Math.floor((token - first) / columns), (token - first) % columns] as const;
  return Int32Array.from({ length: tokens * tokens }, (_, i) => {
    const [query, key] = [Math.floor(i / tokens), i % tokens];
    if (query < first) return key < first ? ways + 2 : ways;
    if (key < first) return ways + 1;
    const [[row, column], [keyRow, keyColumn]] = [place(query), place(key)];
    return (row - keyRow + rows - 1) * (2 * columns - 1) + (column - keyColumn + columns - 1);
  });
}
