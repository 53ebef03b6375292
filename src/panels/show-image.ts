import type { ByteImage } from "../data/byte-image";
import { pilResize } from "../data/pil-resize";
import { wordsBundle } from "../figure/bundles";
import type { MimeBundle } from "../figure/figure";
import { imageGrid } from "../figure/image-grid";

/** Longest side of a picture on the page, in pixels; those that are smaller than half of it are enlarged. */
const LONGEST = 480;

/** An image as a notebook shows it: the picture, no larger than a page takes. */
export async function showImage(image: ByteImage, words: string): Promise<MimeBundle> {
  if (!isDrawable(image)) return wordsBundle(words);
  const longest = Math.max(image.width, image.height);
  const scale = longest > LONGEST / 2 ? Math.min(1, LONGEST / longest) : undefined;
  // Twice the pixels of the page, for dense screens.
  const small = shrunk(image, 2 * LONGEST);
  const figure = imageGrid(
    small,
    scale === undefined ? {} : { scale: (scale * longest) / Math.max(small.width, small.height) },
  );
  const { data, metadata } = await figure.bundle();
  return { data: { ...data, "text/plain": words }, metadata };
}

/** Whether an image has colors or gray, and a pixel at all. */
export function isDrawable({ width, height, channels }: ByteImage): boolean {
  return width > 0 && height > 0 && [1, 3, 4].includes(channels);
}

/** The image with no side longer than that. */
export function shrunk(image: ByteImage, longest: number): ByteImage {
  const factor = longest / Math.max(image.width, image.height);
  if (factor >= 1) return image;
  const side = (length: number) => Math.max(1, Math.round(length * factor));
  return pilResize(image, { width: side(image.width), height: side(image.height) }, { filter: "box" });
}
