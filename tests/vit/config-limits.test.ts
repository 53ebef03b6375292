import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { MOST } from "../../src/vit/config-limits";
import { ViT } from "../../src/vit/model";
import { patchGridSize } from "../../src/vit/patches";
import { presets } from "../../src/vit/presets";

const ABSURD = [1e9, 1e15, 2 ** 53, 1e308, Number.POSITIVE_INFINITY, -1, 0.5, Number.NaN, "8", null, [], {}];
const small: ViTConfig = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };
const NUMBERS = ["imageSize", "patchSize", "channels", "dim", "depth", "heads", "mlpDim", "classes"] as const;
const SHARES = ["dropout", "attentionDropout", "embeddingDropout", "dropPath", "layerNormEps"] as const;

/** What `new ViT` says within a second, having made nothing. */
function refusal(config: unknown): string {
  const before = tf.memory().numTensors;
  const start = performance.now();
  try {
    new ViT(config as ViTConfig, { seed: null });
  } catch (error) {
    expect(error).toBeInstanceOf(VitlabError);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(tf.memory().numTensors).toBe(before);
    return (error as Error).message;
  }
  return expect.fail("nothing was refused");
}

describe("a config that asks for more than there is", () => {
  it.each(NUMBERS.flatMap((field) => ABSURD.map((value) => [field, value] as const)))(
    "is refused by the field's name before anything is made: %s %s",
    (field, value) => {
      // Null is nothing said, and the channels have a default.
      if (field === "channels" && value === null) return;
      expect(refusal({ ...small, [field]: value })).toContain(`config.${field} is `);
    },
  );

  it.each(
    SHARES.flatMap((field) => [1e308, Number.POSITIVE_INFINITY, Number.NaN, "0.1", {}].map((v) => [field, v] as const)),
  )("as are shares out of range: %s %s", (field, value) => {
    expect(refusal({ ...small, [field]: value })).toContain(`config.${field} is `);
  });

  it.each(["finalNorm", "classToken", "qkvBias", "attentionOverBatch"])(
    "as is a switch that is no switch: %s",
    (field) => {
      expect(refusal({ ...small, [field]: "false" })).toBe(`config.${field} is "false": it must be true or false`);
    },
  );

  it.each([
    [[1e308], [0.5]],
    [[0.5], [1e308]],
    [[0.5], [1e-300]],
  ])("as is a normalization beyond any pixel's: mean %s, std %s", (mean, std) => {
    expect(refusal({ ...small, channels: 1, normalize: { mean, std } })).toContain("config.normalize is ");
  });

  it("tells the limit", () => {
    expect(refusal({ ...small, depth: 1001 })).toBe("config.depth is 1001: it must be at most 1,000");
    expect(refusal({ ...small, imageSize: [20_000, 8] })).toBe(
      "config.imageSize is 20000x8: a side must be at most 16,384 pixels",
    );
  });

  it("tells the count where each field is within its limit and all together are not", () => {
    expect(refusal({ ...small, dim: 4096, mlpDim: 16_384, heads: 16, depth: 100 })).toBe(
      "the config makes a model of 20,138,229,763 parameters: they must be at most 2,147,483,648; make dim, mlpDim or depth smaller",
    );
    expect(refusal({ ...small, imageSize: 4096, positions: "none" })).toBe(
      "config.imageSize and config.patchSize make 1024x1024 patches, 1,048,576 in all: they must be at most 16,384; " +
        "use larger patches or smaller images",
    );
    expect(refusal({ ...small, imageSize: 16_384, patchSize: 16_384, positions: "none", dim: 1, heads: 1 })).toContain(
      "make images of 16384x16384x3, 805,306,368 numbers: they must be at most 268,435,456",
    );
  });

  it("leaves room for every model that is known", () => {
    // ViT-G/14 of Zhai et al., "Scaling Vision Transformers", 2022, table 2.
    const giant = { imageSize: 224, patchSize: 14, dim: 1664, depth: 48, heads: 16, mlpDim: 8192, classes: 21_843 };
    for (const config of [...Object.values(presets), giant, { ...presets.vitBase16, imageSize: 1024 }])
      for (const field of NUMBERS)
        expect(Math.max(...[config[field as keyof typeof config] ?? 3].flat().map(Number))).toBeLessThanOrEqual(
          MOST[field],
        );
  });
});

it("a patch size that nothing divides is refused at once", () => {
  const start = performance.now();
  expect(() => patchGridSize(32, 1e9)).toThrow("patch size 1000000000 does not divide its height 32");
  expect(performance.now() - start).toBeLessThan(1000);
});
