import type { Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { type Ablated, type AblateOptions, ablate } from "../../src/explain/intervening/ablate";
import { tf } from "../../src/tensor/tf";
import { ViT } from "../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { classes, golden, images, model, withGoldenModel } from "./golden-model";

const GOLDEN_PARTS: [what: Ablated, name: string][] = [
  ["heads", "head"],
  ["attention", "attention"],
  ["mlp", "mlp"],
  ["blocks", "block"],
];
const GOLDEN_WITH: [kind: AblateOptions["with"], name: string][] = [
  ["zero", "zero"],
  ["mean", "mean"],
  ["meanPerToken", "mean_per_token"],
];

onEveryEngine("what a ViT loses when a part is knocked out", () => {
  withGoldenModel();

  it.each(GOLDEN_PARTS)("has PyTorch's logits without its %s", (what, part) => {
    for (const [kind, name] of GOLDEN_WITH) {
      const found = expectNoLeak(() => ablate(model, images, { what, with: kind, of: "logits" }));
      expect(found.shape).toEqual(golden.shape(`ablate/${part}/${name}`));
      golden.expectClose(`ablate/${part}/${name}`, found.data);
    }
  });

  it("gives the drop of the logit of each image's class", () => {
    const logits = golden.data("logits");
    const after = ablate(model, images, { what: "heads", with: "zero", of: "logits" });
    const drops = expectNoLeak(() => ablate(model, images, { what: "heads", with: "zero" }));
    expect(drops.axes.map(({ name }) => name)).toEqual(["image", "block", "head"]);
    for (const [image, of] of classes.entries())
      expect(drops.at(image, 2, 3)).toBeCloseTo((logits[image * 5 + of] as number) - after.at(image, 2, 3, of), 4);
    const other = ablate(model, images, { what: "heads", with: "zero", class: 4 });
    expect(other.at(1, 0, 2)).toBeCloseTo((logits[9] as number) - after.at(1, 0, 2, 4), 4);
    expect(other.notes[0]).toBe("The logit is that of class 4, before minus after.");
  });

  it("replaces the token of a position alone", () => {
    const drops = expectNoLeak(() => ablate(model, images, { what: "positions", with: "mean", blocks: [2] }));
    expect(drops.shape).toEqual([2, 1, 25]);
    expect(drops.axes[2]?.labels?.slice(0, 2)).toEqual(["class token", "patch 0"]);
    const { logits, trace } = model.run(images, { names: ["blocks.2.input"] });
    const edited = model.forward(images, {
      edit: {
        "blocks.2.input": (value) => {
          const mean = tf.mean(value, [0, 1], true);
          const isToken = tf.reshape(tf.oneHot(7, 25), [1, 25, 1]);
          return tf.where(tf.cast(isToken, "bool"), mean, value);
        },
      },
    });
    const [before, after] = [logits.dataSync(), edited.dataSync()];
    for (const [image, of] of classes.entries())
      expect(drops.at(image, 0, 7)).toBeCloseTo(
        (before[image * 5 + of] as number) - (after[image * 5 + of] as number),
        5,
      );
    trace.dispose();
    logits.dispose();
    edited.dispose();
  });

  it("samples the value of the other image", () => {
    const drops = expectNoLeak(() => ablate(model, images, { what: "positions", with: "resample", of: "logits" }));
    // Of the two images each gets the other's: one token of image B in the run of image A.
    const first = drops.data.slice(0, 3 * 25 * 5);
    golden.expectClose("patch/resid_pre", first);
    const swapped = ablate(model, images, { what: "attention", with: "resample", of: "logits" });
    golden.expectClose("patch/attn_out_whole", swapped.data.slice(0, 15));
  });

  it("takes means and samples from a reference", () => {
    const one = tf.slice(images, 0, 1);
    const options = { what: "mlp", with: "meanPerToken", of: "logits" } as const;
    const alone = expectNoLeak(() => ablate(model, one, { ...options, reference: images }));
    golden.expectClose("ablate/mlp/mean_per_token", [
      ...alone.data,
      ...golden.data("ablate/mlp/mean_per_token").slice(15),
    ]);
    const sampled = ablate(model, one, { what: "mlp", with: "resample", of: "logits", reference: images });
    golden.expectClose("patch/mlp_out_whole", sampled.data);
    expect(() => ablate(model, one, { what: "mlp", with: "meanPerToken" })).toThrow(
      "meanPerToken of one image is what the image has itself: give at least two images, or a reference of so many",
    );
    expect(() => ablate(model, one, { what: "mlp", with: "resample" })).toThrow(
      "there is no other image to sample for image 0",
    );
    one.dispose();
  });

  it("samples other images by the seed", () => {
    const pixels = tf.randomUniform([6, 24, 16, 3], -1, 1, "float32", 5) as Tensor4D;
    const found = [0, 0, 1].map((seed) =>
      expectNoLeak(() => [...ablate(model, pixels, { what: "mlp", with: "resample", seed }).data]),
    );
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).not.toEqual(found[0]);
    const alike = tf.tidy(() => tf.gather(pixels, [0, 0]));
    expect(() => ablate(model, alike, { what: "mlp", with: "resample" })).toThrow("there is no other image to sample");
    tf.dispose([pixels, alike]);
  });

  it("refuses a knock-out without effect, and names parts without any", () => {
    const { weight } = (model.blocks[1] as (typeof model.blocks)[0]).attention.projection;
    const kept = tf.clone(weight);
    const silent = tf.tidy(() => tf.concat([tf.zeros([14, 28]), tf.slice(kept, [14, 0])], 0));
    weight.assign(silent as typeof kept);
    const drops = expectNoLeak(() => ablate(model, images, { what: "heads", with: "zero" }));
    expect([drops.at(0, 1, 0), drops.at(1, 1, 1)]).toEqual([0, 0]);
    expect(drops.at(0, 1, 2)).not.toBe(0);
    expect(drops.notes[1]).toBe(
      "4 of 24 numbers are exactly 0: what was replaced there isn't read, or by the same value.",
    );
    weight.assign(tf.tidy(() => tf.zerosLike(kept)));
    for (const of of ["drop", "logits"] as const)
      expectNoLeak(() =>
        expect(() => ablate(model, images, { what: "heads", with: "zero", blocks: [1], of })).toThrow(
          "the knock-out of each head changes no logit of any image: nothing reads what was replaced",
        ),
      );
    weight.assign(kept);
    for (const tensor of [kept, silent]) tensor.dispose();
  });
});

describe("a knock-out", () => {
  const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 2, heads: 2, mlpDim: 16, classes: 3 };
  const refusals: [title: string, options: object, message: string][] = [
    ["another part", { what: "layers", with: "zero" }, 'what is "layers": expected "heads" or "attention"'],
    ["another stand-in", { what: "mlp", with: "noise" }, 'with is "noise": expected "zero" or "mean"'],
    ["no such block", { what: "mlp", with: "zero", blocks: [2] }, "there is no block 2: the model has blocks 0 to 1"],
    [
      "a block twice",
      { what: "mlp", with: "zero", blocks: [1, 1] },
      "blocks is [1,1]: give a list of blocks, each once",
    ],
    ["no such class", { what: "mlp", with: "zero", class: 3 }, "there is no class 3"],
    ["an option that isn't there", { what: "mlp", with: "zero", token: 3 }, "ablate has no option token"],
  ];
  it.each(refusals)("refuses %s", (_, options, message) => {
    const model = new ViT(config);
    const images = tf.randomUniform([2, 8, 8, 3], -1, 1, "float32", 1) as Tensor4D;
    expectNoLeak(() => expect(() => ablate(model, images, options as AblateOptions)).toThrow(message));
    model.dispose();
    images.dispose();
  });

  it("refuses a model that mixes images", () => {
    const model = new ViT({ ...config, attentionOverBatch: true });
    const images = tf.randomUniform([2, 8, 8, 3], -1, 1, "float32", 1) as Tensor4D;
    expect(() => ablate(model, images, { what: "mlp", with: "zero" })).toThrow("attends between the images of a batch");
    model.dispose();
    images.dispose();
  });
});
