import { imageDataset } from "../../data/dataset";
import type { AnyDataset } from "../../data/examples";
import { trainingFlops } from "../../train/flops";
import { planTraining } from "../../train/plan";
import type { FullViTConfig } from "../../vit/config";
import { CONFIG_FIELDS } from "../../vit/config-fields";
import { ViT } from "../../vit/model";
import { sizeOf } from "../../vit/patches";
import type { TimedStep } from "./form-cost";
import type { TweakValues } from "./form-fields";
import { trainingOptions } from "./training-options";

/** Times a few training steps of a new model on the images, or on gray ones where there are none. */
export async function timeStep(values: TweakValues, train?: AnyDataset): Promise<TimedStep> {
  const { batchSize, accumulate } = values;
  const config = Object.fromEntries(
    (Object.keys(CONFIG_FIELDS) as (keyof FullViTConfig)[]).map((name) => [name, values[name]]),
  ) as unknown as FullViTConfig;
  const model = new ViT(train ? config : { ...config, ...CHOOSES_A_CLASS, classes: Math.max(2, config.classes) });
  try {
    const { schedule: _, ...options } = trainingOptions(values);
    const images = train ?? grayImages(values, batchSize * accumulate);
    const plan = await planTraining(model, { ...options, train: images, epochs: 1 });
    const count = Math.min(images.length, batchSize * accumulate);
    const { secondsPerStep, peakBytes } = plan;
    return { seconds: secondsPerStep!, peakBytes: peakBytes!, flops: trainingFlops(config) * count, values };
  } finally {
    model.dispose();
  }
}

const CHOOSES_A_CLASS = { problemType: "single_label_classification" } as const;

function grayImages({ imageSize, channels, classes }: TweakValues, count: number): AnyDataset {
  const [height, width] = sizeOf(imageSize);
  return imageDataset({
    name: "gray images",
    split: "none",
    height,
    width,
    channels,
    classNames: Array.from({ length: Math.max(2, classes) }, (_, i) => `class ${i}`),
    images: new Uint8Array(count * height * width * channels).fill(128),
    labels: new Int32Array(count),
  });
}
