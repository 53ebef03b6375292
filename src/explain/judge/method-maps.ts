import type { Tensor4D } from "@tensorflow/tfjs";
import { VitlabError } from "../../base/error";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import type { Explanation } from "../explanation";
import type { Explainer } from "./explainers";
import { spearman } from "./ranks";

/** The maps of one method, one for each image; undefined where it said nothing. */
export type Maps = readonly (Float32Array | undefined)[];

/** A method's maps of some images; where it fails for all at once each image is tried alone. */
export function mapsBy(
  method: Explainer,
  name: string,
  model: ViT,
  images: Tensor4D,
  classes: readonly number[],
): Maps {
  try {
    return split(method(model, images, classes), name, images);
  } catch (error) {
    if (!(error instanceof VitlabError) || !/zero everywhere/.test(error.message)) throw error;
    if (classes.length === 1) return [undefined];
    return classes.flatMap((one, i) => {
      const image = tf.slice(images, i, 1);
      try {
        return mapsBy(method, name, model, image, [one]);
      } finally {
        image.dispose();
      }
    });
  }
}

/** The map of each image; undefined where it is the same everywhere. */
function split({ axes, shape, data }: Explanation, name: string, images: Tensor4D): Maps {
  const [count, rows, columns] = shape as [number, number, number];
  if (axes[1]?.name !== "row" || count !== images.shape[0])
    throw new VitlabError(
      `${name} gave numbers of axes ${axes.map((axis) => axis.name).join(", ")}: expected image, row, column`,
    );
  const size = rows * columns;
  return Array.from({ length: count }, (_, i) => {
    const map = data.slice(i * size, (i + 1) * size);
    return map.some((value) => value !== map[0]) ? map : undefined;
  });
}

/** Spearman's correlation of two methods, of each image that both have a map of. */
export function correlations(a: Maps, b: Maps): number[] {
  return a.flatMap((map, i) => (map && b[i] ? [spearman(map, b[i] as Float32Array)] : []));
}
