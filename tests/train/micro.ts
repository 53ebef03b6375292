import { Random } from "../../src/base/random";
import { type ImageDataset, imageDataset } from "../../src/data/dataset";
import type { TrainingEvent } from "../../src/train/events";
import type { TrainingRun } from "../../src/train/training-run";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";

/** The smallest model that has every part, dropout included. */
export const microConfig: ViTConfig = {
  imageSize: 8,
  patchSize: 4,
  dim: 8,
  depth: 1,
  heads: 2,
  mlpDim: 16,
  classes: 3,
  dropout: 0.1,
  attentionDropout: 0.1,
};

export function microModel(config: Partial<ViTConfig> = {}): ViT {
  return new ViT({ ...microConfig, ...config }, { seed: 7 });
}

/** Noisy images, each brightest in the color of its class: learnable, not trivial. */
export function colors(count: number, { seed = 1, split = "train" } = {}): ImageDataset {
  const random = new Random(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const images = new Uint8Array(count * 8 * 8 * 3);
  for (let i = 0; i < images.length; i++) {
    const image = Math.floor(i / (8 * 8 * 3));
    images[i] = random.integer(160) + (i % 3 === labels[image] ? 90 : 0);
  }
  const classNames = ["red", "green", "blue"];
  return imageDataset({ name: "colors", split, height: 8, width: 8, channels: 3, classNames, images, labels });
}

/** Everything a run tells, until it ends. */
export async function collect(run: TrainingRun): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

/** Events with no time, which no two runs share. */
export function untimed<T extends object>(events: readonly T[]): T[] {
  return events.map((event) => ({ ...event, ...("seconds" in event && { seconds: 0 }) }));
}

/** The weights as one list of numbers. */
export function weightsOf(model: ViT): number[] {
  return Object.values(model.stateDict()).flatMap(({ data }) => [...data]);
}
