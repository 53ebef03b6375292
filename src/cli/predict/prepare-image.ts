import type { Tensor4D } from "@tensorflow/tfjs";
import { bytesToTensor } from "../../data/dataset";
import { readImage } from "../../data/image-file";
import type { PictureFit } from "../../hub/picture-fit";
import type { ViT } from "../../vit/model";
import { sizeOf } from "../../vit/patches";

/**
 * Reads a picture as a model takes it: `[1, height, width, channels]`; the caller disposes it.
 *
 * @throws VitlabError when the file is no picture, or can't be made to fit.
 */
export async function prepareImage(file: string, { config }: ViT, fit: PictureFit): Promise<Tensor4D> {
  const { pixels } = await fit(await readImage(file));
  const [height, width] = sizeOf(config.imageSize);
  return bytesToTensor(pixels, [1, height, width, config.channels], config.normalize);
}
