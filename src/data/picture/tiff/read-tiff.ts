import { VitlabError } from "../../../base/error";
import type { ByteImage } from "../../byte-image";
import { orientationOf } from "../orientation";
import { turnPicture } from "../turn-picture";
import { type TiffFields, tiffFields } from "./tiff-fields";
import { type TiffLayout, tiffLayout } from "./tiff-layout";
import { unpack } from "./unpack";

const ORIENTATION = 274;
const COLOR_MAP = 320;
const XMP = 700;

/**
 * Decodes the first page of a TIFF file, as Pillow does: of 16 bits the upper eight, inks without a profile; what is
 * transparent on white.
 *
 * @throws VitlabError when it is of a kind that isn't read, too large, cut off or damaged.
 */
export function readTiff(data: Buffer, megapixels: number): ByteImage {
  const fields = tiffFields(data);
  const layout = tiffLayout(fields, data.length, megapixels);
  const { width, height, part, samples, planar, offsets, lengths } = layout;
  const pixels = new Uint8Array(width * height * 3);
  const toColor = colorOf(layout, fields);
  const planes = planar ? samples : 1;
  const perPixel = planar ? 1 : samples;
  // As they are returned.
  const isPlain = layout.colors === "RGB" && samples === 3 && !planar;
  for (let index = 0; index < part.across * part.down; index++) {
    const left = (index % part.across) * part.width;
    const top = Math.floor(index / part.across) * part.height;
    const columns = Math.min(part.width, width - left);
    // Tiles are whole; the last strip has as many rows as are left.
    const rows = Math.min(part.height, height - top);
    const found = Array.from({ length: planes }, (_, plane) => {
      const place = plane * part.across * part.down + index;
      const offset = offsets[place] as number;
      const end = offset + (lengths[place] as number);
      if (end > data.length) throw new VitlabError("is a TIFF file that is cut off: get a whole copy of it");
      return partSamples(data.subarray(offset, end), layout, rows, perPixel, fields.little);
    });
    const values = new Uint8Array(samples);
    for (let row = 0; row < rows; row++) {
      let to = ((top + row) * width + left) * 3;
      if (isPlain) {
        const from = row * part.width * 3;
        pixels.set((found[0] as Uint8Array).subarray(from, from + columns * 3), to);
        continue;
      }
      for (let column = 0; column < columns; column++, to += 3) {
        const from = (row * part.width + column) * perPixel;
        for (let sample = 0; sample < samples; sample++)
          values[sample] = (planar ? found[sample]?.[from] : found[0]?.[from + sample]) as number;
        toColor(values, pixels, to);
      }
    }
  }
  const told = fields.numbers(ORIENTATION)?.[0] ?? orientationOf({ xmp: fields.bytes(XMP) });
  return turnPicture({ width, height, channels: 3, pixels }, told);
}

/** The samples of a part as bytes, `perPixel` for each pixel, rows as wide as the part. */
function partSamples(packed: Buffer, layout: TiffLayout, rows: number, perPixel: number, little: boolean): Uint8Array {
  const { bits, part, compression, differences } = layout;
  const inRow = part.width * perPixel;
  const rowBytes = Math.ceil((inRow * bits) / 8);
  const bytes = unpack(packed, compression, rowBytes * rows);
  if (bits === 8 && !differences) return bytes;
  const samples = new Uint8Array(inRow * rows);
  for (let row = 0; row < rows; row++) {
    const start = row * rowBytes;
    const to = row * inRow;
    if (bits < 8)
      for (let i = 0; i < inRow; i++) {
        const byte = bytes[start + ((i * bits) >> 3)] as number;
        samples[to + i] = (byte >> (8 - bits - ((i * bits) & 7))) & ((1 << bits) - 1);
      }
    else if (bits === 8) {
      for (let i = 0; i < inRow; i++)
        samples[to + i] = (bytes[start + i] as number) + (i >= perPixel ? (samples[to + i - perPixel] as number) : 0);
    } else {
      const sums = new Uint16Array(perPixel);
      for (let i = 0; i < inRow; i++) {
        const at = start + 2 * i;
        const value = little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
        const channel = i % perPixel;
        sums[channel] = differences ? (sums[channel] as number) + value : value;
        samples[to + i] = (sums[channel] as number) >> 8;
      }
    }
  }
  return samples;
}

/** Writes the color that a pixel's samples stand for. */
type ToColor = (samples: Uint8Array, pixels: Uint8Array, at: number) => void;

function colorOf(layout: TiffLayout, fields: TiffFields): ToColor {
  const color = plainColor(layout, fields);
  const { alpha, samples, colors } = layout;
  if (!alpha) return color;
  const opaque = colors === "RGB" ? 3 : colors === "CMYK" ? 4 : 1;
  if (samples <= opaque) return color;
  return (values, pixels, at) => {
    color(values, pixels, at);
    const opacity = values[opaque] as number;
    for (let i = at; i < at + 3; i++) {
      const value = pixels[i] as number;
      pixels[i] =
        alpha === "associated"
          ? Math.min(255, value + 255 - opacity)
          : Math.round((value * opacity + 255 * (255 - opacity)) / 255);
    }
  };
}

function plainColor({ colors, bits }: TiffLayout, fields: TiffFields): ToColor {
  if (colors === "RGB")
    return (values, pixels, at) => {
      pixels[at] = values[0] as number;
      pixels[at + 1] = values[1] as number;
      pixels[at + 2] = values[2] as number;
    };
  if (colors === "CMYK")
    return (values, pixels, at) => {
      const paper = 255 - (values[3] as number);
      for (let i = 0; i < 3; i++) pixels[at + i] = Math.max(0, paper - byteProduct(values[i] as number, paper));
    };
  if (colors === "palette") {
    // All reds, all greens, all blues, of 16 bits each.
    const map = fields.numbers(COLOR_MAP) ?? [];
    const count = 1 << bits;
    if (map.length < 3 * count)
      throw new VitlabError("is a TIFF file with too few colors: it is damaged, get a whole copy of it");
    return ([value], pixels, at) => {
      for (let i = 0; i < 3; i++) pixels[at + i] = (map[i * count + (value as number)] as number) >> 8;
    };
  }
  const scale = bits < 8 ? 255 / ((1 << bits) - 1) : 1;
  const white = colors === "white is zero";
  return ([value], pixels, at) => {
    const level = (value as number) * scale;
    pixels.fill(white ? 255 - level : level, at, at + 3);
  };
}

/** A product of two shares of 255, rounded as Pillow does. */
function byteProduct(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
