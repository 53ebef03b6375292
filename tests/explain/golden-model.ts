import path from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll } from "vitest";
import { loadViT } from "../../src/hub/load-vit";
import type { ViT } from "../../src/vit/model";
import { Golden } from "../support/golden";

/** The small model of tests/goldens/explain, with the numbers that PyTorch found of it. */
export const golden = new Golden("explain/golden");

/** The classes that are explained: the largest logit of each image. */
export const classes = golden.json.scalars.classes as number[];

/** The model of the tests that run, where they are between `withGoldenModel`'s hooks, and its two images. */
export let model: ViT;
export let images: Tensor4D;

/** Loads the model and its images before the tests of a `describe`, and disposes them after. */
export function withGoldenModel(): void {
  beforeAll(async () => {
    ({ model, images } = await goldenModel());
  });
  afterAll(() => {
    model.dispose();
    images.dispose();
  });
}

/** The model and its two images; dispose both. */
export async function goldenModel(): Promise<{ model: ViT; images: Tensor4D }> {
  const { model } = await loadViT(path.join(__dirname, "..", "goldens", "explain"));
  return { model, images: golden.images("pixel_values") as Tensor4D };
}
