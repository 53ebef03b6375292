import path from "node:path";
import { checkPositive, checkWhole } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { writeFileAtomic } from "../base/node/atomic-file";
import { makeFolder } from "../base/node/folder";
import { readRegularFile } from "../base/node/read-regular-file";
import { areaCover, areaResize } from "./area-resize";
import { type ByteImage, byteImage } from "./byte-image";
import { cropImage } from "./crop-image";
import { loadJimp } from "./load-jimp";
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

/** What `readImage` takes. */
export interface ReadImageOptions {
  /** Refuse larger pictures by what their header says, in millions of pixels. Default what memory allows, some 100. */
  megapixels?: number;
}

/**
 * Reads a PNG, JPEG, WebP, AVIF, BMP, GIF (its first picture) or TIFF file as bytes, 3 channels, whatever it is called;
 * turned as its EXIF says.
 *
 * Equal to Pillow 13 but where docs/compatibility.md says otherwise: profiles are passed over, and what is transparent comes
 * out as if it lay on white. Reading takes less than 1.5 GB, whatever the file claims: some 100 megapixels are the limit
 * (65 for AVIF), and files of 512 MB.
 *
 * @param file its path, or its bytes, such as the body of a request
 * @throws VitlabError when there is no such file, it is no file with bytes to read, no whole picture in one of these formats,
 *   or too large.
 *
 * @example
 * ```ts
 * import { chelsea, cropSquare, readImage, writePng } from "vitlab";
 *
 * await writePng("cat.png", cropSquare(await chelsea()));
 * const { width, height, channels } = await readImage("cat.png");
 * console.log(width, height, channels); // 300 300 3
 * ```
 */
export async function readImage(file: string | Uint8Array, options: ReadImageOptions = {}): Promise<ByteImage> {
  checkOptions("readImage", options, { megapixels: true });
  const { megapixels } = options;
  if (megapixels !== undefined) checkPositive("megapixels", megapixels);
  if (typeof file !== "string" && !(file instanceof Uint8Array))
    throw new VitlabError(`readImage got ${show(file)}: give the path of a picture, or the bytes of its file`);
  const name = typeof file === "string" ? file : "the picture";
  // The caller's bytes stay as they are: what opens a picture moves its parts.
  const data = typeof file === "string" ? await fileBytes(file) : Buffer.from(checkLength(file));
  if (data.length === 0) throw new VitlabError(`${name} is empty (0 bytes): a PNG, JPEG or other picture was expected`);
  return byteImage(await openPicture(data, name, megapixels));
}

function fileBytes(file: string): Promise<Buffer> {
  return readRegularFile(file, MOST_FILE).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof VitlabError) throw error;
    if (error.code === "ENOENT") throw new VitlabError(`there is no file ${file}: give the path of a picture`);
    if (error.code === "EISDIR") throw new VitlabError(`${file} is a folder: give the path of a picture in it`);
    throw new VitlabError(`${file} can't be read: ${error.message}`);
  });
}

function checkLength(data: Uint8Array): Uint8Array {
  if (data.length <= MOST_FILE) return data;
  throw new VitlabError(
    `the picture has ${Math.round(data.length / 1e6)} MB: files of its kind are read up to ${MOST_FILE / 1e6} MB`,
  );
}

/**
 * Changes the size of an image.
 *
 * The filter is an average over area in each direction when a side shrinks (no aliasing), linear between pixels when it
 * grows: Jimp's own two-pass filter. It is not the bilinear filter of PIL; models from Hugging Face want that one.
 *
 * @throws VitlabError when a side is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { resizeImage } from "vitlab";
 *
 * // The mean of each two pixels.
 * const row = { width: 4, height: 1, channels: 1, pixels: Uint8Array.of(0, 100, 200, 220) };
 * console.log((await resizeImage(row, { width: 2, height: 1 })).pixels); // Uint8Array(2) [ 50, 210 ]
 * ```
 */
export async function resizeImage(image: ByteImage, size: { width: number; height: number }): Promise<ByteImage> {
  return byteImage(areaResize(checkBytes(image), checkSides(size)));
}

/**
 * An image in another size, proportions kept: what is too much is cut off from the middle first, then it is resized once.
 *
 * @throws VitlabError when a side is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { chelsea, coverImage } from "vitlab";
 *
 * // The middle, as large as it fits; nothing is squeezed.
 * const { width, height, pixels } = await coverImage(await chelsea(), { width: 32, height: 32 });
 * console.log(width, height, pixels.length); // 32 32 3072
 * ```
 */
export async function coverImage(image: ByteImage, size: { width: number; height: number }): Promise<ByteImage> {
  return byteImage(areaCover(checkBytes(image), checkSides(size)));
}

/**
 * The largest square out of the middle of an image.
 *
 * @example
 * ```ts
 * import { chelsea, cropSquare } from "vitlab";
 *
 * const { width, height } = cropSquare(await chelsea());
 * console.log(width, height); // 300 300
 * ```
 */
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
 * An image as the bytes of a PNG file.
 *
 * @example
 * ```ts
 * import { encodePng, imageAt, shapes } from "vitlab";
 *
 * const file = await encodePng(imageAt(shapes({ count: 1 }), 0));
 * console.log(file.subarray(1, 4).toString()); // PNG
 * ```
 */
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

function toRgba(image: ByteImage): Bitmap {
  const { width, height, channels, pixels } = checkBytes(image);
  const data = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let channel = 0; channel < 3; channel++)
      data[pixel * 4 + channel] = pixels[channels === 3 ? pixel * 3 + channel : pixel] as number;
  return { data, width, height };
}

/** @throws VitlabError when the image is neither of three channels nor gray, or has other than so many bytes. */
function checkBytes(image: ByteImage): ByteImage {
  const { width, height, channels, pixels } = image;
  if (channels !== 3 && channels !== 1)
    throw new VitlabError(`image has ${channels} channels: 3 (red, green, blue) or 1 (gray) were expected`);
  if (pixels.length !== width * height * channels)
    throw new VitlabError(
      `image has ${pixels.length} bytes: ${height}x${width}x${channels} are ${width * height * channels}`,
    );
  return image;
}

function checkSides(size: { width: number; height: number }): { width: number; height: number } {
  checkWhole("width", size.width);
  checkWhole("height", size.height);
  return size;
}
