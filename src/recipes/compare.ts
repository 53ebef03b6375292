import { meanAndDeviation } from "../base/mean-and-deviation";
import { type AugmentOptions, augment } from "../data/augment";
import type { ImageDataset } from "../data/dataset";
import { evaluate } from "../train/evaluate";
import { finetuneOptions } from "../train/finetune";
import { fit } from "../train/fit";
import type { FitOptions } from "../train/fit-options";
import type { FitResult } from "../train/fit-result";
import type { TrainingRun } from "../train/training-run";
import { ViT } from "../vit/model";
import { withNewHead } from "../vit/new-head";

/** How the comparison runs. */
export interface CompareOptions {
  /** Images to learn from, the same for both ways. */
  train: ImageDataset;
  test: ImageDataset;
  seeds: readonly number[];
  epochs: number;
  signal?: AbortSignal;
  /** Told of each run; returns when it has ended. */
  follow(run: TrainingRun, title: string): Promise<FitResult>;
}

/** Test accuracies of one way to train, one a seed. */
export interface Arm {
  accuracies: number[];
  mean: number;
  /** Standard deviation over the seeds, n - 1 in the denominator. */
  spread: number;
}

/** What the comparison came to. */
export interface Comparison {
  classes: readonly string[];
  images: number;
  testImages: number;
  seeds: readonly number[];
  epochs: number;
  finetuned: Arm;
  fromScratch: Arm;
  /** In points of test accuracy. */
  gain: number;
}

/**
 * Fine-tunes a model and trains the same architecture from scratch on the same few images, with the same number of steps,
 * augmentation and optimizer; from scratch all blocks learn at the whole learning rate, as they have nothing to keep.
 *
 * Nothing is chosen by the images it is measured on: both ways run as they are, for each seed.
 */
export async function compareFinetuning(model: ViT, options: CompareOptions): Promise<Comparison | null> {
  const { train, test, seeds, epochs, signal, follow } = options;
  const classes = train.classNames;
  const results = { finetuned: [] as number[], fromScratch: [] as number[] };
  const common = { train, epochs, augment: augment(LIGHT), timing: false, signal };
  for (const seed of seeds)
    for (const way of ["finetuned", "fromScratch"] as const) {
      const own: ViT =
        way === "finetuned"
          ? withNewHead(model, classes.length, { seed })
          : new ViT({ ...model.config, classes: classes.length }, { seed });
      try {
        const recipe: FitOptions = finetuneOptions(own, { ...common, seed });
        const run = fit(own, way === "finetuned" ? recipe : { ...recipe, layerDecay: 1 });
        const { reason } = await follow(run, `${way === "finetuned" ? "fine-tuned" : "from scratch"}, seed ${seed}`);
        if (reason !== "finished") return null;
        results[way].push((await evaluate(own, test, { signal })).accuracy);
      } finally {
        own.dispose();
      }
    }
  const finetuned = armOf(results.finetuned);
  const fromScratch = armOf(results.fromScratch);
  const gain = 100 * (finetuned.mean - fromScratch.mean);
  const images = train.length;
  return { classes, images, testImages: test.length, seeds, epochs, finetuned, fromScratch, gain };
}

/** What both ways see of their images. */
const LIGHT: AugmentOptions = { flip: true, shift: 2, color: 0.2 };

/** Mean and spread of some accuracies. */
export function armOf(accuracies: number[]): Arm {
  const { mean, deviation } = meanAndDeviation(accuracies);
  return { accuracies, mean, spread: deviation };
}

/** The comparison in plain lines. */
export function describeComparison(comparison: Comparison): string {
  const { classes, images, testImages, epochs, finetuned, fromScratch, gain } = comparison;
  const line = (name: string, { accuracies, mean, spread }: Arm) =>
    `${name.padEnd(12)}  ${(100 * mean).toFixed(1)} % ± ${(100 * spread).toFixed(1)}  (${accuracies.map((a) => (100 * a).toFixed(1)).join(", ")})`;
  return [
    `${classes.join(" or ")}: ${images.toLocaleString("en-US")} training images, ${epochs} epochs, test accuracy on ${testImages.toLocaleString("en-US")} images, mean ± standard deviation over seeds ${comparison.seeds.join(", ")}`,
    line("fine-tuned", finetuned),
    line("from scratch", fromScratch),
    `fine-tuning gains ${gain.toFixed(1)} points`,
  ].join("\n");
}
