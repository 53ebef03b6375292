import { checkSize } from "./limits";

const BYTES_PER_PIXEL = 12;

/** Refuses a BMP that is too large. */
export function checkBitmap(data: Buffer): void {
  // The oldest kind of header has sides of two bytes.
  const old = data.readUInt32LE(14) === 12;
  const width = old ? data.readUInt16LE(18) : data.readInt32LE(18);
  const height = old ? data.readUInt16LE(20) : data.readInt32LE(22);
  // A negative height says that the top row comes first.
  checkSize(width, Math.abs(height), BYTES_PER_PIXEL);
}
