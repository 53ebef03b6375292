import { VitlabError } from "../../base/error";
import type { ByteImage } from "../byte-image";
import { openAvif } from "./avif";
import { openBitmap } from "./bitmap";
import { decodePicture } from "./decode-picture";
import type { EncodedPicture } from "./encoded-picture";
import { openGif } from "./gif";
import { openJpeg } from "./jpeg";
import { type PictureFormat, pictureKind } from "./picture-kind";
import { openPng } from "./png";
import { readTiff } from "./tiff/read-tiff";
import { openWebp } from "./webp";

const OPENERS: Readonly<
  Record<Exclude<PictureFormat, "TIFF">, (data: Buffer, megapixels: number) => EncodedPicture | Promise<EncodedPicture>>
> = { PNG: openPng, JPEG: openJpeg, GIF: openGif, BMP: openBitmap, WebP: openWebp, AVIF: openAvif };

/**
 * Decodes the bytes of a picture file, which are used up by it.
 *
 * A header is looked at before anything is decoded, so that a small file can't ask for gigabytes or for hours; and a file
 * is looked through to its end, since the decoder shows what there is of half a picture.
 *
 * @param file its name, for messages
 * @param megapixels what is taken at most
 * @throws VitlabError when it is no whole picture of a kind that is read, or decoding would take too much memory or time.
 */
export async function openPicture(data: Buffer, file: string, megapixels = Infinity): Promise<ByteImage> {
  const kind = pictureKind(data);
  if (!kind)
    throw new VitlabError(
      `${file} is not a picture that can be read: a whole PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF file was expected`,
    );
  if ("unread" in kind) throw new VitlabError(`${file} is ${kind.unread} and can't be read: convert it to PNG or JPEG`);
  try {
    if (kind.format === "TIFF") return await readTiff(data, megapixels);
    return await decodePicture(await OPENERS[kind.format](data, megapixels));
  } catch (error) {
    if (error instanceof VitlabError) throw new VitlabError(`${file} ${error.message}`);
    // A field that lies behind the end of the file.
    if (error instanceof RangeError)
      throw new VitlabError(`${file} is ${article(kind.format)} file that is cut off: get a whole copy of it`);
    // The decoder says no more than that.
    throw new VitlabError(
      `${file} is ${article(kind.format)} file that can't be decoded: it is damaged, get a whole copy of it or save it as PNG`,
    );
  }
}

function article(format: PictureFormat): string {
  return format === "AVIF" ? "an AVIF" : `a ${format}`;
}
