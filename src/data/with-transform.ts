import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { ByteImage } from "./byte-image";
import { describeDataset, type ImageDataset, imageAt, withDescription } from "./dataset";

/**
 * The same data set, each image changed when it is read: made larger for a model that takes 224x224, gray, blurred.
 *
 * The images are kept as they came, so that CIFAR-10 at 224x224 takes no more memory than at 32x32. All must come out in one
 * size. Landmarks, which belong to the images as they came, are left out.
 *
 * @throws VitlabError when the data set is empty, or the transform gives something else than an image.
 *
 * @example
 * ```ts
 * import { pilResize, shapes, withTransform } from "vitlab";
 *
 * const size = { width: 224, height: 224 };
 * const large = withTransform(shapes({ count: 10 }), (image) => pilResize(image, size, { filter: "bicubic" }));
 * console.log(large.width, large.images.length === 10 * 32 * 32 * 3); // 224 true
 * ```
 */
export function withTransform(dataset: ImageDataset, transform: (image: ByteImage) => ByteImage): ImageDataset {
  if (dataset.length === 0) throw new VitlabError(`${describeDataset(dataset)}: there is nothing to transform`);
  const { landmarks: _, transform: before, ...rest } = dataset;
  const change = (image: ByteImage) => checked(transform(image));
  const { height, width, channels } = change(imageAt(dataset, 0));
  const stored = before ?? { height: dataset.height, width: dataset.width, channels: dataset.channels };
  const apply = before ? (image: ByteImage) => change(before.apply(image)) : change;
  return withDescription({ ...rest, height, width, channels, transform: { ...stored, apply } });
}

function checked(made: ByteImage): ByteImage {
  const { height, width, channels, pixels } = made ?? {};
  if (pixels instanceof Uint8Array && pixels.length === height * width * channels) return made;
  throw new VitlabError(
    `the transform of a data set gave ${show(made)}: it must give an image { height, width, channels, pixels } at once, as processor.fit does`,
  );
}
