import { VitlabError } from "../base/error";
import { type ByteImage, byteImage } from "./byte-image";

/**
 * A rectangle out of an image, in pixels.
 *
 * @throws VitlabError when the rectangle is not inside the image.
 *
 * @example
 * ```ts
 * import { chelsea, cropImage } from "vitlab";
 *
 * const face = cropImage(await chelsea(), { left: 120, top: 40, width: 160, height: 160 });
 * console.log(face.width, face.height, face.pixels.length); // 160 160 76800
 * ```
 */
export function cropImage(
  image: ByteImage,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): ByteImage {
  const inside =
    left >= 0 && top >= 0 && width >= 1 && height >= 1 && left + width <= image.width && top + height <= image.height;
  if (!inside || ![left, top, width, height].every(Number.isInteger))
    throw new VitlabError(
      `a crop of ${height}x${width} from column ${left}, row ${top} is not inside an image of ${image.height}x${image.width}`,
    );
  const { channels } = image;
  const pixels = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * image.width + left) * channels;
    pixels.set(image.pixels.subarray(start, start + width * channels), row * width * channels);
  }
  return byteImage({ width, height, channels, pixels });
}
