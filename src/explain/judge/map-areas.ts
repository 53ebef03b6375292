import type { Tensor4D } from "@tensorflow/tfjs-core";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import { tokenGrid } from "../look";
import type { Paint } from "../paint";
import { patchMap } from "../patch-map";
import type { Maps } from "./method-maps";
import { type AreaRule, curveAreas, deletionCurve, insertionCurve } from "./perturbation";

/** Areas under curves, one for each image with a map. */
export interface MapAreas {
  deletion: number[];
  insertion: number[];
}

/** The areas under the curves of deletion and insertion, of the images that a method has a map of. */
export function mapAreas(
  maps: Maps,
  method: string,
  model: ViT,
  images: Tensor4D,
  classes: readonly number[],
  { area, ...how }: { steps: number; color: Paint; area: AreaRule },
): MapAreas {
  const known = maps.flatMap((map, i) => (map ? [i] : []));
  if (known.length === 0) return { deletion: [], insertion: [] };
  const grid = tokenGrid(model, images);
  const values = known.map((i) => maps[i] as Float32Array);
  const map = patchMap(values, grid, { method, unit: "any" });
  const options = { ...how, class: known.map((i) => classes[i] as number) };
  const some = tf.gather(images, known);
  try {
    const [deletion, insertion] = [deletionCurve, insertionCurve].map((curve) =>
      curveAreas(curve(model, some, map, options), grid.rows * grid.columns, area),
    ) as [number[], number[]];
    return { deletion, insertion };
  } finally {
    some.dispose();
  }
}
