import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { augment } from "../../src/data/augment";
import { subset } from "../../src/data/dataset";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint, saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { evaluate } from "../../src/train/evaluate";
import { fit as train } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import { adam } from "../../src/train/optimizers/adam";
import { muon } from "../../src/train/optimizers/muon";
import { sgd } from "../../src/train/optimizers/sgd";
import { constant, warmupCosine } from "../../src/train/schedules";
import type { ViT } from "../../src/vit/model";
import { onEveryEngine } from "../support/engines";
import { collect, colors, microConfig, microModel, untimed, weightsOf } from "./micro";

const FILES = ["config.json", "model.safetensors", "training.safetensors"];
const images = colors(30);
const validation = colors(12, { seed: 2, split: "validation" });
const recipe: FitOptions = {
  train: images,
  validation,
  epochs: 3,
  batchSize: 8,
  optimizer: adam({ learningRate: 5e-3 }),
  schedule: warmupCosine({ warmupSteps: 3 }),
  augment: augment({ flip: true }),
  seed: 5,
  timing: false,
};

let dir: string;
const models: ViT[] = [];
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "vitlab-run-")), "run");
});
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
  rmSync(join(dir, ".."), { recursive: true, force: true });
});

function start(options: Partial<FitOptions> = {}, model: ViT = microModel()) {
  models.push(model);
  return { model, run: train(model, { ...recipe, ...options }) };
}

/** Starts a run and ends it after so many steps, its last checkpoint being of then. */
async function breakOff(after: number, options: Partial<FitOptions> = {}): Promise<void> {
  const { run } = start({ checkpoint: { dir }, ...options });
  for await (const event of run) if (event.type === "step" && event.update === after) run.stop();
  await run;
}

onEveryEngine("a run that was broken off", () => {
  it.each([
    ["adam", recipe.optimizer],
    ["muon", muon({ learningRate: 5e-3 })],
  ])("goes on with the same numbers as an unbroken one, to the bit: %s", async (_, optimizer) => {
    const whole = start({ optimizer });
    const events = untimed(await collect(whole.run));
    for (const after of [1, 4, 6]) {
      await breakOff(after, { optimizer });
      const before = tf.memory().numTensors;
      const { model, run } = start({ optimizer, checkpoint: { dir, resume: true } });
      const rest = untimed(await collect(run));
      expect(rest.filter(({ type }) => type === "epoch")).toEqual(events.filter(({ type }) => type === "epoch"));
      expect(rest.filter((event) => event.type === "step")).toEqual(
        events.filter((event) => event.type === "step" && event.update > after),
      );
      expect(weightsOf(model)).toEqual(weightsOf(whole.model));
      expect(tf.memory().numTensors - before, "the new model alone is left").toBe(model.parameters().length);
      rmSync(dir, { recursive: true });
    }
  });
});

describe("checkpoints of a run", () => {
  it("are written before the first step, and hold no other files but the lock while it runs", async () => {
    const { run } = start({ checkpoint: { dir } });
    await run.plan;
    expect(readdirSync(dir).sort()).toEqual([...FILES, "run.lock"].sort());
    await run;
    expect(readdirSync(dir).sort()).toEqual(FILES);
  });

  it("give the trained model back, with what was said about it", async () => {
    const { model, run } = start({ checkpoint: { dir, about: { data: "colors" } } });
    const { history } = await run;
    const loaded = await loadCheckpoint(dir);
    models.push(loaded.model);
    expect(loaded.classNames).toEqual(["red", "green", "blue"]);
    expect(loaded.about).toEqual({ data: "colors" });
    expect(loaded.model.config).toEqual(model.config);
    expect(weightsOf(loaded.model)).toEqual(weightsOf(model));
    expect((await evaluate(loaded.model, validation)).loss).toBe(history.at(-1)?.validationLoss);
  });

  it("go on from a save in the middle of an epoch after the process was killed", async () => {
    const whole = start();
    await whole.run;
    // What a kill leaves: the folder as it was at some moment. Steps 2, 4 and 6 of an epoch are saved here.
    const { run } = start({ checkpoint: { dir, everySteps: 2 } });
    let kept: Buffer | undefined;
    for await (const event of run)
      if (event.type === "step" && event.update === 7) kept = readFileSync(join(dir, "training.safetensors"));
    writeFileSync(join(dir, "training.safetensors"), kept as Buffer);
    rmSync(join(dir, "model.safetensors"));
    writeFileSync(join(dir, ".training.safetensors.99-0123abcd.tmp"), "half a fi");
    const again = start({ checkpoint: { dir, resume: true } });
    const plan = await again.run.plan;
    expect(plan.notes).toEqual([`going on with the run in ${dir} at epoch 2 of 3, step 3 of 4`]);
    expect(plan.stepsLeft).toBe(6);
    await again.run;
    expect(weightsOf(again.model)).toEqual(weightsOf(whole.model));
    expect(readdirSync(dir).sort()).toEqual(FILES);
  });

  it("of a run that ended during a validation say so", async () => {
    await breakOff(4);
    const { run } = start({ checkpoint: { dir, resume: true } });
    expect((await run.plan).notes).toEqual([`going on with the run in ${dir} at the validation of epoch 1 of 3`]);
    expect(await run).toMatchObject({ reason: "finished", steps: 12 });
  });

  it("of a finished run only report", async () => {
    const first = await start({ checkpoint: { dir } }).run;
    const { model, run } = start({ checkpoint: { dir, resume: true } });
    const result = await run;
    expect(result.plan.notes).toEqual([`the run in ${dir} is finished: nothing left to train`]);
    expect(result).toMatchObject({ reason: "finished", history: first.history, steps: 12 });
    expect(weightsOf(model)).toEqual(weightsOf(models[0] as ViT));
  });

  it("start from the beginning where there is nothing to resume, and say so", async () => {
    const { run } = start({ checkpoint: { dir, resume: true } });
    expect((await run.plan).notes).toEqual([`${dir} holds no run to resume: starting from the beginning`]);
    expect(await run).toMatchObject({ reason: "finished", steps: 12 });
  });

  it("are refused where a run is already, unless it is to be resumed or overwritten", async () => {
    await breakOff(2);
    const before = readFileSync(join(dir, "training.safetensors"));
    expect(() => start({ checkpoint: { dir } })).toThrow(`${dir} holds a checkpoint already`);
    expect(() => start({ checkpoint: { dir, resume: true, overwrite: true } })).toThrow("choose one of the two");
    expect(readFileSync(join(dir, "training.safetensors"))).toEqual(before);
    const { run } = start({ checkpoint: { dir, overwrite: true }, epochs: 1 }, microModel({ dim: 16 }));
    await run;
    expect((await loadAndForget(dir)).config.dim).toBe(16);
  });

  it.each<[string, Partial<FitOptions>]>([
    ["batchSize was 8 and is now 10", { batchSize: 10 }],
    ["seed was 5 and is now 6", { seed: 6 }],
    ["optimizer.learningRate was 0.005 and is now 0.001", { optimizer: adam() }],
    ["optimizer.name was adam and is now sgd", { optimizer: sgd() }],
    ["schedule.name was warmupCosine and is now constant", { schedule: constant() }],
    ["epochs was 3 and is now 4", { epochs: 4 }],
    ["clipNorm was not set and is now 1", { clipNorm: 1 }],
    ["the augmentation is another", { augment: undefined }],
    ["train.length was 30 and is now 29", { train: subset(images, 29) }],
    ["the validation images are others", { validation: colors(12, { seed: 3, split: "validation" }) }],
  ])("can't be resumed with other settings: %s", async (difference, options) => {
    await breakOff(2);
    const { run } = start({ ...options, checkpoint: { dir, resume: true } });
    await expect(run).rejects.toThrow(`the run in ${dir} can't be resumed with other settings: ${difference}`);
    await expect(run.plan).rejects.toThrow(difference);
  });

  it("can't be resumed with another model", async () => {
    await breakOff(2);
    const { run } = start({ checkpoint: { dir, resume: true } }, microModel({ mlpDim: 20 }));
    await expect(run).rejects.toThrow("model.mlpDim was 16 and is now 20");
  });

  it("take more epochs where the learning rate is constant, as if the run had been that long from the start", async () => {
    const schedule = constant();
    const whole = start({ schedule, epochs: 4 });
    await whole.run;
    await start({ schedule, epochs: 2, checkpoint: { dir } }).run;
    const longer = start({ schedule, epochs: 4, checkpoint: { dir, resume: true } });
    const { history } = await longer.run;
    expect(history.map(({ epoch, epochs }) => [epoch, epochs])).toEqual([1, 2, 3, 4].map((epoch) => [epoch, 4]));
    expect(weightsOf(longer.model)).toEqual(weightsOf(whole.model));
  });

  it("stay as they were when the loss is no longer finite", async () => {
    const { run } = start({ optimizer: sgd({ learningRate: 1e37 }), schedule: constant(), checkpoint: { dir } });
    await expect(run).rejects.toThrow(
      `the last checkpoint in ${dir} is from before the first step; lower the learning rate (try 0.01), ` +
        `or clip the gradient to length 1, and start anew in ${dir} with overwrite: true (--overwrite on the command line)`,
    );
    const { model } = await loadCheckpoint(dir);
    models.push(model);
    const fresh = microModel();
    models.push(fresh);
    expect(weightsOf(model)).toEqual(weightsOf(fresh));
  });

  it("that can't be written end the run before its first step", async () => {
    mkdirSync(join(dir, ".."), { recursive: true });
    writeFileSync(dir, "a file in the way");
    const { run } = start({ checkpoint: { dir } });
    await expect(run).rejects.toThrow(`${dir} is not a folder; choose another name`);
    expect(readFileSync(dir, "utf8")).toBe("a file in the way");
  });

  it("that were cut off are named", async () => {
    await breakOff(2);
    truncateSync(join(dir, "training.safetensors"), 1000);
    await expect(start({ checkpoint: { dir, resume: true } }).run).rejects.toThrow(
      `${join(dir, "training.safetensors")} is not a whole safetensors file`,
    );
  });
});

describe("loadCheckpoint", () => {
  it("names every class of a model that was trained on images of fewer", async () => {
    const two = { ...images, classNames: ["red", "green"], labels: images.labels.map((label) => label % 2) };
    const { run } = start({ train: two, validation: undefined, epochs: 1, checkpoint: { dir } });
    await run;
    const loaded = await loadCheckpoint(dir);
    models.push(loaded.model);
    expect(loaded.classNames).toEqual(["red", "green", "class 2"]);
  });

  it("refuses names that are not one for each class, where it is written and where it is read", async () => {
    const model = microModel();
    models.push(model);
    await expect(saveCheckpoint(dir, model, { classNames: ["a"] })).rejects.toThrow(
      "classNames names 1 class, and the model has 3: give one for each, or none",
    );
    expect(existsSync(dir)).toBe(false);
    await saveCheckpoint(dir, model, { classNames: ["10", "2", "0"] });
    const file = join(dir, "config.json");
    const config = JSON.parse(readFileSync(file, "utf8"));
    expect(config.classNames).toEqual(["10", "2", "0"]);
    writeFileSync(file, JSON.stringify({ ...config, classNames: ["10", "2"] }));
    await expect(loadCheckpoint(dir)).rejects.toThrow(
      'config.json: classNames names 2 classes, and the model has 3; name each class there, or none ("classNames": [])',
    );
  });

  it("reads what saveCheckpoint wrote", async () => {
    const model = microModel();
    models.push(model);
    await saveCheckpoint(dir, model, { classNames: ["a", "b", "c"] });
    const loaded = await loadCheckpoint(dir);
    models.push(loaded.model);
    expect(weightsOf(loaded.model)).toEqual(weightsOf(model));
    expect(loaded).toMatchObject({ classNames: ["a", "b", "c"], about: {} });
    expect(existsSync(join(dir, "training.safetensors"))).toBe(false);
  });

  it.each<[string, (folder: string) => void]>([
    ["there is no folder", (folder) => rmSync(folder, { recursive: true })],
    ["has no config.json", (folder) => rmSync(join(folder, "config.json"))],
    ["has no model.safetensors", (folder) => rmSync(join(folder, "model.safetensors"))],
    ["config.json is not JSON", (folder) => writeFileSync(join(folder, "config.json"), "{")],
    ['(its format is null, not "vitlab-checkpoint/1")', (folder) => writeFileSync(join(folder, "config.json"), "{}")],
    ["config.json was changed or damaged (config.imageSize is undefined", writeConfig({ model: { dim: 3 } })],
    ["config.json was changed or damaged (", writeConfig({ model: 5 })],
    ["(classNames is not a list of names): train again", writeConfig({ model: microConfig, classNames: 5 })],
    ["(about is not an object)", writeConfig({ model: microConfig, about: 5 })],
    ["is not a whole safetensors file", (folder) => truncateSync(join(folder, "model.safetensors"), 99)],
  ])("says what is wrong with a folder: %s", async (message, damage) => {
    const model = microModel();
    models.push(model);
    await saveCheckpoint(dir, model);
    const before = tf.memory().numTensors;
    damage(dir);
    await expect(loadCheckpoint(dir)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says so where it is given the model first, as saveViT is", async () => {
    const model = microModel();
    await expect(saveCheckpoint(model as never, "runs/mine" as never)).rejects.toThrow(
      'saveCheckpoint got an object of class ViT for its folder: give a path, as in "runs/mine"',
    );
    await expect(saveCheckpoint("runs/mine", undefined as never)).rejects.toThrow(
      "saveCheckpoint got undefined for a model: give a module",
    );
    model.dispose();
  });

  it("is not half written: the weights can't be, so the config isn't", async () => {
    const model = microModel();
    models.push(model);
    mkdirSync(join(dir, "model.safetensors", "in the way"), { recursive: true });
    await expect(saveCheckpoint(dir, model)).rejects.toThrow("there is a folder of that name");
    expect(readdirSync(dir)).toEqual(["model.safetensors"]);
  });

  it("refuses weights of another model, and keeps none of them", async () => {
    const model = microModel();
    const other = microModel({ mlpDim: 20 });
    models.push(model, other);
    await saveCheckpoint(dir, model);
    const config = readFileSync(join(dir, "config.json"));
    await saveCheckpoint(dir, other);
    writeFileSync(join(dir, "config.json"), config);
    const before = tf.memory().numTensors;
    await expect(loadCheckpoint(dir)).rejects.toThrow("the weights don't fit the model");
    expect(tf.memory().numTensors).toBe(before);
  });
});

function writeConfig(fields: Record<string, unknown>): (folder: string) => void {
  const text = JSON.stringify({ format: "vitlab-checkpoint/1", ...fields });
  return (folder) => writeFileSync(join(folder, "config.json"), text);
}

async function loadAndForget(folder: string) {
  const { model } = await loadCheckpoint(folder);
  models.push(model);
  return { config: model.config };
}
