import type { Tensor4D } from "@tensorflow/tfjs-core";
import { nextTurn } from "../../base/next-turn";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import type { Explainer } from "./explainers";
import { meanInterval } from "./interval";
import { correlations, type Maps, mapsBy } from "./method-maps";
import { randomizedModels } from "./random-weights";

/** How alike maps are to those of the same method when all weights are random. */
export async function sanityCheck(
  methods: Readonly<Record<string, Explainer>>,
  maps: Readonly<Record<string, Maps>>,
  of: {
    model: ViT;
    images: Tensor4D;
    classes: readonly number[];
    sanity: number;
    seed: number;
    signal: AbortSignal | undefined;
  },
): Promise<Record<string, { label: string; spearman: number }[]>> {
  const { model, images, classes, sanity, seed, signal } = of;
  const some = tf.slice(images, 0, sanity);
  const asked = classes.slice(0, sanity);
  const found: Record<string, { label: string; spearman: number }[]> = {};
  try {
    for (const { label, model: random } of randomizedModels(model, seed))
      for (const [name, method] of Object.entries(methods)) {
        const likeness = correlations(maps[name] as Maps, mapsBy(method, name, random, some, asked));
        const before = found[name] ?? [];
        found[name] = [...before, { label, spearman: likeness.length > 0 ? meanInterval(likeness).mean : 0 }];
        await nextTurn(signal);
      }
    return found;
  } finally {
    some.dispose();
  }
}
