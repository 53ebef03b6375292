import { VitlabError } from "../../tensor/error";
import { checkBitmap } from "./bitmap";
import { checkGif } from "./gif";
import { checkJpeg } from "./jpeg";
import { checkPng } from "./png";
import { firstTiffPage } from "./tiff";

/**
 * Looks at a picture's header before anything decodes it, so that a small file can't ask for gigabytes or for hours.
 *
 * What is no PNG, JPEG, GIF, BMP or TIFF file passes: the decoder says so.
 *
 * @returns the bytes to decode: of a TIFF with several pages the first page
 * @throws VitlabError when decoding would take too much memory or time, or the header is damaged.
 */
export function checkImage(data: Buffer, file: string): Buffer {
  const start = data.toString("latin1", 0, 4);
  try {
    if (start === "\x89PNG") checkPng(data);
    else if (start.startsWith("\xff\xd8\xff")) checkJpeg(data);
    else if (start === "GIF8") checkGif(data);
    else if (start.startsWith("BM")) checkBitmap(data);
    else if (start === "II*\0" || start === "MM\0*") return firstTiffPage(data);
    return data;
  } catch (error) {
    if (error instanceof VitlabError) throw new VitlabError(`${file} ${error.message}`);
    // A field that lies behind the end of the file.
    if (error instanceof RangeError)
      throw new VitlabError(
        `${file} is not a picture that can be read (its header is cut off): get a whole copy of it`,
      );
    throw error;
  }
}
