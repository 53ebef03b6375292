import path from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { shapes } from "../../src/data/shapes";
import { datasetToTensor } from "../../src/data/to-tensor";
import {
  type PatchActivationsOptions,
  type PatchedValue,
  patchActivations,
} from "../../src/explain/intervening/patch-activations";
import { loadViT } from "../../src/hub/load-vit";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import type { ViT } from "../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { golden, goldenModel } from "./golden-model";

const GOLDENS: [at: PatchedValue, name: string][] = [
  ["input", "resid_pre"],
  ["attention.output", "attn_out"],
  ["mlp.output", "mlp_out"],
];

onEveryEngine("what comes back when one image's values go into another's run", () => {
  let model: ViT;
  let [a, b]: Tensor4D[] = [];
  const found = (options: PatchActivationsOptions) =>
    expectNoLeak(() => patchActivations(model, b as Tensor4D, a as Tensor4D, options));
  beforeAll(async () => {
    const loaded = await goldenModel();
    model = loaded.model;
    [a, b] = tf.split(loaded.images, 2) as Tensor4D[];
    loaded.images.dispose();
  });
  afterAll(() => {
    tf.dispose([a, b] as Tensor4D[]);
    model.dispose();
  });

  it.each(GOLDENS)("has PyTorch's logits with %s exchanged", (at, name) => {
    golden.expectClose(`patch/${name}`, found({ at, of: "logits" }).data);
    golden.expectClose(`patch/${name}_whole`, found({ at, each: "all", of: "logits" }).data);
  });

  it("has PyTorch's logits with heads exchanged, and its share recovered", () => {
    const heads = found({ at: "heads", of: "logits" });
    expect(heads.axes.map(({ name }) => name)).toEqual(["block", "head", "class"]);
    golden.expectClose("patch/head", heads.data);
    golden.expectClose("patch/attn_out_whole", found({ at: "heads", each: "all", of: "logits" }).data);
    const recovered = found({ at: "input" });
    golden.expectClose("patch/recovered", recovered.data);
    expect(recovered.axes[1]?.labels?.slice(0, 2)).toEqual(["class token", "patch 0"]);
    expect(recovered.unit).toBe("share recovered");
  });

  it("recovers everything with the whole stream, and nothing where nothing is read", () => {
    for (const at of ["input", "middle", "output"] as const)
      for (const value of found({ at, each: "all" }).data) expect(value).toBeCloseTo(1, 4);
    const last = found({ at: "output", blocks: [2] });
    expect(last.at(0, 0)).toBeCloseTo(1, 4);
    // The head reads the class token only.
    expect([...last.data.slice(1)]).toEqual(Array(24).fill(0));
    expect(last.notes[1]).toBe(
      "24 of 25 numbers are exactly 0: what was replaced there isn't read, or by the same value.",
    );
  });

  it("changes nothing with an image's own values", () => {
    const own = patchActivations(model, a as Tensor4D, a as Tensor4D, { at: "mlp.output", of: "logits" });
    const logits = golden.data("logits").slice(0, 5);
    for (const [i, value] of own.data.entries()) expect(value).toBeCloseTo(logits[i % 5] as number, 4);
  });

  it("refuses what has nothing to recover", () => {
    const [first, second] = [a, b] as [Tensor4D, Tensor4D];
    expectNoLeak(() => {
      const refused = (from: Tensor4D, into: Tensor4D, options: object, message: string) =>
        expect(() => patchActivations(model, from, into, options as PatchActivationsOptions)).toThrow(message);
      refused(first, first, { at: "input" }, "both images are of class 0, so that there is nothing to recover");
      refused(
        first,
        first,
        { at: "input", classes: [1, 0] },
        "both images have the same logit of class 1 minus that of class 0, so that there is nothing to recover",
      );
      refused(first, second, { at: "heads", each: "token" }, 'each of heads is "token": expected "head" or "all"');
      refused(first, second, { at: "weights" }, 'at is "weights": expected "input" or "middle"');
      refused(first, second, { at: "input", classes: [1] }, "classes is a list: give two");
      refused(first, second, { at: "input", token: 3 }, "patchActivations has no option token");
      const both = tf.concat([first, second]);
      refused(both, second, { at: "input" }, "patchActivations got 2 images at once");
      both.dispose();
      const wide = tf.zeros([1, 16, 24, 3]) as Tensor4D;
      refused(first, wide, { at: "input" }, "the model got images of 16x24");
      wide.dispose();
    });
  });
});

it("finds where a trained model turns a drawn cat into a drawn dog", async () => {
  await useEngine("wasm", { quiet: true });
  const { model } = await loadViT(path.join(__dirname, "..", "..", "data", "models", "vit-shapes"));
  const drawn = shapes({ split: "test", count: 40 });
  const first = (name: string) => drawn.labels.indexOf(drawn.classNames.indexOf(name));
  const [cat, dog] = ["cat", "dog"].map((name) =>
    datasetToTensor(drawn, { indices: [first(name)], normalize: model.config.normalize }),
  ) as [Tensor4D, Tensor4D];
  const recovered = patchActivations(model, cat, dog, { at: "input" });
  const own = model.config.classToken ? 1 : 0;
  // In front of the first block every token says what its own patch shows: the class token tells nothing of the image.
  for (const value of recovered.data.slice(0, own)) expect(value).toBe(0);
  expect(recovered.notes[1]).toMatch(/^1 of \d+ numbers is exactly 0/);
  const whole = patchActivations(model, cat, dog, { at: "input", each: "all", of: "logits" });
  const logits = model.forward(cat);
  const classes = model.config.classes;
  for (const [i, logit] of logits.dataSync().entries()) expect(whole.at(0, i)).toBeCloseTo(logit, 5);
  expect(whole.shape).toEqual([model.config.depth, classes]);
  expect(Math.max(...recovered.data)).toBeGreaterThan(0.1);
  tf.dispose([cat, dog, logits]);
  model.dispose();
});
