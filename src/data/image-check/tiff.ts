import zlib from "node:zlib";
import { VitlabError } from "../../tensor/error";
import { checkSize } from "./limits";

// Whatever is stored of a pixel, then four channels, and three of them returned.
const BYTES_DECODED = 12;
const NONE = 1;
const DEFLATE = [8, 32946];
const PACK_BITS = 32773;
// Sides, bits, compression, samples, strips, tiles: the fields that decide what is allocated. Their numbers are short or long.
const READ = [256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 322, 323, 324, 325];

/**
 * A TIFF with its first page only, its sizes checked.
 *
 * The decoder would unpack every page, follow pages that name each other for ever, and believe every length.
 */
export function firstTiffPage(data: Buffer): Buffer {
  const little = data.toString("latin1", 0, 2) === "II";
  const short = (at: number) => (little ? data.readUInt16LE(at) : data.readUInt16BE(at));
  const long = (at: number) => (little ? data.readUInt32LE(at) : data.readUInt32BE(at));
  const page = long(4);
  const fields = new Map<number, number[]>();
  const count = short(page);
  for (let i = 0; i < count; i++) {
    const at = page + 2 + 12 * i;
    const type = short(at + 2);
    const size = type === 3 ? 2 : type === 4 ? 4 : 0;
    const values = long(at + 4);
    if (size === 0 || values * size > data.length) {
      if (!READ.includes(short(at))) continue;
      throw new VitlabError(
        `is a TIFF file whose field ${short(at)} has no meaning: it is damaged, get a whole copy of it`,
      );
    }
    const from = values * size <= 4 ? at + 8 : long(at + 8);
    const read = size === 2 ? short : long;
    fields.set(
      short(at),
      Array.from({ length: values }, (_, j) => read(from + j * size)),
    );
  }
  checkFields(fields, data);
  const alone = Buffer.from(data);
  alone.writeUInt32LE(0, page + 2 + 12 * count);
  return alone;
}

function checkFields(fields: ReadonlyMap<number, number[]>, data: Buffer): void {
  const one = (tag: number, standard: number) => fields.get(tag)?.[0] ?? standard;
  const width = one(256, 0);
  const height = one(257, 0);
  const bits = one(258, 1) * one(277, 1);
  checkSize(width, height, Math.max(1, bits / 8) + BYTES_DECODED);
  const compression = one(259, NONE);
  if (fields.has(322) || ![NONE, PACK_BITS, ...DEFLATE].includes(compression))
    // The decoder's LZW never ends on some damaged files.
    throw new VitlabError(
      `is a TIFF file of a kind that isn't read (${fields.has(322) ? "in tiles" : `compression ${compression}`}): save it as PNG or JPEG`,
    );
  const offsets = fields.get(273) ?? [];
  const lengths = fields.get(279) ?? [];
  const rows = Math.min(one(278, height), height);
  const inside = offsets.every((offset, i) => offset + (lengths[i] ?? Number.POSITIVE_INFINITY) <= data.length);
  if (offsets.length === 0 || rows < 1 || offsets.length > Math.ceil(height / rows) || !inside)
    throw new VitlabError("is a TIFF file whose parts lie outside of it: it is damaged, get a whole copy of it");
  if (!DEFLATE.includes(compression)) return;
  const most = rows * Math.ceil((width * bits) / 8) + 1;
  for (const [i, offset] of offsets.entries()) checkUnpacked(data.subarray(offset, offset + (lengths[i] ?? 0)), most);
}

function checkUnpacked(part: Buffer, most: number): void {
  try {
    zlib.inflateSync(part, { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") return;
    throw new VitlabError("holds more data than its size has room for: it is damaged, get a whole copy of it");
  }
}
