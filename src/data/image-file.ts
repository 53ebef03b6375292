import path from "node:path";
import { checkWhole } from "../base/check-number";
import { VitlabError } from "../base/error";
import { writeFileAtomic } from "../base/node/atomic-file";
import { makeFolder } from "../base/node/folder";
import { readRegularFile } from "../base/node/read-regular-file";
import { type ByteImage, byteImage } from "./byte-image";
import { MOST_FILE } from "./picture/limits";
import { openPicture } from "./picture/open-picture";

/** Endings of the files that `imageFolder` looks at. */
export const imageExtensions: readonly string[] = [
  ".png",
  ".jpg",
  ".jpeg",
  ".webp",
  ".avif",
  ".bmp",
  ".gif",
  ".tif",
  ".tiff",
];

/**
 * Reads a PNG, JPEG, WebP, AVIF, BMP, GIF (its first picture) or TIFF file as bytes, 3 channels, whatever it is called;
 * turned as its EXIF says.
 *
 * Equal to Pillow 13 but where docs/compatibility.md says otherwise: profiles are passed over, and what is transparent comes
 * out as if it lay on white. Reading takes less than 1.5 GB, whatever the file claims: some 100 megapixels are the limit
 * (65 for AVIF), and files of 512 MB.
 *
 * @throws VitlabError when there is no such file, it is no file with bytes to read, no whole picture in one of these formats,
 *   or too large.
 */
export async function readImage(file: string): Promise<ByteImage> {
  const data = await readRegularFile(file, MOST_FILE).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof VitlabError) throw error;
    if (error.code === "ENOENT") throw new VitlabError(`there is no file ${file}: give the path of a picture`);
    if (error.code === "EISDIR") throw new VitlabError(`${file} is a folder: give the path of a picture in it`);
    throw new VitlabError(`${file} can't be read: ${error.message}`);
  });
  if (data.length === 0) throw new VitlabError(`${file} is empty (0 bytes): a PNG, JPEG or other picture was expected`);
  return byteImage(await openPicture(data, file));
}

/**
 * Changes the size of an image.
 *
 * The filter is an average over area in each direction when a side shrinks (no aliasing), linear between pixels when it
 * grows: Jimp's own two-pass filter. It is not the bilinear filter of PIL; models from Hugging Face want that one.
 *
 * @throws VitlabError when a side is not a whole number from 1.
 */
export async function resizeImage(image: ByteImage, size: { width: number; height: number }): Promise<ByteImage> {
  const { width, height } = size;
  checkWhole("width", width);
  checkWhole("height", height);
  if (image.width === width && image.height === height) return byteImage({ ...image, pixels: image.pixels.slice() });
  const { Jimp } = await loadJimp();
  const picture = new Jimp(toRgba(image));
  picture.resize({ w: width, h: height });
  return fromRgba(picture.bitmap);
}

/**
 * An image in another size, proportions kept: what is too much is cut off from the middle first, then it is resized once.
 *
 * @throws VitlabError when a side is not a whole number from 1.
 */
export async function coverImage(image: ByteImage, size: { width: number; height: number }): Promise<ByteImage> {
  const scale = Math.min(image.width / size.width, image.height / size.height);
  const width = Math.min(image.width, Math.max(1, Math.round(size.width * scale)));
  const height = Math.min(image.height, Math.max(1, Math.round(size.height * scale)));
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  return resizeImage(cropImage(image, { left, top, width, height }), size);
}

/** The largest square out of the middle of an image. */
export function cropSquare(image: ByteImage): ByteImage {
  const side = Math.min(image.width, image.height);
  return cropImage(image, {
    left: Math.floor((image.width - side) / 2),
    top: Math.floor((image.height - side) / 2),
    width: side,
    height: side,
  });
}

/**
 * A rectangle out of an image, in pixels.
 *
 * @throws VitlabError when the rectangle is not inside the image.
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

/** An image as the bytes of a PNG file. */
export async function encodePng(image: ByteImage): Promise<Buffer> {
  const { Jimp } = await loadJimp();
  return new Jimp(toRgba(image)).getBuffer("image/png");
}

/**
 * Writes an image as a PNG file, whole or not at all; makes the folder where it is missing.
 *
 * @throws VitlabError when the file can't be written.
 */
export async function writePng(file: string, image: ByteImage): Promise<void> {
  const data = await encodePng(image);
  try {
    await makeFolder(path.dirname(file));
    await writeFileAtomic(file, data);
  } catch (error) {
    if (error instanceof VitlabError) throw error;
    throw new VitlabError(`${file} can't be written: ${(error as Error).message}`);
  }
}

interface Bitmap {
  data: Buffer;
  width: number;
  height: number;
}

function loadJimp() {
  // Only where a picture is read or written: it takes a third of a second to load.
  return import("jimp");
}

function fromRgba({ data, width, height }: Bitmap): ByteImage {
  const pixels = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = (data[pixel * 4 + 3] as number) / 255;
    for (let channel = 0; channel < 3; channel++)
      pixels[pixel * 3 + channel] = Math.round((data[pixel * 4 + channel] as number) * alpha + 255 * (1 - alpha));
  }
  return byteImage({ width, height, channels: 3, pixels });
}

function toRgba({ width, height, channels, pixels }: ByteImage): Bitmap {
  if (channels !== 3 && channels !== 1)
    throw new VitlabError(`image has ${channels} channels: 3 (red, green, blue) or 1 (gray) were expected`);
  if (pixels.length !== width * height * channels)
    throw new VitlabError(
      `image has ${pixels.length} bytes: ${height}x${width}x${channels} are ${width * height * channels}`,
    );
  const data = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let channel = 0; channel < 3; channel++)
      data[pixel * 4 + channel] = pixels[channels === 3 ? pixel * 3 + channel : pixel] as number;
  return { data, width, height };
}
