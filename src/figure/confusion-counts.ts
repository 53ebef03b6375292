import { isIndex } from "../base/check-number";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type NumbersInput, toMatrix } from "./numbers";

/** A confusion matrix of which only the cells that aren't 0 are told, each as [true class, predicted class, count]. */
export interface SparseConfusion {
  classes: number;
  cells: readonly (readonly [number, number, number])[];
}

/** A confusion matrix, cell by cell. */
export interface Confusion {
  classes: number;
  /** Calls back for each cell that isn't 0, row by row where the matrix came so. */
  forEach(cell: (truth: number, predicted: number, count: number) => void): void;
}

/**
 * Reads a confusion matrix without copying it: one of 10,000 classes has a hundred million cells.
 *
 * @throws VitlabError when it isn't square, or counts less than 0 or something that is no number.
 */
export function readConfusion(counts: NumbersInput | SparseConfusion): Confusion {
  const confusion = isSparse(counts) ? sparse(counts) : dense(counts);
  confusion.forEach((truth, predicted, count) => {
    if (!(Number.isFinite(count) && count >= 0))
      throw new VitlabError(`counts[${truth}][${predicted}] is ${show(count)}: images are counted from 0`);
  });
  return confusion;
}

function isSparse(counts: unknown): counts is SparseConfusion {
  return Array.isArray((counts as Partial<SparseConfusion> | null)?.cells);
}

function sparse({ classes, cells }: SparseConfusion): Confusion {
  for (const cell of cells)
    if (!Array.isArray(cell) || cell.length !== 3 || !isIndex(cell[0], classes) || !isIndex(cell[1], classes))
      throw new VitlabError(
        `counts has the cell ${JSON.stringify(cell)}: give [true class, predicted class, count], classes from 0 to ${classes - 1}`,
      );
  return {
    classes,
    forEach(visit) {
      for (const [truth, predicted, count] of cells) if (count !== 0) visit(truth, predicted, count);
    },
  };
}

function dense(counts: NumbersInput): Confusion {
  const rows = isRows(counts) ? counts : rowsOf(counts);
  const classes = rows.length;
  const odd = rows.find((row) => row.length !== classes);
  if (odd)
    throw new VitlabError(
      `counts is ${classes}x${odd.length}: a confusion matrix has a row and a column for each class`,
    );
  return {
    classes,
    forEach(visit) {
      for (let truth = 0; truth < classes; truth++) {
        const row = rows[truth]!;
        for (let predicted = 0; predicted < classes; predicted++)
          if (row[predicted] !== 0) visit(truth, predicted, row[predicted]!);
      }
    },
  };
}

/** A list of lists of numbers, as `evaluate` gives it. */
function isRows(counts: NumbersInput): counts is readonly ArrayLike<number>[] {
  const isList = (row: unknown): row is ArrayLike<unknown> => Array.isArray(row) || ArrayBuffer.isView(row);
  return Array.isArray(counts) && counts.length > 0 && counts.every((row) => isList(row) && !isList(row[0]));
}

function rowsOf(counts: NumbersInput): Float64Array[] {
  const { rows, columns, values } = toMatrix(counts, "counts");
  return Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
}
