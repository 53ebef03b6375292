import type { ByteImage } from "./byte-image";
import { cropImage } from "./crop-image";

/** What a new pixel of a side is made of: places of old ones, how much of each, and what the sum is multiplied with. */
interface Mixture {
  places: number[];
  parts: number[];
  scale: number;
}

/**
 * An image in another size: an average over area in a direction in which it shrinks (no aliasing), linear between pixels
 * where it grows.
 *
 * As Jimp's own two passes do it (Grant Galitz, "JavaScript Image Resizer", 2012), columns first, in single precision,
 * rounded to bytes once.
 *
 * @param size whole numbers of pixels, from 1
 */
export function areaResize(image: ByteImage, size: { width: number; height: number }): ByteImage {
  const { channels } = image;
  const { width, height } = size;
  if (width === image.width && height === image.height) return { ...image, pixels: image.pixels.slice() };
  const from = image.width * channels;
  const to = width * channels;
  const wide = new Float32Array(to * image.height);
  const pixels = new Uint8Array(to * height);
  mixtures(image.width, width, 4).forEach((mixture, column) => {
    for (let row = 0; row < image.height; row++)
      for (let channel = 0; channel < channels; channel++)
        wide[row * to + column * channels + channel] = mixed(image.pixels, row * from + channel, channels, mixture);
  });
  mixtures(image.height, height, 4 * width).forEach((mixture, row) => {
    for (let i = 0; i < to; i++) pixels[row * to + i] = Math.round(mixed(wide, i, to, mixture));
  });
  return { width, height, channels, pixels };
}

/** The same, proportions kept: what is too much is cut off from the middle first, then it is resized once. */
export function areaCover(image: ByteImage, size: { width: number; height: number }): ByteImage {
  const scale = Math.min(image.width / size.width, image.height / size.height);
  const width = Math.min(image.width, Math.max(1, Math.round(size.width * scale)));
  const height = Math.min(image.height, Math.max(1, Math.round(size.height * scale)));
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  return areaResize(cropImage(image, { left, top, width, height }), size);
}

function mixed(values: ArrayLike<number>, first: number, step: number, { places, parts, scale }: Mixture): number {
  // Two places are mixed at once; more are added up in single precision.
  if (places.length <= 2 && scale === 1) {
    let sum = 0;
    for (let i = 0; i < places.length; i++) sum += values[first + places[i]! * step]! * parts[i]!;
    return sum;
  }
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum = Math.fround(sum + values[first + places[i]! * step]! * parts[i]!);
  return sum * scale;
}

/**
 * Of each new pixel of a side what it is made of.
 *
 * @param unit by which places are counted, so that fractions are rounded as Jimp's are
 */
function mixtures(before: number, after: number, unit: number): Mixture[] {
  if (before === after) return Array.from({ length: after }, (_, i) => ({ places: [i], parts: [1], scale: 1 }));
  return before < after ? between(before, after) : averages(before, after, unit);
}

/** Linear between the middles of two old pixels, and at the ends the outermost one alone. */
function between(before: number, after: number): Mixture[] {
  const ratio = before / after;
  const made: Mixture[] = [];
  let place = 0;
  for (; place < 1 / 3; place += ratio) made.push({ places: [0], parts: [1], scale: 1 });
  for (place -= 1 / 3; place < before - 1; place += ratio) {
    const first = Math.floor(place);
    made.push({ places: [first, first + 1], parts: [1 - (place % 1), place % 1], scale: 1 });
  }
  while (made.length < after) made.push({ places: [before - 1], parts: [1], scale: 1 });
  return made.slice(0, after);
}

/** As much of each old pixel as the new one covers. */
function averages(before: number, after: number, unit: number): Mixture[] {
  const ratio = before / after;
  let [actual, current] = [0, 0];
  return Array.from({ length: after }, () => {
    const [places, parts]: [number[], number[]] = [[], []];
    let left = ratio;
    do {
      const next = 1 + actual - current;
      places.push(actual / unit);
      parts.push(Math.min(left, next));
      if (left >= next) {
        actual += unit;
        current = actual;
        left -= next;
      } else {
        current += left;
        break;
      }
    } while (left > 0 && actual < before * unit);
    return { places, parts, scale: 1 / parts.reduce((sum, part) => sum + part, 0) };
  });
}
