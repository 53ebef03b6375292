import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { needle } from "../../src/data/needle";
import { datasetToTensor } from "../../src/data/to-tensor";
import type { Explanation } from "../../src/explain/explanation";
import { ablate } from "../../src/explain/intervening/ablate";
import { occlusion } from "../../src/explain/intervening/occlusion";
import { patchActivations } from "../../src/explain/intervening/patch-activations";
import { maskPatches, shufflePatches, swapPatches } from "../../src/explain/intervening/patch-edits";
import { edgeMap, randomMap } from "../../src/explain/judge/baselines";
import { deletionCurve, insertionCurve } from "../../src/explain/judge/perturbation";
import { directLogitAttribution } from "../../src/explain/reading/direct-attribution";
import { logitLens } from "../../src/explain/reading/logit-lens";
import { attentionDistance } from "../../src/explain/seeing/attention-distance";
import { attentionEntropy } from "../../src/explain/seeing/attention-entropy";
import { attentionMap } from "../../src/explain/seeing/attention-map";
import { attentionRollout } from "../../src/explain/seeing/attention-rollout";
import { embeddingFilters } from "../../src/explain/seeing/embedding-filters";
import { gradientAttention } from "../../src/explain/seeing/gradient-attention";
import { patchSimilarity } from "../../src/explain/seeing/patch-similarity";
import { positionSimilarity } from "../../src/explain/seeing/position-similarity";
import { relevance } from "../../src/explain/seeing/relevance";
import { residualNorms } from "../../src/explain/seeing/residual-norms";
import { tokenComponents } from "../../src/explain/seeing/token-components";
import { weightedAttention } from "../../src/explain/seeing/weighted-attention";
import type { Edit } from "../../src/nn/forward-context";
import { loadModel } from "../../src/recipes/load-model";
import { type EngineName, useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import type { ViT } from "../../src/vit/model";
import { engines, expectNoLeak } from "../support/engines";

type Explains = (model: ViT, image: Tensor4D, other: Tensor4D) => Explanation;

/** Every method, of one image or, where it takes two, of the next as well. */
const explanations: Record<string, Explains> = {
  attentionMap: (model, image) => attentionMap(model, image),
  "scores before the softmax": (model, image) => attentionMap(model, image, { of: "scores", query: "all" }),
  weightedAttention: (model, image) => weightedAttention(model, image),
  attentionRollout: (model, image) => attentionRollout(model, image),
  "rollout of the largest": (model, image) => attentionRollout(model, image, { fusion: "max" }),
  gradientAttention: (model, image) => gradientAttention(model, image),
  relevance: (model, image) => relevance(model, image),
  attentionDistance: (model, image) => attentionDistance(model, image),
  attentionEntropy: (model, image) => attentionEntropy(model, image),
  patchSimilarity: (model, image) => patchSimilarity(model, image, { query: 27 }),
  tokenComponents: (model, image) => tokenComponents(model, image),
  positionSimilarity: (model) => positionSimilarity(model),
  embeddingFilters: (model) => embeddingFilters(model),
  "components of filters": (model) => embeddingFilters(model, { components: 3 }),
  residualNorms: (model, image) => residualNorms(model, image),
  logitLens: (model, image) => logitLens(model, image, { states: "all" }),
  directLogitAttribution: (model, image) => directLogitAttribution(model, image),
  "attribution by source": (model, image) => directLogitAttribution(model, image, { by: "sources" }),
  "heads knocked out": (model, image) => ablate(model, image, { what: "heads", with: "zero", of: "logits" }),
  "MLPs at their mean": (model, image) => ablate(model, image, { what: "mlp", with: "mean", of: "logits" }),
  occlusion: (model, image) => occlusion(model, image, { of: "logit" }),
  patchActivations: (model, image, other) =>
    patchActivations(model, other, image, { at: "output", blocks: [1], of: "logits" }),
  deletionCurve: (model, image) => deletionCurve(model, image, edgeMap(model, image)),
  insertionCurve: (model, image) => insertionCurve(model, image, edgeMap(model, image)),
  edgeMap: (model, image) => edgeMap(model, image),
  randomMap: (model, image) => randomMap(model, image),
};

type Numbers = (...given: Parameters<Explains>) => ArrayLike<number>;

const methods: Record<string, Numbers> = {
  ...Object.fromEntries(
    Object.entries(explanations).map(([name, explain]): [string, Numbers] => [
      name,
      (...given) => explain(...given).data,
    ]),
  ),
  maskPatches: (model, image) => edited(model, image, maskPatches(model, [27, 28])),
  swapPatches: (model, image) => edited(model, image, swapPatches(3, 60)),
  shufflePatches: (model, image) => edited(model, image, shufflePatches(2)),
};

function edited(model: ViT, image: Tensor4D, patches: Edit): ArrayLike<number> {
  return tf.tidy(() => model.forward(image, { edit: { patches } }).dataSync());
}

const found: Partial<Record<EngineName, Record<string, ArrayLike<number>>>> = {};

beforeAll(async () => {
  for (const engine of engines) {
    await useEngine(engine, { quiet: true });
    const { model } = await loadModel("vit-needle");
    const pictures = needle({ split: "test", count: 2 });
    const { normalize } = model.config;
    const [image, other] = [0, 1].map((i) => datasetToTensor(pictures, { indices: [i], normalize })) as [
      Tensor4D,
      Tensor4D,
    ];
    found[engine] = Object.fromEntries(
      Object.entries(methods).map(([name, explain]) => [name, expectNoLeak(() => explain(model, image, other))]),
    );
    model.dispose();
    tf.dispose([image, other]);
  }
}, 300_000);

it.each(Object.keys(methods))("%s has the same numbers on every engine, and leaves no tensor behind", (name) => {
  const [first, ...others] = engines.map((engine) => found[engine]?.[name] as ArrayLike<number>);
  const wanted = first as ArrayLike<number>;
  const most = Array.from(wanted).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  expect(most).toBeGreaterThan(0);
  for (const each of others) {
    expect(each.length).toBe(wanted.length);
    for (let i = 0; i < wanted.length; i++)
      expect(Math.abs((each[i] as number) - (wanted[i] as number)), `number ${i}`).toBeLessThanOrEqual(1e-4 * most);
  }
});
