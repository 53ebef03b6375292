import { VitlabError } from "../base/error";
import { quoteJson } from "../base/quote-json";

/** A size as `preprocessor_config.json` writes it. */
export interface ImageProcessorSize {
  height?: number;
  width?: number;
  shortest_edge?: number;
  longest_edge?: number;
  max_height?: number;
  max_width?: number;
}

/** Both sides in pixels. */
export interface Sides {
  height: number;
  width: number;
}

/**
 * What a resize aims at, in pixels: both sides; the shorter one, with a limit for the longer; or a frame that the picture
 * just fits into. The last two keep proportions.
 */
export type TargetSize =
  | Sides
  | { shortestEdge: number; longestEdge?: number }
  | { maxHeight: number; maxWidth: number };

/** Pixels a side after the resize: far above any model's input, far below what a slip of the pen could ask of the memory. */
const LONGEST_SIDE = 8192;

/**
 * Reads a field that holds a size.
 *
 * @param square whether one number stands for both sides; else for the shorter one
 * @throws VitlabError when it is no size.
 */
export function readSize(size: unknown, name: string, square: boolean): TargetSize {
  if (typeof size === "number") {
    const pixels = side(size, name);
    return square ? { height: pixels, width: pixels } : { shortestEdge: pixels };
  }
  const given = Array.isArray(size) ? (size.length === 2 ? { height: size[0], width: size[1] } : {}) : (size ?? {});
  const of = (key: keyof ImageProcessorSize) => side((given as ImageProcessorSize)[key], `${name}.${key}`);
  switch (Object.keys(given).sort().join()) {
    case "height,width":
      return { height: of("height"), width: of("width") };
    case "shortest_edge":
      return { shortestEdge: of("shortest_edge") };
    case "longest_edge,shortest_edge":
      return { shortestEdge: of("shortest_edge"), longestEdge: of("longest_edge") };
    case "max_height,max_width":
      return { maxHeight: of("max_height"), maxWidth: of("max_width") };
  }
  throw new VitlabError(
    `the image processor's ${name} is ${quoteJson(size)}: give a number of pixels, [height, width], { "height": …, "width": … }, ` +
      '{ "shortest_edge": … } with or without "longest_edge", or { "max_height": …, "max_width": … }',
  );
}

/**
 * Reads a field that says both sides: a number, [height, width] or { height, width }.
 *
 * @throws VitlabError when it says anything else.
 */
export function readSides(size: unknown, name: string): Sides {
  const target = readSize(size, name, true);
  if ("height" in target) return target;
  throw new VitlabError(
    `the image processor's ${name} is ${quoteJson(size)}: give a number of pixels, [height, width] or { "height": …, "width": … }`,
  );
}

function side(value: unknown, name: string): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > LONGEST_SIDE)
    throw new VitlabError(
      `the image processor's ${name} is ${quoteJson(value)}: give a whole number of pixels from 1 to ${LONGEST_SIDE}`,
    );
  return value as number;
}

/**
 * The sides that a picture is resized to; where proportions are kept, fractions of a pixel are cut off as transformers does.
 *
 * @throws VitlabError when a side would be shorter than a pixel or longer than 8192.
 */
export function sizeFor(picture: Sides, target: TargetSize): Sides {
  const { height, width } = "height" in target ? target : keptProportions(picture, target);
  if (height >= 1 && width >= 1 && height <= LONGEST_SIDE && width <= LONGEST_SIDE) return { height, width };
  throw new VitlabError(
    `an image of ${picture.height}x${picture.width} would become ${height}x${width} with the image processor's size: cut it to a squarer part first`,
  );
}

function keptProportions(picture: Sides, target: Exclude<TargetSize, Sides>): Sides {
  const { height, width } = picture;
  if ("maxHeight" in target) {
    const scale = Math.min(target.maxHeight / height, target.maxWidth / width);
    return { height: Math.trunc(height * scale), width: Math.trunc(width * scale) };
  }
  const { shortestEdge, longestEdge = Number.POSITIVE_INFINITY } = target;
  const [short, long] = height <= width ? [height, width] : [width, height];
  const isTooLong = (long / short) * shortestEdge > longestEdge;
  const exact = isTooLong ? (longestEdge * short) / long : shortestEdge;
  const shorter = roundHalfToEven(exact);
  // A picture whose shorter side is right already stays as it is, whatever its longer side.
  const longer = shorter === short ? long : Math.trunc((exact * long) / short);
  return height <= width ? { height: shorter, width: longer } : { height: longer, width: shorter };
}

/** As Python's `round` does it. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest === 0.5 ? below + (below % 2) : Math.round(value);
}
