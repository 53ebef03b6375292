import type { Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compareModels } from "../../src/explain/comparing/compare-models";
import { difference } from "../../src/explain/comparing/difference";
import { attentionDistance } from "../../src/explain/seeing/attention-distance";
import { attentionMap } from "../../src/explain/seeing/attention-map";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { ViT } from "../../src/vit/model";
import { expectNoLeak } from "../support/engines";

const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 2, heads: 2, mlpDim: 16, classes: 3 };
let before: ViT;
let after: ViT;
let images: Tensor4D;
beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  before = new ViT(config, { seed: 1 });
  after = new ViT(config, { seed: 2 });
  images = tf.randomUniform([2, 8, 8, 3], -1, 1, "float32", 1) as Tensor4D;
});
afterAll(() => {
  before.dispose();
  after.dispose();
  images.dispose();
});

const probe = (model: ViT) => attentionMap(model, images);

it("puts the answers of models side by side, by name", () => {
  const found = expectNoLeak(() => compareModels({ before, after }, probe));
  expect(found.shape).toEqual([2, 2, 2, 2]);
  expect(found.axes[0]).toEqual({ name: "model", labels: ["before", "after"] });
  expect([...found.data]).toEqual([...probe(before).data, ...probe(after).data]);
  expect(found.method).toBe(probe(before).method);
  expect(found.text).toContain("most at ");
});

it("subtracts explanations of the same axes", () => {
  const [a, b] = [probe(before), probe(after)];
  const found = difference(a, b);
  expect(found.at(1, 0, 1)).toBe(Math.fround(a.at(1, 0, 1) - b.at(1, 0, 1)));
  expect(found.method).toBe(`difference of ${a.method}`);
  const head = attentionMap(before, images, { head: 0 });
  expect(difference(a, head).method).toBe(`${a.method} minus ${head.method}`);
});

it("refuses what doesn't compare", () => {
  const distance = attentionDistance(before, images);
  expect(() => difference(probe(before), distance)).toThrow(
    "of the first and of the second don't compare: image, row, column and image, block, head; ask the same of both",
  );
  expect(() => difference(probe(before), probe(before))).toThrow("both explanations are the same everywhere");
  expect(() => difference(probe(before), undefined as never)).toThrow(
    "difference got undefined: give two explanations",
  );
  const scores = attentionMap(before, images, { of: "scores" });
  expect(() => difference(probe(before), scores)).toThrow("share of attention and score before the softmax");
  const deeper = new ViT({ ...config, depth: 3 });
  expect(() => compareModels({ before, deeper }, (model) => attentionDistance(model, images))).toThrow(
    "of before and of deeper don't compare: [2, 2, 2] and [2, 3, 2]",
  );
  deeper.dispose();
  expect(() => compareModels({ before }, probe)).toThrow("compareModels got one model: give at least two by name");
  expect(() => compareModels({ before, after: 3 as never }, probe)).toThrow("compareModels got 3 for its model after");
  expect(() => compareModels({ before, after }, () => 3 as never)).toThrow("of before the question gave 3");
  expect(() => compareModels({ before, after }, undefined as never)).toThrow("for what it asks");
});
