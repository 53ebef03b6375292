import zlib from "node:zlib";
import { VitlabError } from "../../tensor/error";
import { checkSize } from "./limits";

// A pixel costs three copies of what is stored of it, then four channels and the three that are returned (measured: 15 bytes for 8-bit colour).
const COPIES_STORED = 3;
const COPIES_DECODED = 8;
// Samples a pixel, by colour type.
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
// What zlib's format can do at most: 258 bytes out of 2 bits.
const MOST_DEFLATION = 1032;

/** Refuses a PNG that is too large, or that says more about its size than its data can hold. */
export function checkPng(data: Buffer): void {
  if (data.toString("latin1", 12, 16) !== "IHDR")
    throw new VitlabError("is a PNG file without a header: it is damaged, get a whole copy of it");
  const width = data.readUInt32BE(16);
  const height = data.readUInt32BE(20);
  const bits = data.readUInt8(24) * (SAMPLES[data.readUInt8(25)] ?? 4);
  const interlaced = data.readUInt8(28) !== 0;
  checkSize(width, height, (COPIES_STORED * bits) / 8 + COPIES_DECODED);
  const stored = height * (Math.ceil((width * bits) / 8) + 1);
  if (stored > (data.length + 1) * MOST_DEFLATION)
    throw new VitlabError(
      `claims to be ${height}x${width} pixels large and has only ${data.length} bytes: it is damaged, get a whole copy of it`,
    );
  // The decoder unpacks interlaced pictures without a limit of its own. Seven passes have up to seven partial rows more.
  if (interlaced) checkUnpacked(data, 2 * stored + 1000);
}

function checkUnpacked(data: Buffer, most: number): void {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= data.length; ) {
    const length = data.readUInt32BE(at);
    if (data.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(data.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  try {
    zlib.inflateSync(Buffer.concat(parts), { maxOutputLength: most });
  } catch (error) {
    // Data that can't be unpacked at all is the decoder's to report.
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") return;
    throw new VitlabError("holds more data than its size has room for: it is damaged, get a whole copy of it");
  }
}
