import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Random } from "../base/random";
import { type CallRules, checkCall } from "./check-call";
import { cifar10ClassNames } from "./class-names";
import {
  type DrawingRules,
  type DrawnDataset,
  type DrawnImage,
  type DrawnOptions,
  drawnDataset,
} from "./drawn-dataset";
import { airplane } from "./shapes/airplane";
import { automobile } from "./shapes/automobile";
import { background } from "./shapes/background";
import { bird } from "./shapes/bird";
import { cat } from "./shapes/cat";
import { contrastingColor } from "./shapes/color";
import { deer } from "./shapes/deer";
import { dog } from "./shapes/dog";
import type { Drawing } from "./shapes/drawing";
import { frog } from "./shapes/frog";
import { horse } from "./shapes/horse";
import { addNoise } from "./shapes/noise";
import { occlude } from "./shapes/occlude";
import { outlineOf, Pen } from "./shapes/pen";
import { drawPose, FREE, UPRIGHT } from "./shapes/pose";
import { ship } from "./shapes/ship";
import { truck } from "./shapes/truck";

/** What `shapes` draws. */
export interface ShapesOptions extends DrawnOptions {
  /**
   * How it is drawn: 2, in any pose, of any size, at any place, partly covered; 1, large and upright in the middle, as it was
   * at first: a linear classifier on pixels names nine of ten of those. Default 2.
   */
  version?: ShapesVersion;
}

/** How `shapes` draws: 1 large and upright, 2 in any pose. */
export type ShapesVersion = 1 | 2;

/** Drawn images whose parts are known. */
export type ShapesDataset = DrawnDataset;

const DRAWINGS: readonly Drawing[] = [airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck];
const SIZES = { least: 16, most: 512, step: 1 };

const VERSIONS = {
  1: { name: "shapes-v1", streams: { train: 0x5a9e1, validation: 0x5a9e2, test: 0x5a9e3 } },
  2: { name: "shapes", streams: { train: 0x5a9e4, validation: 0x5a9e5, test: 0x5a9e6 } },
} as const;

const CALL: CallRules<ShapesOptions> = {
  call: "shapes(…)",
  options: { count: true, seed: true, size: true, split: true, version: true },
  number: "count",
  text: "split",
  example: "{ count: 100 }",
};

/**
 * Draws a data set: ten classes named as CIFAR-10's, of which the places of all parts are known.
 *
 * Every image has its own pose (place, size, turn, mirrored), colors, background and things in front of it; colors come from
 * one palette for all classes, so color alone tells nothing, and a linear classifier on pixels names about half. Animals have
 * landmarks `ear`, `eye` and `nose`; things have `wheel`, `window`, `wing` and so on. What is in front covers no landmark: all
 * that are listed can be seen. Image i depends on version, seed, split, size and i only: a longer data set starts with a
 * shorter one. In every ten images each class comes once.
 *
 * @throws VitlabError when count, seed, size, split or version is out of range, or an option is none of these.
 *
 * @example
 * ```ts
 * import { describeDataset, imageAt, shapes } from "vitlab";
 *
 * const drawings = shapes({ count: 20, split: "test" });
 * console.log(describeDataset(drawings));
 * // shapes test: 20 images 32x32x3, 10 classes (airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck)
 * console.log(imageAt(drawings, 3).className, Object.keys(drawings.landmarks[3]));
 * // truck [ 'box', 'window', 'headlight', 'wheel' ]
 * ```
 */
export function shapes(options: ShapesOptions = {}): ShapesDataset {
  checkCall(options, CALL);
  const { version = 2, ...asked } = options;
  if (!Object.hasOwn(VERSIONS, version))
    throw new VitlabError(`shapes has no version ${show(version)}: give one of ${Object.keys(VERSIONS).join(", ")}`);
  return drawnDataset(asked, shapesRules(version));
}

/** How a version of the shapes is drawn. */
export function shapesRules(version: ShapesVersion): DrawingRules {
  return {
    call: "shapes",
    classNames: cifar10ClassNames,
    sizes: SIZES,
    ...VERSIONS[version],
    draw: (label, size, random) => drawImage(DRAWINGS[label] as Drawing, version, size, random),
  };
}

function drawImage(drawing: Drawing, version: ShapesVersion, size: number, random: Random): DrawnImage {
  const behind = background(size, random);
  const body = contrastingColor(random, behind.color, 90);
  const accent = contrastingColor(random, body, 70);
  const colors = { body, accent, outline: outlineOf(body), accentOutline: outlineOf(accent) };

  const pose = drawPose(size, random, version === 1 ? UPRIGHT : FREE);
  const pen = new Pen(size, pose, behind.pixels);
  drawing(pen, random, colors);
  if (version === 2) occlude(pen, pose, random);
  return { bytes: addNoise(pen.pixels, random), landmarks: pen.marks };
}
