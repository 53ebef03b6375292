import type { Random } from "../base/random";
import { type CallRules, checkCall } from "./check-call";
import {
  type DrawingRules,
  type DrawnDataset,
  type DrawnImage,
  type DrawnOptions,
  drawnDataset,
} from "./drawn-dataset";
import { clutter } from "./needle/clutter";
import { drawDistractors } from "./needle/distractors";
import { CELLS, drawTile } from "./needle/tile";
import type { Color } from "./shapes/color";
import { addNoise } from "./shapes/noise";

/** What `needle` draws. Its sizes are multiples of 8. */
export type NeedleOptions = DrawnOptions;

/** Drawn images of which it is known which two marks make the class. */
export type NeedleDataset = DrawnDataset;

const CLASS_NAMES = ["same", "different"] as const;

/** A mark is black above, to the right, below, or to the left. */
const KINDS = 4;
const BLACK: Color = [4, 4, 6];
const WHITE: Color = [252, 252, 250];

/** Smaller than other tiles may be, whose edges are so as strong. */
const MARK_SIDES = [0.75, 0.9] as const;

const FEWEST_DISTRACTORS = 5;
const MOST_DISTRACTORS = 10;

const STREAMS = { train: 0x3eed1e1, validation: 0x3eed1e2, test: 0x3eed1e3 };
const SIZES = { least: 32, most: 512, step: CELLS };

const CALL: CallRules<NeedleOptions> = {
  call: "needle(…)",
  options: { count: true, seed: true, size: true, split: true },
  number: "count",
  text: "split",
  example: "{ count: 100 }",
};

/**
 * Draws a data set of two classes, `same` and `different`, of which it is known exactly what makes the class: two small marks
 * among clutter, tiles half black and half white, are turned the same way or not.
 *
 * The landmarks of an image are `mark`, the centers of both. Each lies in a patch of its own, wholly: an image has 8x8 of
 * them, with 32 pixels of size 4. The first mark is turned at random and the second as the class says, so each of them
 * is turned each way equally often in both classes: neither mark tells the class, nor any other patch, nor a mean of the whole.
 * Other tiles are as black and white, cut into quarters or bands, and as rich in edges; or have halves of other colors,
 * or one color all over. Half black and half white are the marks alone: neither edges nor contrast tell where they are.
 * Image i depends on seed, split, size and i only: a longer data set starts with a shorter one. In every two images each
 * class comes once.
 *
 * @throws VitlabError when count, seed, size or split is out of range, or an option is none of these.
 *
 * @example
 * ```ts
 * import { landmarkPatches, needle } from "vitlab";
 *
 * const images = needle({ count: 2 });
 * console.log([...images.labels].map((label) => images.classNames[label])); // [ 'same', 'different' ]
 * // The two patches, of 64, that make the class.
 * console.log(landmarkPatches(images, 0, 4).mark.length); // 2
 * ```
 */
export function needle(options: NeedleOptions = {}): NeedleDataset {
  checkCall(options, CALL);
  return drawnDataset(options, needleRules);
}

/** How it is drawn. */
export const needleRules: DrawingRules = {
  call: "needle",
  name: "needle",
  classNames: CLASS_NAMES,
  streams: STREAMS,
  sizes: SIZES,
  draw: drawImage,
};

function drawImage(label: number, size: number, random: Random): DrawnImage {
  const pixels = clutter(size, random);
  const cells = random.shuffle(Array.from({ length: CELLS * CELLS }, (_, cell) => cell));
  const distractors = FEWEST_DISTRACTORS + random.integer(MOST_DISTRACTORS - FEWEST_DISTRACTORS + 1);
  const plain = random.float() < 0.5 ? BLACK : WHITE;
  const colors = [BLACK, WHITE] as const;
  drawDistractors(pixels, size, cells.slice(2, 2 + distractors), { marks: colors, plain }, random);

  const first = random.integer(KINDS);
  const other = (first + 1 + random.integer(KINDS - 1)) % KINDS;
  const second = CLASS_NAMES[label] === "same" ? first : other;
  const mark = [first, second].map((turn, i) =>
    drawTile(pixels, size, cells[i] as number, { cut: "half", colors, turn, sides: MARK_SIDES }, random),
  );
  return { bytes: addNoise(pixels, random), landmarks: { mark } };
}
