import { VitlabError } from "../base/error";
import { areaCover } from "../data/area-resize";
import { type ByteImage, byteImage } from "../data/byte-image";
import { cropImage } from "../data/crop-image";
import type { PassOrder } from "../data/pil-resize";
import { withChannels } from "../data/with-channels";
import { takeSteps } from "./picture-step";
import { type ImageProcessorConfig, type ProcessorSteps, processorSteps } from "./processor-config";

/** How pictures are made to fit a model, as plain data: the same in Node and in a page. */
export interface PictureRules {
  /** The [height, width] that the model takes. */
  size: readonly [number, number];
  /** 3, or 1 of gray. */
  channels: number;
  /** The [height, width] that its image processor makes; more than `size` where that fills no patch. */
  imageSize: readonly [number, number];
  /** Null where the model has none. */
  processor: { config: Readonly<ImageProcessorConfig>; passOrder: PassOrder } | null;
}

/**
 * Makes pictures the bytes that a model takes, by its image processor, or where it has none cut to the model's proportions
 * and resized.
 *
 * @throws VitlabError when a field of the image processor has no meaning; with a picture, when that comes out in another size
 *   than the model takes.
 */
export function fitByRules({ size, channels, imageSize, processor }: PictureRules): (image: ByteImage) => ByteImage {
  const [height, width] = size;
  if (!processor) return (image) => byteImage(withChannels(areaCover(image, { height, width }), channels));
  const steps = processorSteps(processor.config, channels);
  return (image) => {
    checkBytesCanFit(steps);
    const pixels = takeSteps(image, steps.picture, { channels, passOrder: processor.passOrder });
    if (pixels.height !== imageSize[0] || pixels.width !== imageSize[1])
      throw new VitlabError(
        `the model's preprocessor_config.json makes ${pixels.height}x${pixels.width} of an image of ${image.height}x${image.width}, ` +
          `and the model takes ${imageSize.join("x")}: set its size to { "height": ${imageSize[0]}, "width": ${imageSize[1]} }`,
      );
    // Rows and columns that fill no patch aren't looked at.
    return cropImage(pixels, { left: 0, top: 0, width, height });
  };
}

/** @throws VitlabError when the steps fill up the numbers. */
export function checkBytesCanFit({ pad }: ProcessorSteps): void {
  if (pad)
    throw new VitlabError(
      "the image processor's do_pad fills up with zeros once the numbers are normalized, which no byte stands for: " +
        "take the numbers of tensor(), or set do_pad to false",
    );
}
