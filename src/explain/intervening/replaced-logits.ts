import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { Edit } from "../../nn/forward-context";
import { dataOf } from "../../tensor/data-of";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import type { Numbers } from "../look";
import { rowOf } from "../row-of";

/** How many images are run together. */
const BATCH = 64;

/** A named value, or what is added to another one by it: a block's output without its input. */
export interface ValueOf {
  name: string;
  addedTo?: string | undefined;
}

/** A named value of a run, and what takes its place: of its shape, for each image, or for all images or tokens one. */
export interface Replacement extends ValueOf {
  by: Numbers;
}

/** A place on a value's second axis, a head or a token; "all" is the whole value. */
export type Place = number | "all";

/** What a model says before values are replaced, and after. */
export interface ReplacedLogits {
  /** `[image, class]` */
  before: Numbers;
  /** `[image, replacement, place, class]` */
  after: Numbers;
  /** Before minus after, `[image, replacement, place, class]`. */
  drops: Numbers;
}

/**
 * The logits of images with one value after another replaced, at one place after another; places are run as one batch.
 *
 * The unchanged images run in the same batches, through the same operations: what nothing reads makes a difference of exactly 0.
 */
export function replacedLogits(
  model: ViT,
  images: Tensor4D,
  replacements: readonly Replacement[],
  places: readonly Place[],
): ReplacedLogits {
  const { classes } = model.config;
  const [count] = images.shape;
  const runs = Array.from({ length: count }, (_, image) => places.map((place) => ({ image, place }))).flat();
  const shape = [count, replacements.length, places.length, classes];
  const before = new Float32Array(count * classes);
  const after = new Float32Array(runs.length * replacements.length * classes);
  const drops = new Float32Array(after.length);
  for (let first = 0; first < runs.length; first += BATCH) {
    const batch = runs.slice(first, first + BATCH);
    const unchanged = logitsOf(model, images, batch, replacements, undefined);
    const changed = replacements.map((_, i) => logitsOf(model, images, batch, replacements, i));
    batch.forEach(({ image }, row) => {
      const place = (first + row) % places.length;
      const own = rowOf(unchanged, row, classes);
      if (place === 0) before.set(own, image * classes);
      changed.forEach((logits, i) => {
        const other = rowOf(logits, row, classes);
        const to = ((image * replacements.length + i) * places.length + place) * classes;
        after.set(other, to);
        drops.set(
          own.map((logit, of) => logit - (other[of] as number)),
          to,
        );
      });
    });
  }
  return {
    before: { shape: [count, classes], data: before },
    after: { shape, data: after },
    drops: { shape, data: drops },
  };
}

interface Run {
  image: number;
  place: Place;
}

/** Logits of a batch with the replacement of that number, or none. */
function logitsOf(
  model: ViT,
  images: Tensor4D,
  batch: readonly Run[],
  replacements: readonly Replacement[],
  active: number | undefined,
): Float32Array {
  // Named, even where it changes nothing, a value is computed by the same operations in all runs.
  const edits = replacements.flatMap((one, i) => Object.entries(i === active ? replacing(one, batch) : watching(one)));
  return dataOf(() => {
    const copies = tf.gather(images, imagesOf(batch));
    return model.forward(copies, { edit: Object.fromEntries(edits) });
  });
}

function watching({ name }: Replacement): Record<string, Edit> {
  return { [name]: (value) => value };
}

function replacing({ name, addedTo, by }: Replacement, batch: readonly Run[]): Record<string, Edit> {
  const replaced = (value: Tensor) => {
    const given = tf.tensor(by.data, by.shape);
    const perImage = by.shape[0] === 1 ? given : tf.gather(given, imagesOf(batch));
    return tf.where(isChosen(value.shape, batch), perImage, value);
  };
  if (addedTo === undefined) return { [name]: replaced };
  let start: Tensor | undefined;
  return {
    [addedTo]: (value) => {
      start = value;
      return value;
    },
    [name]: (value) => tf.add(start as Tensor, replaced(tf.sub(value, start as Tensor))),
  };
}

/** Where a batch is replaced, as booleans `[run, place, 1, …]`. */
function isChosen([, length = 1, ...rest]: readonly number[], batch: readonly Run[]): Tensor {
  const all = Array.from({ length }, (_, i) => i);
  const chosen = batch.flatMap(({ place }) => all.map((i) => (place === "all" || place === i ? 1 : 0)));
  return tf.tensor(chosen, [batch.length, length, ...rest.map(() => 1)], "bool");
}

function imagesOf(batch: readonly Run[]): number[] {
  return batch.map(({ image }) => image);
}
