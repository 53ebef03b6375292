import { isIndex } from "../base/check-number";
import { VitlabError } from "../base/error";
import { aCount, type OptionKind } from "./option-kinds";
import type { RgbaImage } from "./pixels";

/** How an image is divided into square patches, counted row by row from the top left. */
export interface PatchLayout {
  rows: number;
  columns: number;
  count: number;
}

/** The option that says how patches lie. */
export const aGrid: OptionKind = {
  takes: (value) => Array.isArray(value) && value.length === 2 && value.every(aCount.takes),
  expected: "the rows and columns of patches, such as [8, 8]",
};

/**
 * Divides an image into patches.
 *
 * @throws VitlabError when the patch size does not divide the image.
 */
export function patchLayout(image: { width: number; height: number }, patchSize: number): PatchLayout {
  const { width, height } = image;
  if (!Number.isInteger(patchSize) || patchSize < 1)
    throw new VitlabError(`patch size is ${patchSize}: it must be a whole number of pixels, 1 or more`);
  const odd = height % patchSize !== 0 ? `height ${height}` : width % patchSize !== 0 ? `width ${width}` : undefined;
  if (odd)
    throw new VitlabError(
      `image is ${height}x${width}: patch size ${patchSize} does not divide its ${odd}; ${remedy(width, height, patchSize)}`,
    );
  const [rows, columns] = [height / patchSize, width / patchSize];
  return { rows, columns, count: rows * columns };
}

/** Patch `index` of an image as an image. */
export function cutPatch(image: RgbaImage, patchSize: number, index: number): RgbaImage {
  const columns = image.width / patchSize;
  const [left, top] = [(index % columns) * patchSize, Math.floor(index / columns) * patchSize];
  const rgba = new Uint8ClampedArray(patchSize * patchSize * 4);
  for (let row = 0; row < patchSize; row++) {
    const start = ((top + row) * image.width + left) * 4;
    rgba.set(image.rgba.subarray(start, start + patchSize * 4), row * patchSize * 4);
  }
  return { width: patchSize, height: patchSize, rgba };
}

/** Checks that `index` names a patch. */
export function checkPatch(index: number, { count }: PatchLayout, name: string): void {
  if (!isIndex(index, count)) throw new VitlabError(`${name} is ${index}: the image has patches 0 to ${count - 1}`);
}

function remedy(width: number, height: number, patchSize: number): string {
  const nearest = (length: number) => Math.max(patchSize, Math.round(length / patchSize) * patchSize);
  const common = commonDivisor(width, height);
  const fitting = Array.from({ length: common }, (_, i) => i + 1).filter((size) => size > 1 && common % size === 0);
  const closest = fitting.sort((a, b) => Math.abs(a - patchSize) - Math.abs(b - patchSize))[0];
  return `${closest ? `use patch size ${closest} or ` : ""}resize to ${nearest(height)}x${nearest(width)}`;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
