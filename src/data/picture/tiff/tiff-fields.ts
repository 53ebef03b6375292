import { VitlabError } from "../../../base/error";

/** The fields of a TIFF's first page, by number. */
export interface TiffFields {
  little: boolean;
  /** The numbers of a field; undefined where it isn't there. */
  numbers(tag: number): readonly number[] | undefined;
  /** A field's only number, or its first one. */
  number(tag: number, otherwise: number): number;
  /** A field's bytes. */
  bytes(tag: number): Buffer | undefined;
}

// Bytes of a value by its type: BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE, IFD.
const SIZES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
const NUMBERS: readonly number[] = [1, 3, 4, 6, 8, 9, 13];

/**
 * Reads the first page's fields; later pages are never looked for.
 *
 * @throws VitlabError when it is a BigTIFF; RangeError where its list lies outside of the file.
 */
export function tiffFields(data: Buffer): TiffFields {
  const little = data.toString("latin1", 0, 2) === "II";
  const read = (at: number, bytes: number) => (little ? data.readUIntLE(at, bytes) : data.readUIntBE(at, bytes));
  if (read(2, 2) === 43)
    throw new VitlabError("is a TIFF file of a kind that isn't read (BigTIFF): save it as PNG or JPEG");
  const page = read(4, 4);
  const places = new Map<number, { from: number; count: number; size: number; type: number }>();
  const count = read(page, 2);
  for (let at = page + 2; at < page + 2 + 12 * count; at += 12) {
    const type = read(at + 2, 2);
    const size = SIZES[type] ?? 0;
    const values = read(at + 4, 4);
    const from = values * size <= 4 ? at + 8 : read(at + 8, 4);
    if (size > 0) places.set(read(at, 2), { from, count: values, size, type });
  }
  const numbers = (tag: number) => {
    const place = places.get(tag);
    if (!place || place.count === 0) return undefined;
    const { from, count: values, size, type } = place;
    if (!NUMBERS.includes(type) || from + values * size > data.length)
      throw new VitlabError(`is a TIFF file whose field ${tag} has no meaning: it is damaged, get a whole copy of it`);
    return Array.from({ length: values }, (_, i) => read(from + i * size, size));
  };
  return {
    little,
    numbers,
    number: (tag, otherwise) => numbers(tag)?.[0] ?? otherwise,
    bytes(tag) {
      const place = places.get(tag);
      return place && data.subarray(place.from, place.from + place.count * place.size);
    },
  };
}
