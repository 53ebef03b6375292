import { VitlabError } from "../../tensor/error";
import { checkSize } from "./limits";

// Four channels, and three of them returned; the first picture's own bytes.
const BYTES_PER_PIXEL = 12;

/** Refuses a GIF whose screen or first picture is too large, or whose first picture sticks out of the screen. */
export function checkGif(data: Buffer): void {
  const width = data.readUInt16LE(6);
  const height = data.readUInt16LE(8);
  checkSize(width, height, BYTES_PER_PIXEL);
  const picture = firstPicture(data);
  if (!picture) throw new VitlabError("is a GIF file without a picture: it is damaged, get a whole copy of it");
  const sticksOut =
    data.readUInt16LE(picture + 1) + data.readUInt16LE(picture + 5) > width ||
    data.readUInt16LE(picture + 3) + data.readUInt16LE(picture + 7) > height;
  if (sticksOut) throw new VitlabError("is a GIF file whose first picture sticks out of it: get a whole copy of it");
}

/** Where the first picture's description starts, extensions passed over. */
function firstPicture(data: Buffer): number | undefined {
  const flags = data.readUInt8(10);
  let at = 13 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  while (at < data.length && data[at] === 0x21) {
    at += 2;
    for (let length = data.readUInt8(at); length > 0; length = data.readUInt8(at)) at += length + 1;
    at++;
  }
  return data[at] === 0x2c ? at : undefined;
}
