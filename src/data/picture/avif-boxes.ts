import { VitlabError } from "../../base/error";

/** A box of an ISO media file (ISO/IEC 14496-12): its name, and where its content starts and ends. */
export interface Box {
  type: string;
  start: number;
  end: number;
}

/**
 * The boxes that lie beside each other in a stretch of a file.
 *
 * @throws VitlabError where one is longer than the stretch.
 */
export function* boxesIn(data: Buffer, from: number, to: number): Generator<Box, void, undefined> {
  for (let at = from; at + 8 <= to; ) {
    const type = data.toString("latin1", at + 4, at + 8);
    const short = data.readUInt32BE(at);
    const isLong = short === 1;
    const length = isLong ? Number(data.readBigUInt64BE(at + 8)) : short === 0 ? to - at : short;
    if (length < 8 || at + length > to)
      throw new VitlabError("is an AVIF file that is cut off: get a whole copy of it");
    yield { type, start: at + (isLong ? 16 : 8), end: at + length };
    at += length;
  }
}

/**
 * The bytes of the items that a meta box tells of: coded pictures, EXIF and others.
 *
 * @throws RangeError where its list is cut off.
 */
export function* itemsOf(data: Buffer, meta: Box): Generator<Buffer, void, undefined> {
  const inside = [...boxesIn(data, meta.start + 4, meta.end)];
  const stored = inside.find(({ type }) => type === "idat");
  for (const list of inside.filter(({ type }) => type === "iloc")) {
    let at = list.start;
    const number = (bytes: number) => {
      if (bytes === 0) return 0;
      at += bytes;
      return bytes === 8 ? Number(data.readBigUInt64BE(at - 8)) : data.readUIntBE(at - bytes, bytes);
    };
    const version = number(4) >>> 24;
    const sizes = number(2);
    const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
    const indexSize = version > 0 ? sizes & 15 : 0;
    const count = number(version < 2 ? 2 : 4);
    for (let item = 0; item < count; item++) {
      number(version < 2 ? 2 : 4);
      const isStored = version > 0 && (number(2) & 15) === 1;
      number(2);
      const base = number(baseSize) + (isStored ? (stored?.start ?? 0) : 0);
      const extents = number(2);
      const parts: Buffer[] = [];
      for (let extent = 0; extent < extents; extent++) {
        number(indexSize);
        const from = base + number(offsetSize);
        const length = number(lengthSize);
        parts.push(data.subarray(from, length === 0 ? data.length : from + length));
      }
      yield parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    }
  }
}
