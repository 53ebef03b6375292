import { checkWhole } from "../base/check-number";
import { type ByteImage, byteImage } from "./byte-image";

/** The filters of Pillow, by their names. */
export type PilFilter = "nearest" | "lanczos" | "bilinear" | "bicubic" | "box" | "hamming";

/** Pillow's number of each filter, as `resample` of a `preprocessor_config.json` has it. */
export const pilFilterNumbers: Readonly<Record<PilFilter, number>> = {
  nearest: 0,
  lanczos: 1,
  bilinear: 2,
  bicubic: 3,
  box: 4,
  hamming: 5,
};

/**
 * Which side is resized first; each pass rounds to bytes, so the order shows in a few of them, by 1.
 *
 * "columns": as every Pillow before 13, and so as models were trained. "pillow13": rows first where the height shrinks
 * by more than twice what the width does.
 */
export type PassOrder = "columns" | "pillow13";

/** How `pilResize` works. */
export interface PilResizeOptions {
  filter: PilFilter;
  /** Default "columns". */
  passOrder?: PassOrder;
}

/**
 * Changes the size of an image as Pillow's `Image.resize` does, to the byte.
 *
 * The filter widens when a side shrinks (antialias). Weights are fixed-point numbers with 22 fraction bits, and each
 * of the two passes rounds to bytes (Pillow, `src/libImaging/Resample.c`; for "nearest" `Geometry.c`).
 *
 * @throws VitlabError when a side is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { pilResize } from "vitlab";
 *
 * // Two gray pixels, black and white, into one.
 * const image = { width: 2, height: 1, channels: 1, pixels: Uint8Array.from([0, 255]) };
 * console.log(pilResize(image, { width: 1, height: 1 }, { filter: "bilinear" }).pixels);
 * // Uint8Array(1) [ 128 ]
 * ```
 */
export function pilResize(
  image: ByteImage,
  { width, height }: { width: number; height: number },
  { filter, passOrder = "columns" }: PilResizeOptions,
): ByteImage {
  checkWhole("width", width);
  checkWhole("height", height);
  return byteImage(resized(image, width, height, filter, passOrder));
}

function resized(image: ByteImage, width: number, height: number, filter: PilFilter, passOrder: PassOrder): ByteImage {
  if (filter === "nearest") return nearest(image, width, height);
  const shrinksMoreInHeight = height < image.height && image.height - height > 2 * (image.width - width);
  if (passOrder === "pillow13" && shrinksMoreInHeight)
    return resizeColumns(resizeRows(image, height, filter), width, filter);
  return resizeRows(resizeColumns(image, width, filter), height, filter);
}

// 8 bits are the result's; two more are left for the overshoot of filters with negative parts.
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

const SUPPORT = { lanczos: 3, bilinear: 1, bicubic: 2, box: 0.5, hamming: 1 } as const;

const KERNEL: Readonly<Record<keyof typeof SUPPORT, (x: number) => number>> = {
  box: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0),
  bilinear: (x) => Math.max(0, 1 - Math.abs(x)),
  hamming: (x) => {
    if (x === 0) return 1;
    if (Math.abs(x) >= 1) return 0;
    const angle = Math.abs(x) * Math.PI;
    // Pillow has these two constants in single precision.
    return (Math.sin(angle) / angle) * (Math.fround(0.54) + Math.fround(0.46) * Math.cos(angle));
  },
  bicubic: (x) => {
    const a = -0.5;
    const d = Math.abs(x);
    if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
  },
  lanczos: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0),
};

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}

/** For each new pixel of a side: where the old ones start that it is made of, how many, and their weights. */
interface Weights {
  /** Room for one pixel's weights. */
  room: number;
  starts: Int32Array;
  counts: Int32Array;
  weights: Int32Array;
}

function weightsOf(before: number, after: number, filter: keyof typeof SUPPORT): Weights {
  const kernel = KERNEL[filter];
  const scale = before / after;
  const stretch = Math.max(scale, 1);
  const support = SUPPORT[filter] * stretch;
  const room = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(after);
  const counts = new Int32Array(after);
  const weights = new Int32Array(after * room);
  const exact = new Float64Array(room);
  for (let to = 0; to < after; to++) {
    const center = (to + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(before, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      exact[i] = kernel((i + start - center + 0.5) * (1 / stretch));
      sum += exact[i] as number;
    }
    for (let i = 0; i < count; i++) {
      const share = sum === 0 ? (exact[i] as number) : (exact[i] as number) / sum;
      weights[to * room + i] = Math.trunc(share * (1 << PRECISION_BITS) + (share < 0 ? -0.5 : 0.5));
    }
    starts[to] = start;
    counts[to] = count;
  }
  return { room, starts, counts, weights };
}

function resizeColumns(image: ByteImage, width: number, filter: keyof typeof SUPPORT): ByteImage {
  const { height, channels } = image;
  if (width === image.width) return { ...image, pixels: image.pixels.slice() };
  const { room, starts, counts, weights } = weightsOf(image.width, width, filter);
  const source = image.pixels;
  const pixels = new Uint8Array(width * height * channels);
  let target = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const first = (row * image.width + (starts[column] as number)) * channels;
      const count = counts[column] as number;
      for (let channel = 0; channel < channels; channel++) {
        let sum = HALF;
        for (let i = 0, from = first + channel, weight = column * room; i < count; i++, from += channels, weight++)
          sum += (source[from] as number) * (weights[weight] as number);
        pixels[target++] = clip(sum);
      }
    }
  return { width, height, channels, pixels };
}

function resizeRows(image: ByteImage, height: number, filter: keyof typeof SUPPORT): ByteImage {
  const { width, channels } = image;
  if (height === image.height) return { ...image, pixels: image.pixels.slice() };
  const { room, starts, counts, weights } = weightsOf(image.height, height, filter);
  const source = image.pixels;
  const stride = width * channels;
  const pixels = new Uint8Array(stride * height);
  const sums = new Float64Array(stride);
  for (let row = 0; row < height; row++) {
    sums.fill(HALF);
    const count = counts[row] as number;
    for (let i = 0; i < count; i++) {
      const weight = weights[row * room + i] as number;
      const first = ((starts[row] as number) + i) * stride;
      for (let j = 0; j < stride; j++) sums[j] = (sums[j] as number) + (source[first + j] as number) * weight;
    }
    for (let j = 0; j < stride; j++) pixels[row * stride + j] = clip(sums[j] as number);
  }
  return { width, height, channels, pixels };
}

function clip(sum: number): number {
  return Math.min(255, Math.max(0, sum >> PRECISION_BITS));
}

function nearest(image: ByteImage, width: number, height: number): ByteImage {
  const { channels } = image;
  const columns = nearestPlaces(image.width, width);
  const rows = nearestPlaces(image.height, height);
  const pixels = new Uint8Array(width * height * channels);
  let target = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const from = ((rows[row] as number) * image.width + (columns[column] as number)) * channels;
      for (let channel = 0; channel < channels; channel++) pixels[target++] = image.pixels[from + channel] as number;
    }
  return { width, height, channels, pixels };
}

/** Summed up step by step, as Pillow does: the rounding decides ties. */
function nearestPlaces(before: number, after: number): Int32Array {
  const step = before / after;
  let place = step * 0.5;
  return Int32Array.from({ length: after }, () => {
    const at = Math.min(before - 1, Math.trunc(place));
    place += step;
    return at;
  });
}
