import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { datasetToTensor } from "../../src/data/to-tensor";
import { type Moment, movie } from "../../src/explain/comparing/movie";
import { attentionMap } from "../../src/explain/seeing/attention-map";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { loadSnapshots } from "../../src/train/checkpoint/snapshots";
import { fit } from "../../src/train/fit";
import type { TrainingRun } from "../../src/train/training-run";
import type { ViT } from "../../src/vit/model";
import { colors, microModel } from "../train/micro";

const work = mkdtempSync(join(tmpdir(), "vitlab-movie-"));
const drawn = colors(12);
let model: ViT;
let images: Tensor4D;
let run: TrainingRun;
beforeAll(async () => {
  await useEngine("wasm", { quiet: true });
  model = microModel();
  images = datasetToTensor(drawn, { indices: [0, 1], normalize: model.config.normalize });
  run = fit(model, { train: drawn, epochs: 2, batchSize: 4, timing: false, snapshots: { dir: work } });
  await run;
});
afterAll(() => {
  model.dispose();
  images.dispose();
  rmSync(work, { recursive: true, force: true });
});

const probe = (each: ViT) => attentionMap(each, images);

it("shows what a model attends to over the epochs of its training", async () => {
  const before = tf.memory().numTensors;
  const found = await movie(run, probe);
  expect(tf.memory().numTensors - before, "tensors left behind").toBe(0);
  expect(found.shape).toEqual([3, 2, 2, 2]);
  expect(found.axes.map(({ name }) => name)).toEqual(["epoch", "image", "row", "column"]);
  expect(found.axes[0]?.labels).toEqual(["epoch 0", "epoch 1", "epoch 2"]);
  const now = probe(model);
  expect([...found.data.slice(16)]).toEqual([...now.data]);
  const { model: first } = await loadCheckpoint(loadSnapshots(work).list[0]?.dir as string);
  expect([...found.data.slice(0, 8)]).toEqual([...probe(first).data]);
  expect([...found.data.slice(0, 8)]).not.toEqual([...now.data]);
  first.dispose();
  expect(found.text).toContain("most at epoch ");
  expect(found.uniform).toBe(now.uniform);
});

it("takes the snapshots of a folder, or any models", async () => {
  const whole = await movie(run, probe);
  expect((await movie(loadSnapshots(work), async (each) => probe(each))).data).toEqual(whole.data);
  const moments: Moment[] = [{ epoch: 7, model }];
  expect((await movie(moments, probe)).axes[0]?.labels).toEqual(["epoch 7"]);
});

it("refuses what isn't alike, asks nothing, or has no models", async () => {
  let turn = 0;
  await expect(
    movie(run, (each) => attentionMap(each, images, turn++ === 0 ? {} : { query: 0 })),
  ).resolves.toBeDefined();
  turn = 0;
  await expect(movie(run, (each) => attentionMap(each, images, turn++ < 2 ? {} : { query: "all" }))).rejects.toThrow(
    "of epoch 0 and of epoch 2 don't compare: image, row, column and image, query, key; ask the same of both",
  );
  await expect(movie(run, (each) => attentionMap(each, images, { block: 5 }))).rejects.toThrow(
    "at epoch 0, there is no block 5",
  );
  await expect(movie(run, () => 3 as never)).rejects.toThrow("at epoch 0 the question gave 3");
  await expect(movie(run, undefined as never)).rejects.toThrow("movie got undefined for what it asks");
  await expect(movie([], probe)).rejects.toThrow("movie got no model");
  await expect(movie(work as never, probe)).rejects.toThrow("for the moments of a training");
});
