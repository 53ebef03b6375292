import { describe, expect, it } from "vitest";
import { withFieldDefaults } from "../../src/base/field";
import { Random } from "../../src/base/random";
import type { FullViTConfig, ViTConfig } from "../../src/vit/config";
import { CONFIG_FIELDS } from "../../src/vit/config-fields";
import { configProblems } from "../../src/vit/config-problems";
import { presets } from "../../src/vit/presets";

const least: ViTConfig = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };

function problemsOf(config: ViTConfig) {
  return [...configProblems(withFieldDefaults(CONFIG_FIELDS, config as FullViTConfig))];
}

describe("configProblems", () => {
  it("finds none in what can be", () => {
    for (const config of [least, ...Object.values(presets)]) expect(problemsOf(config)).toEqual([]);
  });

  it.each<[Partial<ViTConfig>, Record<string, string>]>([
    [
      { dim: 32, heads: 5 },
      { heads: "5 heads don't divide dim 32: 4 does", dim: "5 heads don't divide dim 32: they divide 30" },
    ],
    [
      { imageSize: 32, patchSize: 5 },
      {
        patchSize: "5 doesn't divide 32x32 pixels: 4 does",
        imageSize: "patchSize 5 doesn't divide 32x32: 30x30 it does",
      },
    ],
    [
      { positions: "sincos2d", dim: 10 },
      {
        dim: "sincos2d positions need a dim of 8 or more that 4 divides: 12 is one",
        positions: "sincos2d needs a dim of 8 or more that 4 divides: learned takes 10",
      },
    ],
    [{ dropout: 1.5 }, { dropout: "must be at least 0 and below 1; the nearest is 0.99" }],
    [{ depth: 2000 }, { depth: "must be at most 1,000; the nearest is 1000" }],
    [
      { classToken: false },
      {
        classToken: "the pool cls reads the class token: yes gives it one",
        pool: "there is no class token: mean does without",
      },
    ],
    [{ channels: 1, normalize: { mean: [0, 0, 0], std: [1, 1, 1] } }, { channels: "normalize is of 3 channels" }],
  ])("says beside the fields of %j what can be", (fields, sentences) => {
    const [problem, ...more] = problemsOf({ ...least, ...fields });
    expect(more).toEqual([]);
    expect(Object.fromEntries(problem!.remedies.map(({ field, sentence }) => [field, sentence]))).toEqual(sentences);
  });

  it("names values with which each problem is gone, of whatever config", () => {
    const random = new Random(5);
    const pick = <T>(...of: T[]): T => of[random.integer(of.length)]!;
    let found = 0;
    for (let i = 0; i < 100; i++) {
      const config: ViTConfig = {
        imageSize: pick<ViTConfig["imageSize"]>(8, 30, [24, 36], [7, 5], 4096, 20_000),
        patchSize: pick(1, 3, 4, 7, 100),
        channels: pick(1, 3, 5000),
        dim: pick(1, 6, 10, 33, 64, 4096),
        depth: pick(1, 0, 3, 200),
        heads: pick(1, 3, 4, 5, 7),
        mlpDim: pick(16, 65_536),
        classes: 3,
        positions: pick("learned" as const, "sincos1d" as const, "sincos2d" as const, "none" as const),
        initialization: pick("vit" as const, "mimetic" as const),
        classToken: pick(true, false),
        distillationToken: pick(true, false),
      };
      for (const { message, remedies } of problemsOf(config)) {
        expect(remedies.length).toBeGreaterThan(0);
        for (const { field, nearest } of remedies) {
          if (nearest === undefined) continue;
          found++;
          const messages = problemsOf({ ...config, [field]: nearest }).map((problem) => problem.message);
          expect(messages, `${field} ${nearest} in ${JSON.stringify(config)}`).not.toContain(message);
        }
      }
    }
    expect(found).toBeGreaterThan(100);
  });
});
