import type { Tensor4D } from "@tensorflow/tfjs";
import { readImage, resizeImage } from "../data/image-file";
import { VitlabError } from "../tensor/error";
import { tf } from "../tensor/tf";
import type { GivenModel } from "./load-model";

/**
 * Reads pictures as a model takes them: `[batch, height, width, channels]`, values in [-1, 1].
 *
 * @throws VitlabError when a file is no picture, or the model takes neither colours nor grey.
 */
export async function prepareImages(
  files: readonly string[],
  { model, imageSize: [height, width] }: Pick<GivenModel, "model" | "imageSize">,
): Promise<Tensor4D> {
  const { channels } = model.config;
  if (channels !== 1 && channels !== 3)
    throw new VitlabError(`the model takes ${channels} channels: pictures have 3, or 1 of grey`);
  const values = new Float32Array(files.length * height * width * channels);
  let at = 0;
  for (const file of files) {
    const { pixels } = await resizeImage(await readImage(file), { width, height });
    for (let pixel = 0; pixel < height * width; pixel++) {
      const [red, green, blue] = pixels.subarray(3 * pixel, 3 * pixel + 3) as unknown as [number, number, number];
      // Grey as ITU-R 601 weighs the colours.
      for (const byte of channels === 3 ? [red, green, blue] : [0.299 * red + 0.587 * green + 0.114 * blue])
        values[at++] = byte / 127.5 - 1;
    }
  }
  return tf.tensor4d(values, [files.length, height, width, channels]);
}
