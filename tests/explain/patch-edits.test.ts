import type { Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { maskPatches, shufflePatches, swapPatches } from "../../src/explain/intervening/patch-edits";
import type { Edit } from "../../src/nn/forward-context";
import { tf } from "../../src/tensor/tf";
import { ViT } from "../../src/vit/model";
import { unpatchify } from "../../src/vit/patches";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { classes, golden, images, model, withGoldenModel } from "./golden-model";

onEveryEngine("patches that are edited in a run", () => {
  withGoldenModel();

  const probabilities = (patches: Edit) =>
    tf.tidy(() => model.predict(images, { edit: { patches } }).dataSync() as never) as unknown as Float32Array;

  it("masks a patch as the reference's occlusion does", () => {
    const before = tf.tidy(() => model.predict(images).dataSync() as never) as unknown as Float32Array;
    for (const [name, color] of [
      ["mean", "mean"],
      ["zero", 0],
    ] as const) {
      const drops = Array.from({ length: 24 }, (_, patch) => {
        const after = expectNoLeak(() => probabilities(maskPatches(model, [patch], { color })));
        return classes.map((of, image) => (before[image * 5 + of] as number) - (after[image * 5 + of] as number));
      });
      golden.expectClose(
        `occlusion/${name}/drop`,
        [0, 1].flatMap((image) => drops.map((each) => each[image] as number)),
      );
    }
  });

  it("swaps two patches, and shuffles all by the seed", () => {
    const swapped = model.run(images, { names: ["patches"], edit: { patches: swapPatches(3, 20) } });
    const plain = model.run(images, { names: ["patches"] });
    const row = ({ trace }: typeof swapped, patch: number) => [
      ...trace
        .get("patches")
        .dataSync()
        .slice(patch * 48, (patch + 1) * 48),
    ];
    expect([row(swapped, 3), row(swapped, 20), row(swapped, 4)]).toEqual([
      row(plain, 20),
      row(plain, 3),
      row(plain, 4),
    ]);
    const orders = [1, 1, 2].map((seed) => {
      const shuffled = tf.tidy(() => shufflePatches(seed)(plain.trace.get("patches")).dataSync() as never);
      return [...(shuffled as unknown as Float32Array)];
    });
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).not.toEqual(orders[0]);
    const sorted = (values: ArrayLike<number>) => [...Array.from(values)].sort((a, b) => a - b);
    expect(sorted(orders[0] as number[])).toEqual(sorted(plain.trace.get("patches").dataSync()));
    for (const { trace, logits } of [plain, swapped]) {
      trace.dispose();
      logits.dispose();
    }
    expectNoLeak(() => probabilities(shufflePatches(3)));
  });

  it.each(["chw", "hwc"] as const)("paints each channel of patches in order %s", (patchOrder) => {
    const size = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 8, classes: 2 };
    const small = new ViT({ ...size, patchOrder });
    const pixels = tf.randomUniform([1, 8, 8, 3], -1, 1, "float32", 4) as Tensor4D;
    const masked = (color: readonly number[] | "mean") => {
      const { trace, logits } = small.run(pixels, {
        names: ["patches"],
        edit: { patches: maskPatches(small, [1], { color }) },
      });
      const painted = unpatchify(trace.get("patches"), 4, 8, { order: patchOrder });
      const [here, there] = [painted.slice([0, 0, 4], [1, 4, 4]), painted.slice([0, 4, 0], [1, 4, 8])];
      const found = [[...here.dataSync()], [...there.dataSync()]];
      tf.dispose([painted, here, there, logits]);
      trace.dispose();
      return found;
    };
    const rest = tf.tidy(() => [...tf.slice(pixels, [0, 4, 0], [1, 4, 8]).dataSync()] as never) as unknown as number[];
    expect(masked([0.25, -0.5, 1])).toEqual([Array(16).fill([0.25, -0.5, 1]).flat(), rest]);
    const mean = tf.tidy(() => [...tf.mean(pixels, [0, 1, 2]).dataSync()] as never) as unknown as number[];
    for (const [i, value] of (masked("mean")[0] as number[]).entries())
      expect(value).toBeCloseTo(mean[i % 3] as number, 5);
    small.dispose();
    pixels.dispose();
  });

  it("refuses patches that aren't there, once the images are known", () => {
    const refused = (edit: Record<string, Edit>, message: string) =>
      expectNoLeak(() => expect(() => model.run(images, { edit })).toThrow(message));
    refused({ patches: maskPatches(model, [24]) }, "there is no patch 24: the images have patches 0 to 23");
    refused({ patches: swapPatches(3, 30) }, "there is no patch 30");
    refused({ "blocks.0.attention.weights": shufflePatches() }, "shufflePatches got a value [2, 4, 25, 25]: it edits");
  });
});

describe("edits of patches", () => {
  it("refuse what changes nothing or is no patch", () => {
    const model = new ViT({ imageSize: 8, patchSize: 8, dim: 8, depth: 1, heads: 2, mlpDim: 8, classes: 2 });
    expect(() => swapPatches(3, 3)).toThrow("swapPatches got patch 3 twice, which changes nothing: give two patches");
    expect(() => maskPatches(model, [])).toThrow("maskPatches got no patch, which changes nothing");
    expect(() => maskPatches(model, [1, 1])).toThrow("maskPatches got patch 1 twice: name each once");
    expect(() => maskPatches(model, [-1])).toThrow("there is no patch -1: patches are counted from 0");
    expect(() => swapPatches(0.5, 1)).toThrow("there is no patch 0.5");
    expect(() => maskPatches(model, [0], { color: [0, 1] })).toThrow('color is a list: expected "mean", a number, or');
    expect(() => maskPatches(model, [0], { colour: 0 } as never)).toThrow("maskPatches has no option colour");
    expect(() => maskPatches([0] as never, model as never)).toThrow("maskPatches got a list for its model");
    expect(() => shufflePatches(Number.NaN)).toThrow("a seed is NaN");
    const images = tf.zeros([1, 8, 8, 3]) as Tensor4D;
    expect(() => model.run(images, { edit: { patches: shufflePatches() } })).toThrow("got a single patch");
    images.dispose();
    model.dispose();
  });
});
