import { VitlabError } from "../../../base/error";
import { checkSize } from "../limits";
import type { TiffFields } from "./tiff-fields";
import { canUnpack } from "./unpack";

/** How a TIFF's colors are meant. */
export type TiffColors = "white is zero" | "black is zero" | "RGB" | "palette" | "CMYK";

/** How a TIFF's pixels are stored: in parts, each a strip of whole rows or a tile. */
export interface TiffLayout {
  width: number;
  height: number;
  colors: TiffColors;
  /** Bits of each sample: 1, 2, 4, 8 or 16. */
  bits: number;
  /** Samples of a pixel, of which the first are its color. */
  samples: number;
  /** What the sample after the colors says: nothing that counts, or how opaque a pixel is. */
  alpha?: "associated" | "unassociated";
  /** Whether each part holds one sample of every pixel, all samples one after another. */
  planar: boolean;
  compression: number;
  /** Whether rows hold differences to the pixel on the left. */
  differences: boolean;
  part: { width: number; height: number; across: number; down: number };
  offsets: readonly number[];
  lengths: readonly number[];
}

const COLORS: Readonly<Record<number, TiffColors>> = {
  0: "white is zero",
  1: "black is zero",
  2: "RGB",
  3: "palette",
  5: "CMYK",
};
const COLOR_SAMPLES: Readonly<Record<TiffColors, number>> = {
  "white is zero": 1,
  "black is zero": 1,
  RGB: 3,
  palette: 1,
  CMYK: 4,
};
const UNREAD_COLORS: Readonly<Record<number, string>> = {
  4: "a transparency mask",
  6: "YCbCr colors",
  8: "Lab colors",
  9: "Lab colors",
  10: "Lab colors",
  32803: "a sensor's colors, of a raw photograph",
  34892: "a sensor's colors, of a raw photograph",
};
const UNREAD_COMPRESSIONS: Readonly<Record<number, string>> = {
  2: "fax compression",
  3: "fax compression",
  4: "fax compression",
  6: "JPEG inside",
  7: "JPEG inside",
  34712: "JPEG 2000 inside",
  34887: "LERC compression",
  34925: "LZMA compression",
  50000: "Zstandard compression",
  50001: "WebP inside",
  50002: "JPEG XL inside",
  52546: "JPEG XL inside",
};
const BYTES_PER_PIXEL = 3;
// Larger tiles than any writer makes.
const MOST_IN_TILE = 64e6;
const DNG_VERSION = 50706;
const REDUCED = 1;

/**
 * What the fields of a TIFF's first page say of its pixels.
 *
 * @throws VitlabError when it is of a kind that isn't read, too large, or damaged.
 */
export function tiffLayout(fields: TiffFields, file: number, megapixels: number): TiffLayout {
  const { number, numbers } = fields;
  if (numbers(DNG_VERSION) || (numbers(330) && number(254, 0) & REDUCED))
    throw unread("a raw photograph, of which the first picture is a preview");
  const width = number(256, 0);
  const height = number(257, 0);
  const colors = COLORS[number(262, -1)];
  const compression = number(259, 1);
  const packed = UNREAD_COMPRESSIONS[compression] ?? `compression ${compression}`;
  if (!canUnpack(compression)) throw unread(packed);
  if (!colors) throw unread(UNREAD_COLORS[number(262, -1)] ?? `colors of kind ${number(262, -1)}`);
  const samples = number(277, 1);
  const depths = numbers(258) ?? [1];
  const bits = depths[0] as number;
  const formats = numbers(339) ?? [1];
  if (formats.some((format) => format === 3)) throw unread("floating-point numbers");
  if (formats.some((format) => format !== 1 && format !== 4)) throw unread("signed numbers");
  if (depths.some((depth) => depth !== bits)) throw unread(`samples of ${depths.join(", ")} bits`);
  const fine = colors === "palette" ? [1, 2, 4, 8] : COLOR_SAMPLES[colors] > 1 ? [8, 16] : [1, 2, 4, 8, 16];
  if (!fine.includes(bits)) throw unread(`${bits} bits a sample`);
  if (bits < 8 && samples > 1) throw unread(`${samples} samples of ${bits} bits`);
  if (number(266, 1) !== 1) throw unread("bits from right to left");
  if (colors === "CMYK" && number(332, 1) !== 1) throw unread("inks other than CMYK");
  const extra = samples - COLOR_SAMPLES[colors];
  if (extra < 0 || samples > 16)
    throw new VitlabError(`is a TIFF file of ${samples} samples a pixel, which can't be ${colors}: it is damaged`);
  const predictor = number(317, 1);
  if (predictor !== 1 && (predictor !== 2 || bits < 8)) throw unread(`predictor ${predictor} of ${bits} bits`);
  checkSize(width, height, { bytesPerPixel: BYTES_PER_PIXEL, file, megapixels });

  const tiled = numbers(322) !== undefined;
  const part = tiled
    ? { width: number(322, 0), height: number(323, 0) }
    : { width, height: Math.min(number(278, height), height) };
  if (part.width < 1 || part.height < 1) throw damaged();
  const across = Math.ceil(width / part.width);
  const down = Math.ceil(height / part.height);
  const planar = number(284, 1) === 2 && samples > 1;
  const bytes = Math.ceil((part.width * bits * (planar ? 1 : samples)) / 8) * part.height * (planar ? samples : 1);
  // A part is unpacked beside the picture: tiles may stick out of it, by less than their own size.
  if (bytes > MOST_IN_TILE && bytes > 4 * width * height * samples * 2)
    throw new VitlabError(
      `claims to be ${height}x${width} pixels large in parts of ${part.height}x${part.width}: it is damaged, get a whole copy of it`,
    );
  const bytesPerPixel = BYTES_PER_PIXEL + (2 * bytes) / (width * height);
  checkSize(width, height, { bytesPerPixel, file, megapixels });
  const offsets = numbers(tiled ? 324 : 273) ?? [];
  const lengths = numbers(tiled ? 325 : 279) ?? [];
  const count = across * down * (planar ? samples : 1);
  if (offsets.length < count || lengths.length < count) throw damaged();
  const alphas = [undefined, "associated", "unassociated"] as const;
  return {
    width,
    height,
    colors,
    bits,
    samples,
    alpha: extra > 0 ? alphas[number(338, 0)] : undefined,
    planar,
    compression,
    differences: predictor === 2,
    part: { ...part, across, down },
    offsets,
    lengths,
  };
}

function unread(kind: string): VitlabError {
  return new VitlabError(`is a TIFF file of a kind that isn't read (${kind}): save it as PNG or JPEG`);
}

function damaged(): VitlabError {
  return new VitlabError("is a TIFF file whose parts lie outside of it: it is damaged, get a whole copy of it");
}
