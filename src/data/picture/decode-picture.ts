import type { ByteImage } from "../byte-image";
import type { EncodedPicture } from "./encoded-picture";
import { loadCanvas } from "./load-canvas";
import { turnPicture } from "./turn-picture";

// What is copied at a time: the pixels of a whole picture once more would be hundreds of megabytes.
const PART_WIDTH = 4096;
const PART_PIXELS = 2 ** 20;

/**
 * Decodes a picture that was looked at before, upright, on its background.
 *
 * @throws Error, the decoder's own, when it can't be decoded.
 */
export async function decodePicture({ data, orientation, background }: EncodedPicture): Promise<ByteImage> {
  const { createCanvas, loadImage } = await loadCanvas();
  const decoded = await loadImage(data);
  const { width, height } = decoded;
  const pixels = new Uint8Array(width * height * 3);
  const partWidth = Math.min(width, PART_WIDTH);
  const partHeight = Math.min(height, Math.floor(PART_PIXELS / partWidth));
  const part = createCanvas(partWidth, partHeight).getContext("2d");
  part.fillStyle = background ?? "#ffffff";
  for (let top = 0; top < height; top += partHeight) {
    for (let left = 0; left < width; left += partWidth) {
      const rows = Math.min(partHeight, height - top);
      const columns = Math.min(partWidth, width - left);
      part.fillRect(0, 0, columns, rows);
      part.drawImage(decoded, left, top, columns, rows, 0, 0, columns, rows);
      const rgba = part.getImageData(0, 0, columns, rows).data;
      for (let row = 0, from = 0; row < rows; row++) {
        let to = ((top + row) * width + left) * 3;
        for (let column = 0; column < columns; column++, from += 4) {
          pixels[to++] = rgba[from] as number;
          pixels[to++] = rgba[from + 1] as number;
          pixels[to++] = rgba[from + 2] as number;
        }
      }
      // What was copied is freed between two turns of the event loop.
      if (width * height > PART_PIXELS) await new Promise(setImmediate);
    }
  }
  return turnPicture({ width, height, channels: 3, pixels }, orientation);
}
