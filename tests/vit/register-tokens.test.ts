import type { Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint, saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { temporaryFolder } from "../data/helpers";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn } from "../tensor/directional-derivative";

const config: ViTConfig = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };

onEveryEngine("register tokens", () => {
  it.each<[string, Partial<ViTConfig>, front: number]>([
    ["behind the class token", {}, 1],
    ["behind the distillation token", { distillationToken: true }, 2],
    ["first where there is no class token", { classToken: false, pool: "mean" }, 0],
  ])("stand %s, without a position, and change no other token", (_, fields, front) => {
    expectNoLeak(() => {
      const plain = new ViT({ ...config, ...fields }, { seed: 1 });
      const model = new ViT({ ...config, ...fields, registerTokens: 2 }, { seed: 2 });
      model.loadStateDict({ ...model.stateDict(), ...plain.stateDict() });
      tf.tidy(() => {
        const images = drawn<Tensor4D>([2, 8, 8, 3], new Random(3));
        const tokens = ({ trace }: ReturnType<ViT["run"]>) => {
          const kept = tf.clone(trace.get<Tensor3D>("embeddings"));
          trace.dispose();
          return kept;
        };
        const [without, withThem] = [tokens(plain.run(images)), tokens(model.run(images))];
        const part = (x: Tensor3D, first: number, count: number) =>
          tf.slice(x, [0, first, 0], [2, count, 8]).dataSync();
        expect(withThem.shape).toEqual([2, front + 2 + 4, 8]);
        expect(part(withThem, 0, front)).toEqual(part(without, 0, front));
        expect(part(withThem, front + 2, 4)).toEqual(part(without, front, 4));
        const registers = model.embeddings.registerTokens?.dataSync() as Float32Array;
        expect([...part(withThem, front, 2)]).toEqual([...registers, ...registers]);
      });
      plain.dispose();
      model.dispose();
    });
  });

  it("are not read by the mean of the patches", () => {
    const model = new ViT({ ...config, depth: 1, registerTokens: 3, pool: "mean", classToken: false }, { seed: 1 });
    tf.tidy(() => {
      const images = drawn<Tensor4D>([2, 8, 8, 3], new Random(3));
      const { trace } = model.run(images);
      const patches = tf.slice(trace.get<Tensor3D>("normalized"), [0, 3, 0], [2, 4, 8]);
      expect(trace.get("pooled").dataSync()).toEqual(tf.mean(patches, 1).dataSync());
      trace.dispose();
    });
    model.dispose();
  });
});

it.each<Partial<ViTConfig>>([{ registerTokens: 3 }, { distillationToken: true }])(
  "a checkpoint of %j is the same model",
  async (fields) => {
    const model = new ViT({ ...config, ...fields }, { seed: 1 });
    const dir = `${temporaryFolder()}/model`;
    await saveCheckpoint(dir, model);
    const { model: loaded } = await loadCheckpoint(dir);
    expect(loaded.config).toEqual(model.config);
    expect(loaded.stateDict()).toEqual(model.stateDict());
    for (const each of [model, loaded]) each.dispose();
  },
);

it.each([-1, 1.5, 2000])("%d registers are refused", (registerTokens) => {
  expect(() => new ViT({ ...config, registerTokens })).toThrow("config.registerTokens");
});
