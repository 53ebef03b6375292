import { existsSync } from "node:fs";
import path from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { shapes } from "../../src/data/shapes";
import { saveViT } from "../../src/hub/save-vit";
import { EncoderBlock } from "../../src/nn/encoder-block";
import { LayerScale } from "../../src/nn/layer-scale";
import { SwiGLU } from "../../src/nn/swiglu";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint, saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { fit } from "../../src/train/fit";
import { ViT } from "../../src/vit/model";
import { temporaryFolder } from "../data/helpers";
import { onEveryEngine } from "../support/engines";

const config = { imageSize: 16, patchSize: 8, dim: 8, depth: 2, heads: 2, mlpDim: 16, classes: 10 };

onEveryEngine("a block that was replaced", () => {
  it("is what is trained, and with all else frozen its weights alone move", async () => {
    const model = new ViT(config, { seed: 1 });
    const block = new EncoderBlock(8, { heads: 4, mlpDim: 24, norm: "pre", activation: "gelu", random: new Random(2) });
    const old = model.replace("blocks.0", block);
    expect(model.blocks[0]).toBe(block);
    const before = { model: model.stateDict(), old: old.stateDict() };
    await fit(model, {
      train: shapes({ count: 20, size: 16, seed: 1 }),
      epochs: 1,
      freeze: "*",
      thaw: "blocks.0.*",
      timing: false,
    });
    expect(old.stateDict()).toEqual(before.old);
    const after = model.stateDict();
    for (const [name, { data }] of Object.entries(after))
      expect(
        data.some((value, i) => value !== before.model[name]?.data[i]),
        name,
      ).toBe(name.startsWith("blocks.0."));
    for (const each of [old, model]) each.dispose();
  });

  it("may have any layer for its attention or MLP: what skips it is added all the same", () => {
    const model = new ViT({ ...config, depth: 1 }, { seed: 1 });
    const image = tf.ones([1, 16, 16, 3]) as Tensor4D;
    const block = model.blocks[0] as EncoderBlock;
    for (const [name, by] of [
      ["mlp", new SwiGLU(8, 16, { random: new Random(3) })],
      ["attention", new LayerScale(8, { initial: 0 })],
      ["mlp", new LayerScale(8, { initial: 0 })],
    ] as const)
      block.replace(name, by).dispose();
    const { logits, trace } = model.run(image);
    // Both branches are 0 now, so that the block hands on what it gets.
    expect(trace.get("blocks.0.output").arraySync()).toEqual(trace.get("blocks.0.input").arraySync());
    tf.dispose([image, logits]);
    for (const each of [trace, model]) each.dispose();
  });

  it("can't be put into the list by hand, where it would compute and the old one be trained", () => {
    const model = new ViT(config);
    expect(() => {
      (model.blocks as EncoderBlock[])[0] = model.blocks[1] as EncoderBlock;
    }).toThrow(TypeError);
    model.dispose();
  });
});

it("is not written as what the config says, which is another model", async () => {
  const model = new ViT(config);
  const other = new EncoderBlock(8, { heads: 4, mlpDim: 16, norm: "pre", activation: "gelu", random: null });
  const [first] = model.blocks;
  const old = (first as EncoderBlock).replace("mlp", other.mlp);
  const refused = (what: string) =>
    `blocks.0.mlp of this model is of someone's own, which its config doesn't tell: ${what} would be read back as another model`;
  const dir = path.join(temporaryFolder(), "model");
  await expect(saveViT(model, dir)).rejects.toThrow(refused("a folder in Hugging Face's format"));
  expect(existsSync(dir)).toBe(false);
  for (const each of [old, other, model]) each.dispose();
});

it("is saved with what it is made of, and fills a model that is made so", async () => {
  const made = (heads: number) => {
    const model = new ViT(config, { seed: heads });
    const options = { heads, mlpDim: 16, norm: "pre", activation: "gelu", random: new Random(heads) } as const;
    model.replace("blocks.1", new EncoderBlock(8, options)).dispose();
    return model;
  };
  const [model, same, other, plain] = [made(4), made(4), made(2), new ViT(config)];
  const dir = path.join(temporaryFolder(), "model");
  await saveCheckpoint(dir, model);
  await expect(loadCheckpoint(dir)).rejects.toThrow(
    "holds a ViT with modules of someone's own, which only the code that made it can make",
  );
  same.blocks[0]?.norm1.bias.assign(tf.ones([8]));
  await loadCheckpoint(dir, { model: same });
  expect(same.stateDict()).toEqual(model.stateDict());
  const before = other.stateDict();
  await expect(loadCheckpoint(dir, { model: other })).rejects.toThrow(
    "heads of blocks.1.attention was 4 and is 2; make it as it was made then",
  );
  expect(other.stateDict()).toEqual(before);
  await saveCheckpoint(dir, plain);
  await expect(loadCheckpoint(dir, { model: same })).rejects.toThrow("is of another structure");
  for (const each of [model, same, other, plain]) each.dispose();
});

it("leaves no tensor behind", () => {
  const start = tf.memory().numTensors;
  const model = new ViT(config);
  const old = model.replace(
    "blocks.1",
    new EncoderBlock(8, { heads: 2, mlpDim: 8, norm: "pre", activation: "relu", random: null }),
  );
  for (const each of [old, model]) each.dispose();
  expect(tf.memory().numTensors).toBe(start);
});
