import type { ByteImage } from "../data/byte-image";

/** A part of a picture in its pixels; may have fractions, and may reach beyond the picture where that was filled up. */
export interface PicturePart {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Brightness where a ramp starts, and how much it rises along its axis and across: black and white are left over. */
const DARK = 32;
const RISE = 175;
/** Neighboring lines of a ramp are rounded to bytes in different places, so that their mean knows fractions. */
const TILT = 16;

/**
 * The part of a picture that a model sees, of a picture's size: measured, so that it holds for whatever `fit` does.
 *
 * Pictures that brighten evenly from side to side go through `fit`: the brightness of what comes out tells where in the
 * picture it came from. Exact where a picture is resized and then cut; else right to a fraction of a pixel of what comes out.
 */
export async function seenPart(
  fit: (image: ByteImage) => ByteImage | Promise<ByteImage>,
  { width, height }: { width: number; height: number },
): Promise<PicturePart> {
  const columns = profile(await fit(ramp(width, height, RISE, TILT)), "columns");
  const rows = profile(await fit(ramp(width, height, TILT, RISE)), "rows");
  // Where the middle of what came out lies: two brightnesses, each of both places.
  const [a, b] = [mean(columns) - DARK, mean(rows) - DARK];
  const middle = {
    x: (RISE * a - TILT * b) / (RISE ** 2 - TILT ** 2),
    y: (RISE * b - TILT * a) / (RISE ** 2 - TILT ** 2),
  };
  const [left, right] = ends(
    columns.map((brightness) => (width * (brightness - DARK - TILT * middle.y)) / RISE),
    width,
  );
  const [top, bottom] = ends(
    rows.map((brightness) => (height * (brightness - DARK - TILT * middle.x)) / RISE),
    height,
  );
  return { left, top, width: right - left, height: bottom - top };
}

/** A gray picture that rises by so much from the left to the right, and from the top to the bottom. */
function ramp(width: number, height: number, right: number, down: number): ByteImage {
  const pixels = new Uint8Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      pixels[row * width + column] = Math.round(
        DARK + (right * (column + 0.5)) / width + (down * (row + 0.5)) / height,
      );
  return { width, height, channels: 1, pixels };
}

/** The mean brightness of each column, or row; NaN where there is only what was filled up. */
function profile({ width, height, channels, pixels }: ByteImage, axis: "columns" | "rows"): number[] {
  const [along, across] = axis === "columns" ? [width, height] : [height, width];
  return Array.from({ length: along }, (_, i) => {
    let [sum, count] = [0, 0];
    for (let j = 0; j < across; j++) {
      const value = pixels[(axis === "columns" ? j * width + i : i * width + j) * channels]!;
      if (value < DARK / 2 || value > 255 - DARK / 2) continue;
      sum += value;
      count++;
    }
    return sum / count;
  });
}

function mean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/**
 * Where the first pixel of what came out starts in the picture, and the last one ends, by a line through the places of
 * their middles; the outermost ones, which filters bend, only count where there are few.
 */
function ends(places: readonly number[], length: number): [number, number] {
  // A side of one pixel has nothing to brighten along, and no part of it can be cut off.
  if (length === 1) return [0, 1];
  const inside = [...places.keys()].filter((i) => Number.isFinite(places[i]));
  const edge = Math.min(3, Math.floor(inside.length / 8));
  const used = inside.slice(edge, inside.length - edge);
  const [middle, place] = [mean(used) + 0.5, mean(used.map((i) => places[i]!))];
  const spread = mean(used.map((i) => (i + 0.5 - middle) ** 2));
  // One pixel alone tells where it lies, not how much it covers: all.
  if (spread === 0) return [0, length];
  const measured = mean(used.map((i) => (i + 0.5 - middle) * (places[i]! - place))) / spread;
  // Pictures are resized to whole pixels, and cut between them.
  const step = length / Math.max(1, Math.round(length / measured));
  const start = Math.round(place / step - middle);
  return [start * step, (start + places.length) * step];
}
