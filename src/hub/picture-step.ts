import type { ByteImage } from "../data/byte-image";
import { cropImage } from "../data/image-file";
import { type PassOrder, type PilFilter, pilResize } from "../data/pil-resize";
import { type Sides, sizeFor, type TargetSize } from "./processor-size";

/** What an image processor does to the bytes of a picture: another size, or the middle cut out. */
export type PictureStep = { kind: "resize"; size: TargetSize; filter: PilFilter } | ({ kind: "crop" } & Sides);

/**
 * Takes one step.
 *
 * @throws VitlabError when the picture can't be given the size.
 */
export function takeStep(picture: ByteImage, step: PictureStep, passOrder: PassOrder): ByteImage {
  return step.kind === "crop"
    ? cropCenter(picture, step)
    : pilResize(picture, sizeFor(picture, step.size), { filter: step.filter, passOrder });
}

/** The middle, with black around it where the picture is smaller. */
function cropCenter(image: ByteImage, { height, width }: Sides): ByteImage {
  const top = Math.floor((image.height - height) / 2);
  const left = Math.floor((image.width - width) / 2);
  if (top >= 0 && left >= 0) return cropImage(image, { left, top, width, height });
  const { channels } = image;
  const pixels = new Uint8Array(width * height * channels);
  const inside = { left: Math.max(0, left), top: Math.max(0, top) };
  const part = cropImage(image, {
    ...inside,
    width: Math.min(width, image.width),
    height: Math.min(height, image.height),
  });
  for (let row = 0; row < part.height; row++) {
    const from = part.pixels.subarray(row * part.width * channels, (row + 1) * part.width * channels);
    pixels.set(from, ((row + inside.top - top) * width + inside.left - left) * channels);
  }
  return { width, height, channels, pixels };
}
