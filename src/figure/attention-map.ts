import { VitlabError } from "../tensor/error";
import { showShape } from "../tensor/shape";
import { type ColorScaleName, type Rgb, scaleColor } from "./color-scale";
import { type NumbersInput, toNumbers } from "./numbers";
import { type PatchLayout, patchLayout } from "./patches";
import type { RgbaImage } from "./pixels";

/** One weight for each patch of an image. */
export interface PatchWeights {
  layout: PatchLayout;
  patchSize: number;
  values: Float64Array;
}

/** Range of weights that the colours span. */
export interface WeightRange {
  zmin: number;
  zmax: number;
}

/**
 * Reads one weight for each patch: `[patches]`, or `[rows, columns]` as the patches lie in the image; leading
 * dimensions of length 1 are left out. Without a patch size the number of weights tells it.
 *
 * @throws VitlabError when the weights don't fit the patches.
 */
export function readPatchWeights(input: NumbersInput, image: RgbaImage, patchSize: number | undefined): PatchWeights {
  const { shape, values } = toNumbers(input, "attention");
  const dimensions = shape.filter((length, index) => length !== 1 || index >= shape.length - 1);
  if (dimensions.length > 2) throw new VitlabError(tooMany(shape));
  const square = dimensions.length === 2 && dimensions[0] === dimensions[1] ? dimensions[0]! : 0;
  const size = patchSize ?? impliedPatchSize(image, values.length);
  if (size === undefined) {
    const sentence = `attention has ${values.length} weights: no patch size divides a ${image.height}x${image.width} image into as many patches`;
    if (square) throw new VitlabError(`${sentence}; ${chooseQuery(square)}`);
    const without = impliedPatchSize(image, values.length - 1);
    throw new VitlabError(
      without
        ? `attention has ${values.length} weights: expected ${values.length - 1} patches of ${without} pixels for a ${image.height}x${image.width} image; ${leaveOutClassToken(dimensions)}`
        : sentence,
    );
  }
  const layout = patchLayout(image, size);
  const fits =
    dimensions.length === 2
      ? dimensions[0] === layout.rows && dimensions[1] === layout.columns
      : values.length === layout.count;
  if (fits) return { layout, patchSize: size, values };

  const expected = `expected ${layout.count} patches of ${size} pixels for a ${image.height}x${image.width} image`;
  if (dimensions.length === 2) {
    const remedy =
      square >= layout.count ? chooseQuery(square) : `as a matrix they are ${showShape([layout.rows, layout.columns])}`;
    throw new VitlabError(`attention is ${showShape(shape)}: ${expected}; ${remedy}`);
  }
  const remedy = values.length === layout.count + 1 ? `; ${leaveOutClassToken(dimensions)}` : "";
  throw new VitlabError(`attention has ${values.length} weights: ${expected}${remedy}`);
}

/**
 * The image in grey under the colours of its patches' weights; the largest weight covers `alpha` of the image, 0
 * about a third of that.
 */
export function overlayImage(
  image: RgbaImage,
  { layout, patchSize, values }: PatchWeights,
  options: WeightRange & { colorScale: ColorScaleName; alpha: number; smooth: boolean },
): RgbaImage {
  const { zmin, zmax, colorScale, alpha, smooth } = options;
  const rgba = new Uint8ClampedArray(image.rgba.length);
  const weightAt = (row: number, column: number) => values[row * layout.columns + column]!;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const weight = smooth
        ? interpolated(weightAt, layout, (y + 0.5) / patchSize - 0.5, (x + 0.5) / patchSize - 0.5)
        : weightAt(Math.floor(y / patchSize), Math.floor(x / patchSize));
      const share = Math.min(1, Math.max(0, (weight - zmin) / (zmax - zmin || 1)));
      const color = scaleColor(colorScale, share);
      // Where there is no attention, the image must stay recognisable.
      const cover = alpha * (0.35 + 0.65 * share);
      const place = (y * image.width + x) * 4;
      const grey = brightness(image.rgba, place);
      for (let c = 0; c < 3; c++) rgba[place + c] = grey * (1 - cover) + color[c as keyof Rgb & number]! * cover;
      rgba[place + 3] = 255;
    }
  }
  return { width: image.width, height: image.height, rgba };
}

/** Weights are shares of a whole: their range starts at 0, unless one is below. */
export function weightRange(values: ArrayLike<number>): WeightRange {
  let [zmin, zmax] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    zmin = Math.min(zmin, values[i]!);
    zmax = Math.max(zmax, values[i]!);
  }
  return { zmin, zmax: zmax > zmin ? zmax : zmin + 1 };
}

/** Perceived brightness (ITU-R BT.601). */
function brightness(rgba: Uint8ClampedArray, place: number): number {
  return 0.299 * rgba[place]! + 0.587 * rgba[place + 1]! + 0.114 * rgba[place + 2]!;
}

function interpolated(
  weightAt: (row: number, column: number) => number,
  { rows, columns }: PatchLayout,
  y: number,
  x: number,
): number {
  const [top, left] = [Math.max(0, Math.floor(y)), Math.max(0, Math.floor(x))];
  const [bottom, right] = [Math.min(rows - 1, Math.floor(y) + 1), Math.min(columns - 1, Math.floor(x) + 1)];
  const [dy, dx] = [Math.min(1, Math.max(0, y - top)), Math.min(1, Math.max(0, x - left))];
  const upper = weightAt(top, left) * (1 - dx) + weightAt(top, right) * dx;
  const lower = weightAt(bottom, left) * (1 - dx) + weightAt(bottom, right) * dx;
  return upper * (1 - dy) + lower * dy;
}

function impliedPatchSize({ width, height }: RgbaImage, count: number): number | undefined {
  const size = Math.sqrt((width * height) / count);
  return Number.isInteger(size) && width % size === 0 && height % size === 0 ? size : undefined;
}

function leaveOutClassToken(dimensions: readonly number[]): string {
  return dimensions.length === 1
    ? "leave out the class token with weights.slice(1)"
    : "leave out the class token, which comes first";
}

function chooseQuery(tokens: number): string {
  return `these are the weights of ${tokens} queries: take the row of one, without the class token, e.g. weights.slice([0, 1], [1, ${tokens - 1}])`;
}

function tooMany(shape: readonly number[]): string {
  return `attention is ${showShape(shape)}: one weight for each patch is expected; take one image, one head and one query first, e.g. weights.slice([0, head, query, 1], [1, 1, 1, -1])`;
}
