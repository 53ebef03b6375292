import { VitlabError } from "../base/error";
import { Random } from "../base/random";
import { type CallRules, checkCall } from "./check-call";
import { cifar10ClassNames } from "./class-names";
import { type ImageDataset, imageDataset } from "./dataset";
import type { Landmarks } from "./landmarks";
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
import { outlineOf, Pen } from "./shapes/pen";
import { ship } from "./shapes/ship";
import { truck } from "./shapes/truck";

/** What `shapes` draws. */
export interface ShapesOptions {
  /** How many images. Default 10,000 for train, 2,000 for validation and test. */
  count?: number;
  /** The same seed, the same images. Default 0. */
  seed?: number;
  /** Height and width in pixels. Default 32. */
  size?: number;
  /** Splits share no image, whatever the seed and count. Default "train". */
  split?: ShapesSplit;
}

export type ShapesSplit = "train" | "validation" | "test";

/** Drawn images whose parts are known. */
export interface ShapesDataset extends ImageDataset {
  readonly landmarks: readonly Landmarks[];
}

const DRAWINGS: readonly Drawing[] = [airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck];
const COUNTS: Record<ShapesSplit, number> = { train: 10_000, validation: 2_000, test: 2_000 };
const STREAMS: Record<ShapesSplit, number> = { train: 0x5a9e1, validation: 0x5a9e2, test: 0x5a9e3 };

const CALL: CallRules<ShapesOptions> = {
  call: "shapes(…)",
  options: { count: true, seed: true, size: true, split: true },
  number: "count",
  text: "split",
  example: "{ count: 100 }",
};

/** All images of a call together. */
const MOST_BYTES = 2 ** 31;

/**
 * Draws a data set: ten classes named as CIFAR-10's, of which the places of all parts are known.
 *
 * Every image has its own pose (place, size, turn, mirrored), colors and background; colors come from one palette
 * for all classes, so color alone tells nothing. Animals have landmarks `ear`, `eye` and `nose`; things have `wheel`,
 * `window`, `wing` and so on. Image i depends on seed, split, size and i only: a longer data set starts with a shorter one.
 * In every ten images each class comes once.
 *
 * @throws VitlabError when count, seed, size or split is out of range, or an option is none of these.
 */
export function shapes(options: ShapesOptions = {}): ShapesDataset {
  checkCall(options, CALL);
  const { split = "train", count = COUNTS[split], seed = 0, size = 32 } = options;
  if (!(split in STREAMS))
    throw new VitlabError(`shapes has no split "${split}": give one of ${Object.keys(STREAMS).join(", ")}`);
  if (!Number.isInteger(count) || count < 1)
    throw new VitlabError(`shapes can't draw ${count} images: count must be a whole number from 1`);
  if (!Number.isInteger(size) || size < 16 || size > 512)
    throw new VitlabError(`shapes can't draw images of size ${size}: give a whole number of pixels from 16 to 512`);
  const most = Math.floor(MOST_BYTES / (size * size * 3));
  if (count > most)
    throw new VitlabError(
      `shapes can't draw ${count} images: of size ${size} count must be at most ${most.toLocaleString("en-US")}`,
    );
  if (!Number.isSafeInteger(seed)) throw new VitlabError(`the seed of shapes is ${seed}: give a whole number`);

  const images = new Uint8Array(count * size * size * 3);
  const labels = new Int32Array(count);
  const landmarks: Landmarks[] = [];
  for (let block = 0; block * 10 < count; block++) {
    const order = new Random(STREAMS[split], seed, block, 1).shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (let i = block * 10; i < Math.min(count, block * 10 + 10); i++) {
      labels[i] = order[i % 10] as number;
      const drawn = drawImage(DRAWINGS[labels[i] as number] as Drawing, size, new Random(STREAMS[split], seed, i, 0));
      images.set(drawn.bytes, i * size * size * 3);
      landmarks.push(drawn.landmarks);
    }
  }
  const fields = { name: "shapes", split, height: size, width: size, channels: 3, classNames: cifar10ClassNames };
  return imageDataset({ ...fields, images, labels, landmarks }) as ShapesDataset;
}

function drawImage(drawing: Drawing, size: number, random: Random): { bytes: Uint8ClampedArray; landmarks: Landmarks } {
  const behind = background(size, random);
  const body = contrastingColor(random, behind.color, 90);
  const accent = contrastingColor(random, body, 70);
  const colors = { body, accent, outline: outlineOf(body), accentOutline: outlineOf(accent) };

  const reach = random.uniform(0.36, 0.45) * size;
  const stretch = random.uniform(0.92, 1.08);
  const slack = 0.47 * size - reach;
  const pose = {
    x: size / 2 + random.uniform(-slack, slack),
    y: size / 2 + random.uniform(-slack, slack),
    scaleX: reach * stretch,
    scaleY: reach / stretch,
    angle: random.uniform(-0.17, 0.17),
    mirrored: random.float() < 0.5,
  };
  const pen = new Pen(size, pose, behind.pixels);
  drawing(pen, random, colors);

  const bytes = new Uint8ClampedArray(pen.pixels.length);
  const gain = random.uniform(0.85, 1.15);
  const noise = random.uniform(1, 9);
  // Triangular noise: two uniform numbers cost less than a normal one, and nobody sees the difference.
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = ((pen.pixels[i] as number) - 128) * gain + 128 + noise * (random.float() + random.float() - 1) * 1.5;
  return { bytes, landmarks: pen.marks };
}
