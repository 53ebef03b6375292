import { VitlabError } from "../../base/error";
import { type EncodedPicture, keepParts } from "./encoded-picture";
import { checkSize } from "./limits";
import { orientationOf } from "./orientation";

// Four channels as decoded, three returned, a part that is copied.
const BYTES_PER_PIXEL = 8.5;
// A progressive picture's coefficients lie in memory, two bytes each, beside four channels.
const BYTES_PER_COEFFICIENT = 2;
// A block takes two bits at least: one to say that it is as bright as the one before, one to end it.
const BLOCKS_PER_BYTE = 4;
// Progressive pictures have about ten; each is a way through the whole picture, however few bytes it has.
const MOST_SCANS = 100;
const MOST_PIXELS_IN_SCANS = 2.5e9;
// Segments that say how to decode: tables, restarts, frames, JFIF and Adobe's color transform. Others tell of the picture.
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const START_OF_SCAN = 0xda;
const END = 0xd9;
const FRAMES: Readonly<Record<number, string>> = {
  195: "lossless",
  197: "hierarchical",
  198: "hierarchical",
  199: "hierarchical, lossless",
  201: "arithmetic coding",
  202: "arithmetic coding",
  203: "arithmetic coding, lossless",
  205: "hierarchical",
  206: "hierarchical",
  207: "hierarchical, lossless",
};
const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";

/**
 * A JPEG without its profile and its EXIF, its orientation beside it.
 *
 * @throws VitlabError when it is cut off, too large, or of a kind that isn't read.
 */
export function openJpeg(data: Buffer, megapixels: number): EncodedPicture {
  const kept: [number, number][] = [[0, 2]];
  const exif: Buffer[] = [];
  let xmp: Buffer | undefined;
  let frame: Frame | undefined;
  let scans = 0;
  let coded = 0;
  let at = 2;
  for (;;) {
    at = nextMarker(data, at);
    const marker = data[at + 1] as number;
    if (marker === END) break;
    if (isAlone(marker)) {
      at += 2;
      continue;
    }
    const end = at + 2 + data.readUInt16BE(at + 2);
    if (end > data.length) throw cutOff();
    const content = data.subarray(at + 4, end);
    if (marker === APP1 && startsWith(content, EXIF)) exif.push(content.subarray(EXIF.length));
    if (marker === APP1 && startsWith(content, XMP)) xmp = content.subarray(XMP.length);
    if (isFrame(marker)) {
      if (frame) throw new VitlabError("is a JPEG file with two headers: it is damaged, get a whole copy of it");
      frame = readFrame(data, at, megapixels);
    }
    if (marker === START_OF_SCAN) {
      scans++;
      const next = endOfScan(data, end);
      coded += next - end;
      kept.push([at, next]);
      at = next;
      continue;
    }
    const isTold = marker > APP0 && marker <= 0xef && marker !== APP14;
    if (!isTold) kept.push([at, end]);
    at = end;
  }
  if (!frame || scans === 0)
    throw new VitlabError("is a JPEG file without a picture: it is damaged, get a whole copy of it");
  const { width, height } = frame;
  if (coded * BLOCKS_PER_BYTE < frame.blocks) throw cutOff();
  const passed = (scans * width * height) / 1e6;
  if (scans > MOST_SCANS || passed > MOST_PIXELS_IN_SCANS / 1e6)
    throw new VitlabError(
      `goes over its ${((width * height) / 1e6).toFixed(1)} megapixels ${scans} times: that is no picture, or it is damaged; get a whole copy of it`,
    );
  const orientation = orientationOf({ exif: exif.length > 0 ? Buffer.concat(exif) : undefined, xmp });
  return { data: keepParts(data, [...kept, [at, at + 2]]), orientation };
}

interface Frame {
  width: number;
  height: number;
  /** How many blocks must be coded; 0 for a progressive picture, which can leave them out in long runs. */
  blocks: number;
}

/** Where the next marker is, bytes that mean nothing passed over as decoders do. */
function nextMarker(data: Buffer, from: number): number {
  let at = data.indexOf(0xff, from);
  while (at >= 0 && (data[at + 1] === 0xff || data[at + 1] === 0)) at = data.indexOf(0xff, at + 1);
  if (at < 0 || at + 1 >= data.length) throw cutOff();
  return at;
}

/** Where a scan's data end: at the first marker that is no restart. */
function endOfScan(data: Buffer, from: number): number {
  let at = nextMarker(data, from);
  while (isRestart(data[at + 1] as number)) at = nextMarker(data, at + 2);
  return at;
}

/** Markers that have no length: restarts, and one that is never used. */
function isAlone(marker: number): boolean {
  return isRestart(marker) || marker === 1;
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}

/** Start of frame; 0xc4, 0xc8 and 0xcc are other things. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readFrame(data: Buffer, at: number, megapixels: number): Frame {
  const marker = data[at + 1] as number;
  const kind = FRAMES[marker];
  const bits = data.readUInt8(at + 4);
  if (kind || bits !== 8)
    throw new VitlabError(
      `is a JPEG file of a kind that isn't read (${kind ?? `${bits} bits a color`}): save it as PNG, or as a JPEG that browsers show`,
    );
  const height = data.readUInt16BE(at + 5);
  const width = data.readUInt16BE(at + 7);
  const count = data.readUInt8(at + 9);
  if (count !== 1 && count !== 3 && count !== 4)
    throw new VitlabError(`is a JPEG file of ${count} components: 1 (gray), 3 (colors) or 4 (inks) were expected`);
  const factors = Array.from({ length: count }, (_, i) => data.readUInt8(at + 11 + 3 * i));
  const across = factors.map((factor) => factor >> 4);
  const down = factors.map((factor) => factor & 15);
  if ([...across, ...down].some((factor) => factor < 1 || factor > 4))
    throw new VitlabError("is a JPEG file whose colors have no size: it is damaged, get a whole copy of it");
  const inUnit = factors.reduce((sum, _, i) => sum + (across[i] as number) * (down[i] as number), 0);
  const samples = inUnit / (Math.max(...across) * Math.max(...down));
  const progressive = marker === 0xc2;
  const held = progressive ? 4 + samples * BYTES_PER_COEFFICIENT : 0;
  checkSize(width, height, { bytesPerPixel: Math.max(BYTES_PER_PIXEL, held), file: data.length, megapixels });
  return { width, height, blocks: progressive ? 0 : Math.floor((width * height * samples) / 64) };
}

function startsWith(data: Buffer, text: string): boolean {
  return data.toString("latin1", 0, text.length) === text;
}

function cutOff(): VitlabError {
  return new VitlabError("is a JPEG file that is cut off: get a whole copy of it");
}
