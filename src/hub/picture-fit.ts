import { VitlabError } from "../base/error";
import type { ByteImage } from "../data/byte-image";
import { coverImage, cropImage } from "../data/image-file";
import type { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";
import { ImageProcessor } from "./image-processor";

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
export function pictureFit({ model, imageSize, imageProcessor }: FittingModel): PictureFit {
  const [height, width] = sizeOf(model.config.imageSize);
  if (imageProcessor) {
    const fit = bytesFit({ model, imageSize, imageProcessor });
    return async (image) => fit(image);
  }
  const colors = new ImageProcessor({ do_resize: false }, { channels: channelsOf(model) });
  return async (image) => colors.fit(await coverImage(image, { height, width }));
}

/**
 * The same at once, for the images of a data set; where the model has no image processor, by ViT's (bilinear).
 *
 * @throws VitlabError as `pictureFit` does.
 */
export function bytesFit({ model, imageSize, imageProcessor }: FittingModel): (image: ByteImage) => ByteImage {
  const [height, width] = sizeOf(model.config.imageSize);
  const size = { height: imageSize[0], width: imageSize[1] };
  const channels = channelsOf(model);
  const processor = imageProcessor?.() ?? new ImageProcessor({ size }, { channels });
  return (image) => {
    const pixels = processor.fit(image);
    if (pixels.height !== imageSize[0] || pixels.width !== imageSize[1])
      throw new VitlabError(
        `the model's preprocessor_config.json makes ${pixels.height}x${pixels.width} of an image of ${image.height}x${image.width}, ` +
          `and the model takes ${imageSize.join("x")}: set its size to { "height": ${imageSize[0]}, "width": ${imageSize[1]} }`,
      );
    // Rows and columns that fill no patch aren't looked at.
    return cropImage(pixels, { left: 0, top: 0, width, height });
  };
}

function channelsOf({ config: { channels } }: ViT): number {
  if (channels !== 1 && channels !== 3)
    throw new VitlabError(`the model takes ${channels} channels: pictures have 3, or 1 of gray`);
  return channels;
}
