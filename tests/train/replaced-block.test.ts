import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { shapes } from "../../src/data/shapes";
import { EncoderBlock } from "../../src/nn/encoder-block";
import { tf } from "../../src/tensor/tf";
import { fit } from "../../src/train/fit";
import { ViT } from "../../src/vit/model";
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

  it("can't be put into the list by hand, where it would compute and the old one be trained", () => {
    const model = new ViT(config);
    expect(() => {
      (model.blocks as EncoderBlock[])[0] = model.blocks[1] as EncoderBlock;
    }).toThrow(TypeError);
    model.dispose();
  });
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
