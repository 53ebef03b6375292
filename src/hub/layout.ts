import type { NamedArray } from "../nn/module";
import type { PatchOrder } from "../vit/patches";

/** Rows and columns taken at a time, so that both matrices stay in the processor's cache. */
const TILE = 32;

/** A matrix turned over: `[rows, columns]` to `[columns, rows]`. */
export function transpose({ shape, data }: NamedArray): NamedArray {
  const [rows, columns] = shape as [number, number];
  const turned = new Float32Array(data.length);
  for (let top = 0; top < rows; top += TILE)
    for (let left = 0; left < columns; left += TILE)
      for (let i = top; i < Math.min(rows, top + TILE); i++)
        for (let j = left; j < Math.min(columns, left + TILE); j++)
          turned[j * rows + i] = data[i * columns + j] as number;
  return { shape: [columns, rows], data: turned };
}

/** Matrices `[rows, columnsᵢ]` side by side: `[rows, Σ columnsᵢ]`. */
export function sideBySide(parts: readonly NamedArray[]): NamedArray {
  const rows = parts[0]?.shape[0] as number;
  const columns = parts.reduce((sum, { shape }) => sum + (shape[1] as number), 0);
  const data = new Float32Array(rows * columns);
  let left = 0;
  for (const part of parts) {
    const width = part.shape[1] as number;
    for (let i = 0; i < rows; i++) data.set(part.data.subarray(i * width, (i + 1) * width), i * columns + left);
    left += width;
  }
  return { shape: [rows, columns], data };
}

/** A matrix `[rows, columns]` cut into so many of the same width. */
export function cutColumns({ shape, data }: NamedArray, count: number): NamedArray[] {
  const [rows, columns] = shape as [number, number];
  const width = columns / count;
  return Array.from({ length: count }, (_, part) => {
    const piece = new Float32Array(rows * width);
    for (let i = 0; i < rows; i++) {
      const start = i * columns + part * width;
      piece.set(data.subarray(start, start + width), i * width);
    }
    return { shape: [rows, width], data: piece };
  });
}

/**
 * The patch embedding's weights as PyTorch orders the numbers of a patch: channel, row, column.
 *
 * @param weight `[channels · patchSize², dim]`, in either order
 */
export function channelsFirst(weight: NamedArray, order: PatchOrder, patchSize: number): NamedArray {
  if (order === "chw") return weight;
  const [length, dim] = weight.shape as [number, number];
  const area = patchSize * patchSize;
  const channels = length / area;
  const data = new Float32Array(weight.data.length);
  for (let pixel = 0; pixel < area; pixel++)
    for (let channel = 0; channel < channels; channel++) {
      const from = (pixel * channels + channel) * dim;
      data.set(weight.data.subarray(from, from + dim), (channel * area + pixel) * dim);
    }
  return { shape: weight.shape, data };
}
