import type { Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../../base/error";
import { Random } from "../../base/random";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import { lookAt, type Numbers } from "../look";
import { pixelsOf } from "../pixels-of";
import type { ValueOf } from "./replaced-logits";

/** What takes the place of a value that is knocked out. */
export type StandInKind = "zero" | "mean" | "meanPerToken" | "resample";

export const STAND_INS: readonly StandInKind[] = ["zero", "mean", "meanPerToken", "resample"];

/** Where the stand-in comes from. */
export interface StandInSource {
  kind: StandInKind;
  /** Other images than those that are explained, whose means or values stand in. */
  reference: Tensor4D | undefined;
  /** Chooses whose values stand in. */
  seed: number;
}

/** How many images are run together. */
const BATCH = 64;

/**
 * What stands in for each of some values, in their order: of the value's shape for each image, or 1 for all images (and tokens).
 *
 * @param tokenAxis which axis of the values counts tokens
 * @throws VitlabError when a mean would be the value itself, or there is no other image to sample.
 */
export function standIns(
  model: ViT,
  images: Tensor4D,
  values: readonly ValueOf[],
  tokenAxis: number,
  { kind, reference, seed }: StandInSource,
): Numbers[] {
  if (kind === "zero") return values.map(() => ({ shape: [1], data: new Float32Array(1) }));
  if (kind === "resample") {
    const from = reference ?? images;
    const others = otherImages(images, from, new Random(seed));
    const sampled = tf.gather(from, others);
    return disposing(sampled, () => valuesOf(model, sampled, values));
  }
  const from = reference ?? images;
  if (kind === "meanPerToken" && from.shape[0] < 2)
    throw new VitlabError(
      "meanPerToken of one image is what the image has itself: give at least two images, or a reference of so many",
    );
  return meansOf(model, from, values).map((mean) => (kind === "mean" ? meanOverTokens(mean, tokenAxis) : mean));
}

/** For each image another one, that isn't the same pixel by pixel. */
function otherImages(images: Tensor4D, from: Tensor4D, random: Random): number[] {
  const given = pixelsOf(images);
  const known = pixelsOf(from);
  return given.map((image, i) => {
    const others = known.flatMap((other, j) => (isSame(image, other) ? [] : [j]));
    if (others.length === 0)
      throw new VitlabError(
        `there is no other image to sample for image ${i}: give at least two that differ, or a reference of others`,
      );
    return others[random.integer(others.length)] as number;
  });
}

/** What a function gives, and the images are gone, even where it throws. */
function disposing<T>(images: Tensor4D, run: () => T): T {
  try {
    return run();
  } finally {
    images.dispose();
  }
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function valuesOf(model: ViT, images: Tensor4D, values: readonly ValueOf[]): Numbers[] {
  const names = values.flatMap(({ name, addedTo }) => (addedTo ? [name, addedTo] : [name]));
  const found = new Map(lookAt(model, images, names).map((value, i) => [names[i], value]));
  return values.map(({ name, addedTo }) => {
    const value = found.get(name) as Numbers;
    if (addedTo === undefined) return value;
    const { data } = found.get(addedTo) as Numbers;
    return { shape: value.shape, data: value.data.map((each, i) => each - (data[i] as number)) };
  });
}

/** The mean over images of each value, `[1, …]`. */
function meansOf(model: ViT, images: Tensor4D, values: readonly ValueOf[]): Numbers[] {
  const [count] = images.shape;
  let sums: Float64Array[] = [];
  let shapes: number[][] = [];
  for (let from = 0; from < count; from += BATCH) {
    const batch = tf.slice(images, from, Math.min(BATCH, count - from));
    const found = disposing(batch, () => valuesOf(model, batch, values));
    shapes = found.map(({ shape: [, ...rest] }) => [1, ...rest]);
    sums = found.map(({ data, shape }, i) => {
      const sum = sums[i] ?? new Float64Array(data.length / (shape[0] as number));
      data.forEach((value, j) => {
        sum[j % sum.length] = (sum[j % sum.length] as number) + value;
      });
      return sum;
    });
  }
  return sums.map((sum, i) => ({ shape: shapes[i] as number[], data: Float32Array.from(sum, (each) => each / count) }));
}

/** The mean over one axis, which becomes 1 long. */
function meanOverTokens({ shape, data }: Numbers, axis: number): Numbers {
  const length = shape[axis] as number;
  const inner = shape.slice(axis + 1).reduce((product, each) => product * each, 1);
  const mean = new Float64Array(data.length / length);
  data.forEach((value, i) => {
    const at = Math.floor(i / (length * inner)) * inner + (i % inner);
    mean[at] = (mean[at] as number) + value / length;
  });
  return { shape: shape.map((each, i) => (i === axis ? 1 : each)), data: Float32Array.from(mean) };
}
