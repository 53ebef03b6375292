import { expect, it } from "vitest";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { parameterShapes } from "../../src/vit/parameter-shapes";
import { presets } from "../../src/vit/presets";
import { onEveryEngine } from "../support/engines";

const small: ViTConfig = { imageSize: 8, patchSize: 4, dim: 8, depth: 2, heads: 2, mlpDim: 12, classes: 3 };

onEveryEngine("parameterShapes", () => {
  it.each<[string, ViTConfig]>([
    ["the least", small],
    ["one channel, not square", { ...small, channels: 1, imageSize: [8, 12] }],
    ["no class token", { ...small, classToken: false, pool: "mean" }],
    ["fixed positions", { ...small, positions: "sincos2d" }],
    ["no positions", { ...small, positions: "none" }],
    ["no biases of query, key and value", { ...small, qkvBias: false }],
    ["post-norm", { ...small, norm: "post" }],
    ["a distillation token", { ...small, distillationToken: true }],
    ["registers", { ...small, registerTokens: 3 }],
    ["both, and no positions", { ...small, distillationToken: true, registerTokens: 2, positions: "none" }],
    ["pre-norm without a last norm", { ...small, finalNorm: false }],
    ["tiny", presets.tiny],
    ["the article's", presets.articleSimpleViT],
  ])("has names and shapes of a model in its order, without making it: %s", (_, config) => {
    const model = new ViT(config, { seed: null });
    const made = [...model.namedParameters()].map(([name, { shape }]) => [name, shape]);
    expect([...parameterShapes(model.config)]).toEqual(made);
    model.dispose();
  });
});
