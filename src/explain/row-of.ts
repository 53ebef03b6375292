/** The numbers of one row, counted from 0, of rows of a length; they stay where they are. */
export function rowOf(rows: Float32Array, row: number, length: number): Float32Array {
  return rows.subarray(row * length, (row + 1) * length);
}
