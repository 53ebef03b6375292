import type { AugmentOptions } from "../data/augment";
import type { DrawnName } from "../data/drawn-by-name";
import type { MixOptions } from "../data/mix";
import type { ViTConfig } from "../vit/config";

/** Everything that one of the project's own models is made by: data alone, so that it can be printed beside the result. */
export interface ModelRecipe {
  readonly name: string;
  /** What the model is for, in one sentence. */
  readonly summary: string;
  readonly data: "cifar10" | DrawnName;
  /** Training images that are drawn, where they are not as many as usual. */
  readonly drawn?: number;
  /** Classes that are left out of the data. */
  readonly without: readonly string[];
  /** The architecture; the number of classes follows from the data. */
  readonly model: Omit<ViTConfig, "classes">;
  readonly epochs: number;
  readonly batchSize: number;
  /** Muon moves the blocks' matrices alone; all else learns by AdamW. */
  readonly optimizer: "adamw" | "muon";
  /** After the warm-up; a cosine brings it down to 0. */
  readonly learningRate: number;
  /** Of matrices alone. */
  readonly weightDecay: number;
  readonly warmupEpochs: number;
  readonly labelSmoothing: number;
  /** Longest gradient let through. */
  readonly clipNorm: number;
  /** Decay of the average of weights. */
  readonly ema: number;
  readonly augment: AugmentOptions;
  readonly mix: MixOptions | null;
  readonly seed: number;
  /** What was chosen by the validation images, and what they said, in sentences. */
  readonly chosen: string | null;
}
