import { VitlabError } from "../base/error";
import type { ByteImage } from "./byte-image";

/**
 * Gray to color by three equal channels, color to gray as Pillow's `convert("L")` does (ITU-R 601-2 luma).
 *
 * @throws VitlabError when the image has neither 3 channels nor 1.
 */
export function withChannels(image: ByteImage, channels: number): ByteImage {
  if (image.channels === channels) return image;
  const { width, height, pixels } = image;
  const count = width * height;
  const converted = new Uint8Array(count * channels);
  if (image.channels === 1 && channels === 3)
    for (let i = 0; i < count; i++) converted.fill(pixels[i] as number, 3 * i, 3 * i + 3);
  else if (image.channels === 3 && channels === 1)
    for (let i = 0; i < count; i++) {
      const [red, green, blue] = [pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]] as [number, number, number];
      converted[i] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
  else throw new VitlabError(`image has ${image.channels} channels: 3 (red, green, blue) or 1 (gray) were expected`);
  return { width, height, channels, pixels: converted };
}
