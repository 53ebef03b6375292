import util from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { ParameterCount } from "../../src/nn/module";
import { useEngine } from "../../src/tensor/node/engine";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { presets } from "../../src/vit/presets";

/** Counted on a model one block deep, because all blocks are alike. */
function parametersOf(config: ViTConfig): number {
  const model = new ViT({ ...config, depth: 1 });
  const { total, parts } = model.parameterCount();
  model.dispose();
  return total + (config.depth - 1) * (parts["blocks.0"] as ParameterCount).total;
}

describe("presets", () => {
  beforeAll(async () => {
    await useEngine(undefined, { quiet: true });
  });

  it.each([
    ["articleSimpleViT", 279_018],
    ["articleAsPrinted", 279_018],
    ["tiny", 119_194],
    ["small", 811_146],
    ["vitBase16", 86_567_656],
  ] as [keyof typeof presets, number][])("%s has %i parameters", (name, count) => {
    expect(parametersOf(presets[name])).toBe(count);
  });

  it("articleSimpleViT has those of PyTorch's program, part by part", () => {
    const model = new ViT(presets.articleSimpleViT);
    const { total, parts } = model.parameterCount();
    const sizes = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.total]));
    // 48 x 32 + 32, 32, 65 x 32; 3 x (32² + 32) + 32² + 32, 2 x 32 x 2048 + 2048 + 32, 2 x 64; 32 x 10 + 10.
    expect(sizes).toEqual({ embeddings: 3680, "blocks.0": 137_504, "blocks.1": 137_504, head: 330 });
    expect(total).toBe(279_018);
    model.dispose();
  });

  it("read as a sentence in a notebook", () => {
    const model = new ViT(presets.tiny);
    expect(util.inspect(model)).toBe(
      "ViT for images of 32x32 with 3 channels: 8x8 patches of 4x4, 4 pre-norm blocks of dim 48 with 4 heads and mlpDim 192 " +
        '(gelu), learned positions, dropout 0.1, pool "cls", 10 classes; 119,194 parameters',
    );
    model.dispose();
  });

  it("parts add up to the total at every level", () => {
    const model = new ViT(presets.tiny);
    const check = ({ total, parts }: ParameterCount) => {
      const inside = Object.values(parts);
      if (inside.length > 0) expect(inside.reduce((sum, part) => sum + part.total, 0)).toBe(total);
      inside.forEach(check);
    };
    const count = model.parameterCount();
    check(count);
    expect(count.total).toBe(model.parameters().reduce((sum, { size }) => sum + size, 0));
    model.dispose();
  });
});
