import type { PixelImage } from "../../src/figure/pixels";

/** An image whose pixel at column x and row y is `rgb(x, y, 100)` times `step`. */
export function gradientImage(width: number, height = width, step = 1): PixelImage {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels.set([x * step, y * step, 100], (y * width + x) * 3);
  return { width, height, pixels };
}

/** An image of one color. */
export function plainImage(size: number, color: readonly [number, number, number]): PixelImage {
  return { width: size, height: size, pixels: Uint8Array.from({ length: size * size * 3 }, (_, i) => color[i % 3]!) };
}
