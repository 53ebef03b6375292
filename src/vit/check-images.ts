import type { Tensor4D } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";
import type { FullViTConfig } from "./config";
import { sizeOf } from "./patches";

/** What is done with images of another size than the config's. */
export interface ImageSizeRule {
  /** Whether they are taken as they are. Default false. */
  anySize?: boolean;
  /** What else can be done than to resize them, behind "resize them". Default nothing. */
  hint?: string;
}

/** @throws VitlabError unless images are a batch that a model of this config takes. */
export function checkImages(
  config: Pick<FullViTConfig, "imageSize" | "channels">,
  images: Tensor4D,
  { anySize = false, hint = "" }: ImageSizeRule = {},
): void {
  const [height, width] = sizeOf(config.imageSize);
  const { channels } = config;
  const expected = `[batch, ${height}, ${width}, ${channels}]`;
  if (!(images instanceof tf.Tensor))
    throw new VitlabError(
      `the model got ${show(images)}: expected a tensor of images ${expected}; ` +
        "make one with imageToTensor(image) or datasetToTensor(dataset)",
    );
  checkNotDisposed("the tensor of images", images);
  if (images.rank !== 4)
    throw new VitlabError(
      `the model got ${showShape(images.shape)}: expected images ${expected}; ` +
        "add the batch axis to a single image with tf.expandDims(image, 0)",
    );
  if (images.dtype !== "float32")
    throw new VitlabError(
      `the model got images of type ${images.dtype}: expected float32 in [-1, 1]; ` +
        "scale bytes with tf.sub(tf.div(images, 127.5), 1)",
    );
  const [, h, w, c] = images.shape;
  if (c !== channels)
    throw new VitlabError(
      `the model got ${showShape(images.shape)}: expected images ${expected}, channels last` +
        (images.shape[1] === channels ? "; turn channels-first images with tf.transpose(images, [0, 2, 3, 1])" : ""),
    );
  if (anySize || (h === height && w === width)) return;
  throw new VitlabError(`the model got images of ${h}x${w}: it was made for ${height}x${width}; resize them${hint}`);
}
