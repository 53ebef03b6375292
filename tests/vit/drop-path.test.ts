import type { Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { ForwardContext } from "../../src/nn/forward-context";
import { tf } from "../../src/tensor/tf";
import { ViT } from "../../src/vit/model";

const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 3, heads: 2, mlpDim: 16, classes: 3 };

describe("dropPath of a model", () => {
  it("changes training and not use", () => {
    const plain = new ViT(config, { seed: 1 });
    const model = new ViT({ ...config, dropPath: 0.5 }, { seed: 1 });
    tf.tidy(() => {
      const images = tf.randomUniform([20, 8, 8, 3], -1, 1, "float32", 1) as Tensor4D;
      const used = [...plain.forward(images).dataSync()];
      expect([...model.forward(images).dataSync()]).toEqual(used);
      const trained = [...model.forward(images, { training: true, random: new Random(2) }).dataSync()];
      expect(trained).not.toEqual(used);
      expect([...plain.forward(images, { training: true }).dataSync()]).toEqual(used);
    });
    plain.dispose();
    model.dispose();
  });

  it("rises from 0 in the first block to its rate in the last", () => {
    const model = new ViT({ ...config, dropPath: 0.999 }, { seed: 1 });
    tf.tidy(() => {
      const images = tf.randomUniform([4, 8, 8, 3], -1, 1, "float32", 1) as Tensor4D;
      const { trace } = model.run(images);
      const inputs = [0, 1, 2].map((i) => trace.get(`blocks.${i}.input`));
      const changed = inputs.map((x, i) =>
        tf.tidy(() => {
          const context = { training: true, random: new Random(5) };
          const block = model.blocks[i] as (typeof model.blocks)[number];
          const out = block.forward(x as Parameters<typeof block.forward>[0], new ForwardContext(context));
          return tf.max(tf.abs(tf.sub(out, x))).dataSync()[0] as number;
        }),
      );
      expect(changed[0]).toBeGreaterThan(0);
      expect(changed[2]).toBe(0);
      trace.dispose();
    });
    model.dispose();
  });

  it("must be at least 0 and below 1", () => {
    expect(() => new ViT({ ...config, dropPath: 1 })).toThrow(
      "config.dropPath is 1: it must be at least 0 and below 1",
    );
  });
});
