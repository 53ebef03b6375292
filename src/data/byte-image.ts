/** An image as bytes: height x width x channels (HWC), row after row. */
export interface ByteImage {
  width: number;
  height: number;
  /** 3 for colour (red, green, blue), 1 for grey. */
  channels: number;
  pixels: Uint8Array;
}
