import { VitlabError } from "../base/error";
import type { ByteImage } from "../data/byte-image";
import type { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";
import { fitByRules, type PictureRules } from "./fit-by-rules";
import type { ImageProcessor } from "./image-processor";

/** What of a model says how images are made to fit it. */
export interface FittingModel {
  model: ViT;
  /** The [height, width] that images come in. */
  imageSize: readonly [number, number];
  imageProcessor?: (() => ImageProcessor) | undefined;
}

/** Makes a picture the bytes that a model takes: its height, width and channels. */
export type PictureFit = (image: ByteImage) => Promise<ByteImage>;

/**
 * How pictures are made to fit a model, the same wherever it meets them: as its image processor says; where it has none,
 * as `vitlab train` reads folders, cut to the model's proportions and resized.
 *
 * The numbers are made of these bytes as the model's `config.normalize` says.
 *
 * @throws VitlabError when the model takes neither colors nor gray, or its image processor has a field without meaning;
 *   with a picture, when that comes out in another size than the model takes.
 */
export function pictureFit(given: FittingModel): PictureFit {
  const fit = fitByRules(pictureRules(given));
  return async (image) => fit(image);
}

/**
 * The same at once, for the images of a data set; where the model has no image processor, by ViT's (bilinear).
 *
 * @throws VitlabError as `pictureFit` does.
 */
export function bytesFit(given: FittingModel): (image: ByteImage) => ByteImage {
  const [height, width] = given.imageSize;
  const { processor, ...rules } = pictureRules(given);
  return fitByRules({
    ...rules,
    processor: processor ?? { config: { size: { height, width } }, passOrder: "columns" },
  });
}

/**
 * How pictures are made to fit a model, as plain data.
 *
 * @throws VitlabError when the model takes neither colors nor gray, or its image processor has a field without meaning.
 */
export function pictureRules({ model, imageSize, imageProcessor }: FittingModel): PictureRules {
  const { channels, imageSize: size } = model.config;
  if (channels !== 1 && channels !== 3)
    throw new VitlabError(`the model takes ${channels} channels: pictures have 3, or 1 of gray`);
  const made = imageProcessor?.();
  const processor = made ? { config: made.config, passOrder: made.passOrder } : null;
  return { size: sizeOf(size), channels, imageSize, processor };
}
