import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { rowOf } from "./row-of";

/** The directions in which rows differ most. */
export interface PrincipalComponents {
  /** Where each row lies along each direction: `[rows, count]`. */
  scores: Float32Array;
  /** Each direction, of length 1: `[count, columns]`. */
  directions: Float32Array;
  /** The share of the variance that each direction has. */
  shares: number[];
}

/**
 * Principal component analysis of centered rows. A direction's sign is such that its largest loading is positive.
 *
 * The products between rows have the same eigenvalues as those between columns: whichever are fewer are decomposed.
 *
 * @param data `[rows, columns]`, row by row
 */
export function principalComponents(data: Float32Array, columns: number, count: number): PrincipalComponents {
  const rows = data.length / columns;
  const centered = new Matrix(Array.from({ length: rows }, (_, i) => rowOf(data, i, columns))).center("column");
  const turned = centered.transpose();
  const wide = rows < columns;
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    wide ? centered.mmul(turned) : turned.mmul(centered),
    { assumeSymmetric: true },
  );
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  const largest = realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => (realEigenvalues[b] as number) - (realEigenvalues[a] as number));
  const directions = new Float32Array(count * columns);
  largest.slice(0, count).forEach((index, component) => {
    const vector = eigenvectorMatrix.getColumnVector(index);
    const loadings = (wide ? turned.mmul(vector) : vector).to1DArray();
    directions.set(signed(loadings), component * columns);
  });
  const scores = centered.mmul(
    new Matrix(Array.from({ length: count }, (_, i) => rowOf(directions, i, columns))).transpose(),
  );
  return {
    scores: Float32Array.from(scores.to1DArray()),
    directions,
    shares: largest
      .slice(0, count)
      .map((index) => (total > 0 ? Math.max(0, realEigenvalues[index] as number) / total : 0)),
  };
}

/** "share of the variance: 0.612, 0.207". */
export function varianceNote({ shares }: PrincipalComponents): string {
  return `share of the variance: ${shares.map((share) => share.toFixed(3)).join(", ")}`;
}

/** A vector of length 1 whose largest number by size is positive. */
function signed(loadings: readonly number[]): number[] {
  const length = Math.hypot(...loadings);
  const largest = loadings.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const scale = length > 0 ? Math.sign(largest) / length : 0;
  return loadings.map((value) => value * scale);
}
