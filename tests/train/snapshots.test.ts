import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { loadSnapshots } from "../../src/train/checkpoint/snapshots";
import { fit } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import { adam } from "../../src/train/optimizers/adam";
import type { ViT } from "../../src/vit/model";
import { onEveryEngine } from "../support/engines";
import { colors, microModel, weightsOf } from "./micro";

const recipe: FitOptions = {
  train: colors(12),
  epochs: 4,
  batchSize: 4,
  optimizer: adam({ learningRate: 5e-3 }),
  timing: false,
};

let work: string;
const models: ViT[] = [];
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "vitlab-snapshots-"));
});
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
  rmSync(work, { recursive: true, force: true });
});

function start(options: Partial<FitOptions>, model = microModel()) {
  models.push(model);
  return { model, run: fit(model, { ...recipe, ...options }) };
}

const epochsIn = (dir: string) => loadSnapshots(dir).list.map(({ epoch }) => epoch);

onEveryEngine("a run that keeps snapshots", () => {
  it("keeps the model before the first step and after each epoch, and trains as without them", async () => {
    const plain = start({});
    const seen: number[][] = [weightsOf(plain.model)];
    for await (const event of plain.run) if (event.type === "epoch") seen.push(weightsOf(plain.model));
    const dir = join(work, "all");
    const { model, run } = start({ snapshots: { dir } });
    await run;
    expect(weightsOf(model)).toEqual(weightsOf(plain.model));
    const before = tf.memory().numTensors;
    const kept: [number, number[]][] = [];
    const met: ViT[] = [];
    for await (const moment of run.snapshots()) {
      kept.push([moment.epoch, weightsOf(moment.model)]);
      met.push(moment.model);
    }
    expect(kept).toEqual(seen.map((weights, epoch) => [epoch, weights]));
    expect(met.every(({ isDisposed }) => isDisposed)).toBe(true);
    expect(tf.memory().numTensors - before, "tensors left behind").toBe(0);
  });
});

describe("snapshots", () => {
  it("are checkpoints that tell their epoch and class names", async () => {
    const { run } = start({ snapshots: { dir: work, overwrite: true }, epochs: 1 });
    await run;
    const [, last] = loadSnapshots(work).list;
    const { model, classNames, about } = await loadCheckpoint(last?.dir as string);
    models.push(model);
    expect({ classNames, about }).toEqual({ classNames: ["red", "green", "blue"], about: { epoch: 1 } });
    expect(readdirSync(work).sort()).toEqual(["epoch-00000", "epoch-00001"]);
  });

  it.each([
    [{ every: 2 }, 5, [0, 2, 4, 5]],
    [{ keep: 3 }, 5, [0, 4, 5]],
    [{ every: 3, keep: 4 }, 5, [0, 3, 5]],
    [{ keep: 2 }, 3, [0, 3]],
  ])("of %j in a run of %i epochs are of epochs %j", async (snapshots, epochs, expected) => {
    await start({ epochs, snapshots: { ...snapshots, dir: work } }).run;
    expect(epochsIn(work)).toEqual(expected);
  });

  it("are beside the checkpoint, go on with a run that is resumed, and end where it ends early", async () => {
    const dir = join(work, "run");
    const broken = start({ checkpoint: { dir }, snapshots: {} });
    for await (const event of broken.run) if (event.type === "step" && event.update === 7) broken.run.stop();
    await broken.run;
    const folder = join(dir, "snapshots");
    expect(epochsIn(folder)).toEqual([0, 1, 2]);
    const whole = start({});
    await whole.run;
    const { run } = start({ checkpoint: { dir, resume: true }, snapshots: {} });
    await run;
    expect(epochsIn(folder)).toEqual([0, 1, 2, 3, 4]);
    const last = await loadCheckpoint(run.snapshots().list.at(-1)?.dir as string);
    models.push(last.model);
    expect(weightsOf(last.model)).toEqual(weightsOf(whole.model));
    // Four more epochs, of which only each second one has a place among five.
    const longer = start({ epochs: 8, checkpoint: { dir, resume: true }, snapshots: { keep: 5 } });
    await longer.run;
    expect(epochsIn(folder)).toEqual([0, 2, 4, 6, 8]);
    const early = start({
      epochs: 100,
      optimizer: adam({ learningRate: 1e-9 }),
      validation: colors(6, { seed: 2 }),
      earlyStopping: { patience: 1, minDelta: 1 },
      snapshots: { dir: join(work, "early"), every: 50 },
    });
    const { history, reason } = await early.run;
    expect(reason).toBe("early");
    expect(epochsIn(join(work, "early"))).toEqual([0, history.length]);
  });

  it("go on with a run that was ended before its first step", async () => {
    const dir = join(work, "run");
    const ended = start({ checkpoint: { dir }, snapshots: {} });
    ended.run.stop();
    await ended.run;
    await start({ checkpoint: { dir, resume: true }, snapshots: {} }).run;
    expect(epochsIn(join(dir, "snapshots"))).toEqual([0, 1, 2, 3, 4]);
  });

  it("are of the average where one is kept", async () => {
    const { model, run } = start({ ema: 0.9, snapshots: { dir: work } });
    await run;
    const last = await loadCheckpoint(run.snapshots().list.at(-1)?.dir as string);
    models.push(last.model);
    expect(weightsOf(last.model)).toEqual(weightsOf(model));
  });

  it("refuse a folder with snapshots, and replace them when told", async () => {
    await start({ snapshots: { dir: work } }).run;
    expect(() => start({ snapshots: { dir: work } })).toThrow(
      `${work} holds snapshots already: resume the run, overwrite them`,
    );
    await start({ epochs: 1, snapshots: { dir: work, overwrite: true } }).run;
    expect(epochsIn(work)).toEqual([0, 1]);
  });

  it("refuse options that don't fit", async () => {
    const refused = (snapshots: object, message: string) =>
      expect(() => start({ snapshots, checkpoint: { dir: join(work, "run") } })).toThrow(message);
    refused({ every: 0 }, "snapshots.every is 0: it must be a whole number, 1 or more");
    refused({ keep: 1 }, "snapshots.keep is 1: it must be a whole number, 2 or more");
    refused({ count: 3 }, "snapshots has no option count");
    refused({ dir: join(work, "run", ".") }, "is the folder of the checkpoint: choose another one for the snapshots");
    expect(() => start({ snapshots: {} })).toThrow("snapshots.dir is undefined: give the path of a folder");
    expect(existsSync(join(work, "run"))).toBe(false);
    const { run } = start({ epochs: 1 });
    await run;
    expect(() => run.snapshots()).toThrow("this run keeps no snapshots: ask for them");
    expect(() => loadSnapshots(work)).toThrow(`${work} holds no snapshots`);
  });

  it("fill a module that is given, and leave it to its owner", async () => {
    await start({ epochs: 1, snapshots: { dir: work } }).run;
    const mine = microModel();
    models.push(mine);
    for await (const { model } of loadSnapshots(work, { model: mine })) expect(model).toBe(mine);
    expect(mine.isDisposed).toBe(false);
  });
});
