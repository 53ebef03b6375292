import type { Random } from "../base/random";

/** Replaces every byte by what a function makes of it, rounded and kept within 0 to 255. */
export function mapBytes(pixels: Uint8Array, change: (byte: number) => number): void {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, byte) => change(byte));
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i] as number] as number;
}

/** Moves the colors of an RGB image to (below 1) or from (above 1) their gray value: `gray + (color - gray) · saturation`. */
export function toGray(pixels: Uint8Array, saturation: number): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const red = pixels[i] as number;
    const green = pixels[i + 1] as number;
    const blue = pixels[i + 2] as number;
    // The luma of ITU-R BT.601, as PIL has it.
    const gray = 0.299 * red + 0.587 * green + 0.114 * blue;
    pixels[i] = clamp(gray + (red - gray) * saturation);
    pixels[i + 1] = clamp(gray + (green - gray) * saturation);
    pixels[i + 2] = clamp(gray + (blue - gray) * saturation);
  }
}

/** Size and channels of one image. */
export interface ImageShape {
  height: number;
  width: number;
  channels: number;
}

/**
 * An image seen through an affine map around its middle: the pixel at (x, y) comes from `(a x + b y + c, d x + e y + f)`,
 * bilinear, the edge pixels going on for ever.
 */
export function warp(
  source: Uint8Array,
  target: Uint8Array,
  { height, width, channels }: ImageShape,
  [a, b, c, d, e, f]: readonly [number, number, number, number, number, number],
): void {
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const fromX = within(middleX + a * (x - middleX) + b * (y - middleY) + c, width - 1);
      const fromY = within(middleY + d * (x - middleX) + e * (y - middleY) + f, height - 1);
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const right = left + 1 < width ? channels : 0;
      const below = top + 1 < height ? width * channels : 0;
      const shareX = fromX - left;
      const shareY = fromY - top;
      const from = (top * width + left) * channels;
      const to = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const at = from + channel;
        const upper = (source[at] as number) * (1 - shareX) + (source[at + right] as number) * shareX;
        const lower = (source[at + below] as number) * (1 - shareX) + (source[at + below + right] as number) * shareX;
        target[to + channel] = upper * (1 - shareY) + lower * shareY + 0.5;
      }
    }
}

/** A number from -most to most. */
export function either(most: number, random: Random): number {
  return random.uniform(-most, most);
}

function clamp(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
}

function within(value: number, most: number): number {
  return value <= 0 ? 0 : Math.min(value, most);
}
