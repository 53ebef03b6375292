import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { landmarkPatches } from "../../src/data/landmark-patches";
import { needle } from "../../src/data/needle";
import { datasetToTensor } from "../../src/data/to-tensor";
import { Explanation } from "../../src/explain/explanation";
import { occlusion } from "../../src/explain/intervening/occlusion";
import { edgeMap, randomMap } from "../../src/explain/judge/baselines";
import { meanInterval, shareInterval } from "../../src/explain/judge/interval";
import { judge } from "../../src/explain/judge/judge";
import type { JudgedMethod } from "../../src/explain/judge/judgement";
import { descending, spearman } from "../../src/explain/judge/ranks";
import { patchMap } from "../../src/explain/patch-map";
import { Mlp } from "../../src/nn/mlp";
import { loadModel } from "../../src/recipes/load-model";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import type { ViT } from "../../src/vit/model";
import { golden, goldenModel, images, model, withGoldenModel } from "./golden-model";

describe("ranks and intervals", () => {
  it("put the largest first, and of equal numbers the earlier", () => {
    expect(descending([1, 3, 3, 2])).toEqual([1, 2, 3, 0]);
  });

  it("correlate as scipy.stats.spearmanr does, ties and all", () => {
    expect(spearman([1, 2, 3, 4], [10, 20, 30, 40])).toBeCloseTo(1, 12);
    expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
    expect(spearman([1, 2, 2, 4], [3, 1, 2, 5])).toBeCloseTo(1.5 / Math.sqrt(4.5 * 5), 12);
    expect(spearman([1, 1, 1], [1, 2, 3])).toBe(0);
  });

  it("hold the mean 95 of 100 times, and shares within 0 and 1", () => {
    const { mean, low, high } = meanInterval([1, 2, 3, 4]);
    expect([mean, low, high]).toEqual([2.5, expect.closeTo(1.234849, 5), expect.closeTo(3.765151, 5)]);
    const none = shareInterval([false, false, false, false]);
    expect([none.mean, none.low, none.high]).toEqual([0, 0, expect.closeTo(0.489891, 5)]);
  });
});

describe("judging", () => {
  beforeAll(async () => {
    await useEngine(undefined, { quiet: true });
  });
  withGoldenModel();

  it("measures a map as the reference does, beside a random map and edges, and leaves nothing behind", async () => {
    const axes = [{ name: "image" }, { name: "row" }, { name: "column" }];
    const data = golden.data("curves/map");
    const stored = (_: ViT, some: Tensor4D) =>
      new Explanation({
        method: "stored",
        unit: "none",
        axes,
        shape: [2, 6, 4],
        data: some.shape[0] === 2 ? data : data,
      });
    const before = tf.memory().numTensors;
    const judgement = await judge({ stored }, model, images, { sanity: false });
    expect(tf.memory().numTensors).toBe(before);
    const found = judgement.methods.map(({ method, baseline }) => [method, baseline]);
    expect(found).toEqual([
      ["random", true],
      ["edges", true],
      ["stored", false],
    ]);
    const mean = (name: string) => golden.data(name).reduce((sum, value) => sum + value, 0) / 2;
    expect(judgement.methods[2]?.deletion.mean).toBeCloseTo(mean("deletion/area_mean"), 5);
    expect(judgement.methods[2]?.insertion.mean).toBeCloseTo(mean("insertion/area_mean"), 5);
    const even = await judge({ stored }, model, images, { sanity: false, area: "evenTrapezium" });
    expect(even.methods[2]?.deletion.mean).toBeCloseTo(mean("deletion/area_trapezium_even"), 5);
    expect(judgement.agreement[2]?.[2]).toBeCloseTo(1, 12);
  });

  it("has maps that don't depend on the weights stay as they are when weights are made random", async () => {
    const judgement = await judge(["occlusion", "gradient x attention"], model, images);
    const last = (method: JudgedMethod) => method.randomized?.at(-1);
    expect(judgement.methods.map((method) => last(method)?.label)).toEqual(Array(4).fill("everything"));
    const [random, edges, ...explanations] = judgement.methods;
    for (const baseline of [random, edges]) expect(last(baseline as JudgedMethod)?.spearman).toBeCloseTo(1, 12);
    for (const method of explanations) expect(last(method)?.spearman).toBeLessThan(0.9);
    expect(judgement.methods[2]?.randomized).toHaveLength(5);
    expect(judgement.text).toMatch(/^2 images; deletion: lower is better/);
    expect(Buffer.byteLength(judgement.text)).toBeLessThan(1000);
  });

  it("leaves out images that a method says nothing of, and says so; a method that says nothing at all is refused", async () => {
    const shy = (_: ViT, some: Tensor4D) =>
      patchMap(
        Array.from({ length: some.shape[0] }, (_, i) =>
          Float32Array.from({ length: 24 }, (_, patch) => (i === 0 ? 1 : patch)),
        ),
        { rows: 6, columns: 4 },
        { method: "shy", unit: "none" },
      );
    const judgement = await judge({ shy }, model, images, { sanity: false });
    expect(judgement.methods[2]?.images).toBe(1);
    expect(judgement.text).toContain("shy said nothing of 1 images, which are left out");
    const silent = (_: ViT, some: Tensor4D) =>
      patchMap(
        Array.from({ length: some.shape[0] }, () => new Float32Array(24).fill(1)),
        { rows: 6, columns: 4 },
        { method: "silent", unit: "none" },
      );
    await expect(judge({ silent }, model, images, { sanity: false })).rejects.toThrow(/silent gave the same number/);
  });

  it("plays the pointing game against what is known", async () => {
    const best = Array.from({ length: 2 }, (_, i) => [...randomMap(model, images).data.slice(i * 24, i * 24 + 24)]).map(
      (map) => descending(map),
    );
    const truth = [[best[0]![0]!, best[0]![5]!], [best[1]![23]!]];
    const { methods, chance } = await judge(["relevance"], model, images, { sanity: false, truth });
    expect(methods[0]?.points?.mean).toBe(0.5);
    expect(methods[0]?.finds?.mean).toBe(0.25);
    expect(chance).toBeCloseTo((2 / 24 + 1 / 24) / 2, 12);
  });

  it("counts a patch that is named twice once, and compares only images that both methods explain", async () => {
    const { chance } = await judge(["relevance"], model, images, { sanity: false, truth: [[3, 3], [5]] });
    expect(chance).toBeCloseTo(1 / 24, 12);
    const only = (which: number) => (_: ViT, some: Tensor4D, of: readonly number[]) =>
      patchMap(
        of.map((one) => Float32Array.from({ length: 24 }, (_, patch) => (one === which ? patch : 1))),
        { rows: 6, columns: 4 },
        { method: `class ${which} of ${some.shape[0]}`, unit: "none" },
      );
    const apart = await judge({ a: only(0), b: only(1) }, model, images, {
      sanity: false,
      against: "b",
      class: [0, 1],
    });
    expect(apart.methods.map(({ agreement }) => agreement?.mean)).toEqual([
      expect.any(Number),
      expect.any(Number),
      undefined,
      expect.closeTo(1, 12),
    ]);
    expect(apart.text).toMatch(/^a .* -$/m);
    expect(JSON.parse(JSON.stringify(apart)).agreement[2][3]).toBeNull();
  });

  it("stops when asked to, tells how far it is, and leaves nothing behind where a method throws", async () => {
    const before = tf.memory().numTensors;
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(judge("all", model, images, { signal })).rejects.toThrow("enough");
    const fails = () => {
      throw new Error("mine");
    };
    await expect(judge({ fails }, model, images)).rejects.toThrow("mine");
    const many = tf.tile(images, [7, 1, 1, 1]);
    const told: number[][] = [];
    const onProgress = (done: number, of: number) => told.push([done, of]);
    const { count } = await judge(["attention"], model, many, { sanity: false, onProgress });
    expect([count, told]).toEqual([
      14,
      [
        [12, 14],
        [14, 14],
      ],
    ]);
    many.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("writes itself as JSON and CSV", async () => {
    const judgement = await judge(["relevance"], model, images, { sanity: false });
    const { methods, count } = JSON.parse(JSON.stringify(judgement));
    expect([methods.length, count, methods[2].method]).toEqual([3, 2, "relevance"]);
    const lines = judgement.toCSV().trim().split("\n");
    expect(lines[0]).toBe("method,measure,mean,low,high,images");
    expect(lines).toHaveLength(1 + 3 * 2);
  });

  it("refuses in a sentence what it can't judge", async () => {
    const of = (methods: never, options: object = {}) => judge(methods, model, images, { sanity: false, ...options });
    await expect(of(["relevanc"] as never)).rejects.toThrow(/there is no method relevanc|no method "relevanc"/);
    await expect(of({ random: () => edgeMap(model, images) } as never)).rejects.toThrow(/named random/);
    await expect(of("all" as never, { truth: [[1]] })).rejects.toThrow(
      "truth has 1 entries: expected a list of patches for each of the 2 images",
    );
    await expect(of("all" as never, { truth: [[1], [24]] })).rejects.toThrow(
      /truth of image 1 names patch 24: expected patches from 0 to 23/,
    );
    await expect(of("all" as never, { against: "rollouts" })).rejects.toThrow(
      /against is "rollouts", which isn't judged/,
    );
    const coarse = (_: ViT, some: Tensor4D) => occlusion(model, some, { window: 8 });
    await expect(of({ coarse } as never)).rejects.toThrow(
      /coarse gave a map \[2, 3, 2\]: expected one number for each patch, \[2, 6, 4\]/,
    );
    await expect(of({ later: async () => edgeMap(model, images) } as never)).rejects.toThrow(/later gave a promise/);
    await expect(of(["constructor"] as never)).rejects.toThrow(/there is no method "constructor"/);
    await expect(of("all" as never, { truth: [1, 2] })).rejects.toThrow(/truth of image 0 is 1: expected a list/);
    const { model: other } = await goldenModel();
    other.replace("blocks.0.mlp", new Mlp(28, 40, { activation: "gelu", random: new Random(1) })).dispose();
    await expect(judge("all", other, images)).rejects.toThrow(/blocks.0.mlp of this model is of one's own/);
    other.dispose();
    await expect(of("all" as never, { area: "sum" })).rejects.toThrow(/area is "sum"/);
    await expect(
      of({
        flat: () =>
          new Explanation({
            method: "flat",
            unit: "",
            axes: [{ name: "block" }],
            shape: [1],
            data: new Float32Array([1]),
          }),
      } as never),
    ).rejects.toThrow(/flat gave numbers of axes block: expected image, row, column/);
  });
});

it("finds the marks of needle by what the model does; chance and edges don't", async () => {
  await useEngine(undefined, { quiet: true });
  const { model } = await loadModel("vit-needle");
  const dataset = needle({ split: "test", count: 24 });
  const images = datasetToTensor(dataset, { normalize: model.config.normalize });
  const truth = Array.from({ length: 24 }, (_, i) => landmarkPatches(dataset, i, 4).mark as number[]);
  const { methods, chance } = await judge(["relevance", "occlusion"], model, images, { truth, sanity: false });
  const points = Object.fromEntries(methods.map(({ method, points }) => [method, points?.mean as number]));
  expect(chance).toBe(2 / 64);
  // Of 1,000 images: 0.71, 0.89, 0.04 and 0.05.
  expect(points.relevance).toBeGreaterThan(0.4);
  expect(points.occlusion).toBeGreaterThan(0.6);
  expect(points.random).toBeLessThan(0.3);
  expect(points.edges).toBeLessThan(0.3);
  model.dispose();
  images.dispose();
});
