import { VitlabError } from "../../../base/error";
import type { ByteImage } from "../../../data/byte-image";

/**
 * A picture's file as the browser decodes it, turned as its EXIF says; what is transparent lies on white.
 *
 * @throws VitlabError when the browser can't read it.
 */
export async function readPhotograph(file: Blob, name: string): Promise<ByteImage> {
  // Profiles are passed over, as `readImage` does.
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => null);
  if (!bitmap) throw new VitlabError(`${name} is no picture that this browser reads: give a JPEG, PNG or WebP file`);
  const { width, height } = bitmap;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new VitlabError(`${name} can't be drawn: this browser has no canvas`);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0, j = 0; i < data.length; i++) if (i % 4 < 3) pixels[j++] = data[i] as number;
  return { width, height, channels: 3, pixels };
}
