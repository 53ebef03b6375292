import type { Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { tf } from "../tensor/tf";
import type { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";

/** What sizes of images are taken. */
export interface CropOptions {
  /** Any size that has a patch. Default false. */
  interpolatePositions?: boolean;
  /** The [height, width] that images come in. Default: the model's own. */
  imageSize?: readonly [number, number];
}

/**
 * The part of images that whole patches cover, from the top left corner: transformers' patch embedding is a convolution,
 * which drops the rows and columns behind them.
 *
 * @param images `[batch, height, width, channels]`
 * @throws VitlabError when the images are of another size, or smaller than a patch.
 */
export function cropToPatches(images: Tensor4D, { config }: ViT, options: CropOptions = {}): Tensor4D {
  const { patchSize } = config;
  const [batch, height, width, channels] = images.shape;
  const [ownHeight, ownWidth] = options.imageSize ?? sizeOf(config.imageSize);
  if (!options.interpolatePositions && (height !== ownHeight || width !== ownWidth))
    throw new VitlabError(
      `the images are ${height}x${width}: the model was made for ${ownHeight}x${ownWidth}; ` +
        "resize them, or have its positions interpolated (interpolatePositions, --interpolate-positions)",
    );
  const [rows, columns] = [height, width].map((side) => side - (side % patchSize)) as [number, number];
  if (rows === 0 || columns === 0)
    throw new VitlabError(`the images are ${height}x${width}: smaller than a patch of ${patchSize}x${patchSize}`);
  if (rows === height && columns === width) return tf.clone(images);
  return tf.slice(images, [0, 0, 0, 0], [batch, rows, columns, channels]);
}
