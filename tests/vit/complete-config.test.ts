import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { completeConfig } from "../../src/vit/complete-config";
import type { ViTConfig } from "../../src/vit/config";
import { presets } from "../../src/vit/presets";

const least: ViTConfig = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };

describe("completeConfig", () => {
  it("fills in what ViT does where nothing is said", () => {
    expect(completeConfig(least)).toEqual({
      ...least,
      channels: 3,
      registerTokens: 0,
      norm: "pre",
      finalNorm: true,
      activation: "gelu",
      pool: "cls",
      classToken: true,
      positions: "learned",
      dropout: 0,
      attentionDropout: 0,
      embeddingDropout: 0,
      dropPath: 0,
      normalize: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      qkvBias: true,
      layerNormEps: 1e-12,
      patchOrder: "chw",
      initialization: "vit",
      attentionOverBatch: false,
      distillationToken: false,
      problemType: "single_label_classification",
    });
  });

  it("keeps what is said, and reads undefined as nothing said", () => {
    const said: Partial<ViTConfig> = { norm: "post", pool: "mean", classToken: false, dropout: 0.2, imageSize: [8, 4] };
    expect(completeConfig({ ...least, ...said })).toMatchObject(said);
    expect(completeConfig({ ...least, norm: undefined, dropout: undefined })).toMatchObject({
      norm: "pre",
      dropout: 0,
    });
  });

  it("normalizes once more after the last block with pre-norm, not with post-norm, unless told", () => {
    expect(completeConfig({ ...least, norm: "post" }).finalNorm).toBe(false);
    expect(completeConfig({ ...least, norm: "post", finalNorm: true }).finalNorm).toBe(true);
    expect(completeConfig({ ...least, finalNorm: false }).finalNorm).toBe(false);
  });

  it("leaves the config it got alone", () => {
    const mine = { ...least };
    completeConfig(mine);
    expect(mine).toEqual(least);
  });

  it.each<[string, unknown]>([
    ["the model's config is undefined: give one of presets.articleSimpleViT, presets.articleAsPrinted,", undefined],
    ['the model\'s config is "tiny": give one of presets.', "tiny"],
    ["config has no field embedDim: did you mean dim? the fields are imageSize, patchSize,", { ...least, embedDim: 8 }],
    ["config has no field num_heads: did you mean heads?", { ...least, num_heads: 2 }],
    ["config has no field numClasses: did you mean classes?", { ...least, numClasses: 2 }],
    ["config has no field patch_size: did you mean patchSize?", { ...least, patch_size: 2 }],
    ["config has no field zebra: the fields are", { ...least, zebra: 2 }],
  ])("teaches: %s", (sentence, config) => {
    expect(() => completeConfig(config as ViTConfig)).toThrow(VitlabError);
    expect(() => completeConfig(config as ViTConfig)).toThrow(sentence);
  });

  const wrong: [Record<string, unknown>, string][] = [
    [{ patchSize: 0 }, "config.patchSize is 0: it must be a whole number, 1 or more"],
    [{ dim: 7.5 }, "config.dim is 7.5: it must be a whole number, 1 or more"],
    [{ depth: -1 }, "config.depth is -1: it must be a whole number, 1 or more"],
    [{ heads: Number.NaN }, "config.heads is NaN: it must be a whole number, 1 or more"],
    [{ mlpDim: "64" }, "config.mlpDim is 64: it must be a whole number, 1 or more"],
    [{ classes: undefined }, "config.classes is undefined: it must be a whole number, 1 or more"],
    [{ channels: 0 }, "config.channels is 0: it must be a whole number, 1 or more"],
    [{ imageSize: 8.5 }, "config.imageSize is 8.5: it must be whole pixels, or [height, width]"],
    [{ imageSize: [8, 0] }, "config.imageSize is [8, 0]: it must be whole pixels, or [height, width]"],
    [{ imageSize: [8] }, "config.imageSize is [8]: it must be whole pixels, or [height, width]"],
    [{ imageSize: undefined }, "config.imageSize is undefined: it must be whole pixels, or [height, width]"],
    [
      { imageSize: [30, 32] },
      "image is 30x32: patch size 4 does not divide its height 30; use patch size 2 or resize to 32x32",
    ],
    [
      { dim: 12, heads: 5 },
      "config.heads is 5, which does not divide dim 12; use one of 1, 2, 3, 4, 6, 12 heads or another dim",
    ],
    [{ norm: "none" }, 'config.norm is "none": it must be one of pre, post'],
    [{ activation: "silu" }, 'config.activation is "silu": it must be one of gelu, gelu_tanh, relu'],
    [{ pool: "max" }, 'config.pool is "max": it must be one of cls, mean'],
    [{ positions: "rope" }, 'config.positions is "rope": it must be one of learned, sincos1d, sincos2d, none'],
    [{ patchOrder: "whc" }, 'config.patchOrder is "whc": it must be one of chw, hwc'],
    [{ initialization: "he" }, 'config.initialization is "he": it must be one of torch, vit, mimetic'],
    [{ dropout: 1 }, "config.dropout is 1: it must be at least 0 and below 1"],
    [{ attentionDropout: -0.1 }, "config.attentionDropout is -0.1: it must be at least 0 and below 1"],
    [{ embeddingDropout: Number.NaN }, "config.embeddingDropout is NaN: it must be at least 0 and below 1"],
    [{ layerNormEps: 0 }, "config.layerNormEps is 0: it must be above 0"],
    [{ classToken: false }, 'config.pool is "cls" but classToken is false: set classToken to true, or pool to "mean"'],
    [{ positions: "sincos1d", dim: 9, heads: 3 }, "sincos1d positions need an even dim, got 9; choose an even dim"],
    [
      { initialization: "mimetic", dim: 6, heads: 2 },
      'config.initialization is "mimetic", but its sines for the positions need a dim of 8 or more that 4 divides, got 6; ' +
        'use such a dim or "vit"',
    ],
    [
      { positions: "sincos2d", dim: 6 },
      "sincos2d positions need a dim of 8 or more that 4 divides, got 6; choose such a dim",
    ],
  ];
  it.each(wrong)("refuses %j", (fields, sentence) => {
    const complete = () => completeConfig({ ...least, ...fields } as ViTConfig);
    expect(complete).toThrow(VitlabError);
    let message = "";
    try {
      complete();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe(sentence);
  });
});

it("completeConfig refuses channels that are no number, before it makes anything of them", () => {
  const channels = { toString: 1, valueOf: 2 } as unknown as number;
  expect(() => completeConfig({ ...presets.tiny, channels })).toThrow(
    "config.channels is an object: it must be a whole number, 1 or more",
  );
});
