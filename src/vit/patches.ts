import type { Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";

/** Order of the numbers inside a patch: channel, row, column as PyTorch flattens it, or row, column, channel. */
export type PatchOrder = "chw" | "hwc";

/** How patches are cut and put together. */
export interface PatchOptions {
  /** Default "chw". */
  order?: PatchOrder;
}

/**
 * Cuts images into square patches, row by row, and flattens each (Dosovitskiy et al., "An Image is Worth 16x16 Words",
 * 2021, section 3.1).
 *
 * @param images `[batch, height, width, channels]`
 * @returns `[batch, patches, channels · patchSize²]`
 * @throws VitlabError when the patch size doesn't divide height and width.
 *
 * @example
 * ```ts
 * import { patchify, tf } from "vitlab";
 *
 * // A gray image of 4x4 pixels, numbered row by row, in four patches of 2x2.
 * const image = tf.range(0, 16).reshape<tf.Tensor4D>([1, 4, 4, 1]);
 * for (const patch of patchify(image, 2).arraySync()[0]) console.log(patch);
 * // [ 0, 1, 4, 5 ]
 * // [ 2, 3, 6, 7 ]
 * // [ 8, 9, 12, 13 ]
 * // [ 10, 11, 14, 15 ]
 * ```
 */
export function patchify(images: Tensor4D, patchSize: number, { order = "chw" }: PatchOptions = {}): Tensor3D {
  if (images.rank !== 4)
    throw new VitlabError(
      `patchify got ${showShape(images.shape)}: expected images [batch, height, width, channels]; ` +
        "add the batch axis to a single image with tf.expandDims(image, 0)",
    );
  checkNotDisposed("the tensor of images", images);
  const [batch, height, width, channels] = images.shape;
  const { rows, columns } = patchGridSize([height, width], patchSize);
  return tf.tidy(() => {
    const cut = tf.reshape(images, [batch, rows, patchSize, columns, patchSize, channels]);
    const turned = tf.transpose(cut, order === "chw" ? [0, 1, 3, 5, 2, 4] : [0, 1, 3, 2, 4, 5]);
    return tf.reshape(turned, [batch, rows * columns, channels * patchSize * patchSize]) as Tensor3D;
  });
}

/**
 * Puts patches together again: the exact inverse of `patchify`.
 *
 * @param patches `[batch, patches, channels · patchSize²]`
 * @param imageSize side of the square image, or [height, width]
 * @returns `[batch, height, width, channels]`
 * @throws VitlabError when the number or length of the patches doesn't fit the image.
 *
 * @example
 * ```ts
 * import { datasetToTensor, patchify, shapes, tf, unpatchify } from "vitlab";
 *
 * const images = datasetToTensor(shapes({ count: 2 }));
 * const patches = patchify(images, 4);
 * console.log(patches.shape); // [ 2, 64, 48 ]
 * const again = unpatchify(patches, 4, 32);
 * console.log(tf.equal(images, again).all().dataSync()[0]); // 1
 * ```
 */
export function unpatchify(
  patches: Tensor3D,
  patchSize: number,
  imageSize: number | readonly [number, number],
  { order = "chw" }: PatchOptions = {},
): Tensor4D {
  if (patches.rank !== 3)
    throw new VitlabError(`unpatchify got ${showShape(patches.shape)}: expected [batch, patches, numbers in a patch]`);
  checkNotDisposed("the tensor of patches", patches);
  const [batch, count, length] = patches.shape;
  const [height, width] = sizeOf(imageSize);
  const { rows, columns } = patchGridSize([height, width], patchSize);
  const channels = length / (patchSize * patchSize);
  if (count !== rows * columns || !Number.isInteger(channels))
    throw new VitlabError(
      `unpatchify got ${showShape(patches.shape)}: a ${height}x${width} image in patches of ${patchSize} has ` +
        `${rows * columns} patches of ${patchSize * patchSize} numbers for each channel`,
    );
  return tf.tidy(() => {
    const cut =
      order === "chw"
        ? tf.transpose(tf.reshape(patches, [batch, rows, columns, channels, patchSize, patchSize]), [0, 1, 4, 2, 5, 3])
        : tf.transpose(tf.reshape(patches, [batch, rows, columns, patchSize, patchSize, channels]), [0, 1, 3, 2, 4, 5]);
    return tf.reshape(cut, [batch, height, width, channels]) as Tensor4D;
  });
}

/**
 * Rows and columns of the patch grid of an image.
 *
 * @throws VitlabError naming the side that the patch size doesn't divide, and a patch size that would.
 *
 * @example
 * ```ts
 * import { patchGridSize } from "vitlab";
 *
 * console.log(patchGridSize([224, 160], 16)); // { rows: 14, columns: 10 }
 * ```
 */
export function patchGridSize(
  imageSize: number | readonly [number, number],
  patchSize: number,
): { rows: number; columns: number } {
  const [height, width] = sizeOf(imageSize);
  if (!Number.isInteger(patchSize) || patchSize < 1)
    throw new VitlabError(`patch size is ${patchSize}: it must be a whole number of pixels, 1 or more`);
  const wrong = height % patchSize !== 0 ? `height ${height}` : width % patchSize !== 0 ? `width ${width}` : null;
  if (wrong) throw new VitlabError(indivisible(height, width, patchSize, wrong));
  return { rows: height / patchSize, columns: width / patchSize };
}

/** [height, width] of an image size given as one side or as both. */
export function sizeOf(imageSize: number | readonly [number, number]): readonly [number, number] {
  return typeof imageSize === "number" ? [imageSize, imageSize] : imageSize;
}

function indivisible(height: number, width: number, patchSize: number, wrong: string): string {
  let smaller = Math.min(patchSize - 1, height, width);
  while (smaller > 1 && (height % smaller !== 0 || width % smaller !== 0)) smaller--;
  const nearest = (side: number) => Math.max(patchSize, Math.round(side / patchSize) * patchSize);
  const other = smaller > 1 ? `use patch size ${smaller} or resize` : "resize";
  return (
    `image is ${height}x${width}: patch size ${patchSize} does not divide its ${wrong}; ` +
    `${other} to ${nearest(height)}x${nearest(width)}`
  );
}
