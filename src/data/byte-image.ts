import { DisplayKind, printAs } from "../base/display-kind";

/** An image as bytes: height x width x channels (HWC), row after row. */
export interface ByteImage {
  width: number;
  height: number;
  /** 3 for color (red, green, blue), 1 for gray. */
  channels: number;
  pixels: Uint8Array;
}

/** How notebooks show images. */
export const imageDisplay = new DisplayKind<ByteImage>();

/** An image that a notebook shows as a picture, and Node's console as a sentence. */
export function byteImage<I extends ByteImage>(image: I): I {
  return imageDisplay.mark(printAs({ ...image }, describeImage), describeImage);
}

function describeImage({ width, height, channels }: ByteImage): string {
  return `image of ${height}x${width} pixels (height x width), ${channels} ${channels === 1 ? "channel" : "channels"}`;
}
