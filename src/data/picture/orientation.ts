const ORIENTATION = 274;
// Bytes of a number, by EXIF's types: SHORT, LONG, and both with a sign.
const SIZES: Readonly<Record<number, number>> = { 3: 2, 4: 4, 8: 2, 9: 4 };

/**
 * How a picture is to be turned, by what its file tells of it: its EXIF, else its XMP, as Pillow looks for it; 1 (not at
 * all) where neither says so.
 */
export function orientationOf({ exif, xmp }: { exif?: Buffer; xmp?: Buffer }): number {
  const told = (exif && exifOrientation(exif)) ?? (xmp && xmpOrientation(xmp)) ?? 1;
  return told >= 1 && told <= 8 ? told : 1;
}

/**
 * The orientation in an EXIF block, of its first list only: the second one is the thumbnail's.
 *
 * @returns undefined where it has none, or is no EXIF
 */
function exifOrientation(block: Buffer): number | undefined {
  const exif = withoutPrefix(block);
  const order = exif.toString("latin1", 0, 4);
  if (order !== "II*\0" && order !== "MM\0*") return undefined;
  const little = order === "II*\0";
  const number = (at: number, bytes: number) => (little ? exif.readUIntLE(at, bytes) : exif.readUIntBE(at, bytes));
  let found: number | undefined;
  try {
    const list = number(4, 4);
    const count = number(list, 2);
    for (let at = list + 2; at < list + 2 + 12 * count; at += 12) {
      const size = SIZES[number(at + 2, 2)];
      if (number(at, 2) === ORIENTATION && size && number(at + 4, 4) > 0) found = number(at + 8, size);
    }
  } catch (error) {
    // A list that goes on behind the end of its block.
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}

/** EXIF starts with its own name in JPEG, and in other formats sometimes. */
function withoutPrefix(block: Buffer): Buffer {
  let exif = block;
  for (let i = 0; i < 2 && exif.toString("latin1", 0, 6) === "Exif\0\0"; i++) exif = exif.subarray(6);
  return exif;
}

function xmpOrientation(xmp: Buffer): number | undefined {
  const found = /tiff:Orientation(?:="|>)([0-9])/.exec(xmp.toString("latin1"))?.[1];
  return found === undefined ? undefined : Number(found);
}
