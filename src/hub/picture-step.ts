import type { ByteImage } from "../data/byte-image";
import { cropImage } from "../data/crop-image";
import { type PassOrder, type PilFilter, pilResize } from "../data/pil-resize";
import { withChannels } from "../data/with-channels";
import { type Sides, sizeFor, type TargetSize } from "./processor-size";

/** What an image processor does to the bytes of a picture: another size, or the middle cut out. */
export type PictureStep = { kind: "resize"; size: TargetSize; filter: PilFilter } | ({ kind: "crop" } & Sides);

/**
 * Gives a picture its channels, and then takes one step after the other.
 *
 * @throws VitlabError when the picture has neither 3 channels nor 1, or can't be given the size.
 */
export function takeSteps(
  picture: ByteImage,
  steps: readonly PictureStep[],
  { channels, passOrder }: { channels: number; passOrder: PassOrder },
): ByteImage {
  return steps.reduce(
    (made, step) =>
      step.kind === "crop"
        ? cropCenter(made, step)
        : pilResize(made, sizeFor(made, step.size), { filter: step.filter, passOrder }),
    withChannels(picture, channels),
  );
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
