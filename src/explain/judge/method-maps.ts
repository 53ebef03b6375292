import type { Tensor4D } from "@tensorflow/tfjs-core";
import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { showShape } from "../../base/shape";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import { Explanation } from "../explanation";
import { tokenGrid } from "../look";
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
    return split(method(model, images, classes), name, model, images);
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
function split(found: Explanation, name: string, model: ViT, images: Tensor4D): Maps {
  if (!(found instanceof Explanation))
    throw new VitlabError(`${name} gave ${show(found)}: expected an explanation of axes image, row, column`);
  const { axes, shape, data } = found;
  const [count] = images.shape;
  const { rows, columns } = tokenGrid(model, images);
  if (axes[1]?.name !== "row")
    throw new VitlabError(
      `${name} gave numbers of axes ${axes.map((axis) => axis.name).join(", ")}: expected image, row, column`,
    );
  if (showShape(shape) !== showShape([count, rows, columns]))
    throw new VitlabError(
      `${name} gave a map ${showShape(shape)}: expected one number for each patch, ${showShape([count, rows, columns])}`,
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
