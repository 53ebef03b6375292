import type { ByteImage } from "../data/byte-image";
import { coverImage, cropImage } from "../data/image-file";
import { ImageProcessor } from "../hub/image-processor";
import { VitlabError } from "../tensor/error";
import { sizeOf } from "../vit/patches";
import type { GivenModel } from "./load-model";

/** Makes a picture the bytes that a model takes: its height, width and channels. */
export type PictureFit = (image: ByteImage) => Promise<ByteImage>;

/**
 * How pictures are made to fit a model, the same wherever it meets them: as its image processor says; where it has none,
 * as `vitlab train` reads folders, cut to the model's proportions and resized.
 *
 * The numbers are made of these bytes as the model's `config.normalise` says.
 *
 * @throws VitlabError when the model takes neither colours nor grey, or its image processor has a field without meaning;
 *   with a picture, when that comes out in another size than the model takes.
 */
export function pictureFit({
  model,
  imageSize,
  imageProcessor,
}: Pick<GivenModel, "model" | "imageSize" | "imageProcessor">): PictureFit {
  const { channels } = model.config;
  const [height, width] = sizeOf(model.config.imageSize);
  if (channels !== 1 && channels !== 3)
    throw new VitlabError(`the model takes ${channels} channels: pictures have 3, or 1 of grey`);
  if (!imageProcessor) {
    const colours = new ImageProcessor({ do_resize: false }, { channels });
    return async (image) => colours.pixels(await coverImage(image, { height, width }));
  }
  const processor = imageProcessor();
  return async (image) => {
    const pixels = await processor.pixels(image);
    if (pixels.height !== imageSize[0] || pixels.width !== imageSize[1])
      throw new VitlabError(
        `the model's preprocessor_config.json makes ${pixels.height}x${pixels.width} of an image of ${image.height}x${image.width}, ` +
          `and the model takes ${imageSize.join("x")}: set its size to { "height": ${imageSize[0]}, "width": ${imageSize[1]} }`,
      );
    // Rows and columns that fill no patch aren't looked at.
    return cropImage(pixels, { left: 0, top: 0, width, height });
  };
}
