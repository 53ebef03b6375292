import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { nextTurn } from "../../src/base/next-turn";
import { tf } from "../../src/tensor/tf";
import { readTrainingState, type TrainingState, writeTrainingState } from "../../src/train/checkpoint/training-state";
import type { TrainingEvent } from "../../src/train/events";
import { fit } from "../../src/train/fit";
import type { Callback, FitOptions } from "../../src/train/fit-options";
import { adam } from "../../src/train/optimizers/adam";
import { warmupCosine } from "../../src/train/schedules";
import type { TrainingRun } from "../../src/train/training-run";
import type { ViT } from "../../src/vit/model";
import { onEveryEngine } from "../support/engines";
import { collect, colors, microModel, untimed, weightsOf } from "./micro";

const recipe: FitOptions = {
  train: colors(30),
  validation: colors(12, { seed: 2, split: "validation" }),
  epochs: 3,
  batchSize: 8,
  optimizer: adam({ learningRate: 5e-3 }),
  seed: 5,
  timing: false,
};

const dirs: string[] = [];
const models: ViT[] = [];
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function start(options: Partial<FitOptions> = {}) {
  const model = microModel();
  models.push(model);
  return { model, run: fit(model, { ...recipe, ...options }) };
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "vitlab-steering-"));
  dirs.push(dir);
  return join(dir, "run");
}

/** A callback that does something once, after a step. */
function onceAfter(update: number, act: (run: TrainingRun) => void): Callback {
  return (event, run) => {
    if (event.type === "step" && event.update === update) act(run);
  };
}

const setAfter = (update: number, rate: number) => onceAfter(update, (run) => run.setLearningRate(rate));
const ratesOf = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) => (event.type === "step" ? [event.learningRate] : []));

describe("a learning rate changed by hand", () => {
  it("holds from the next step on, and is told as an event", async () => {
    const { run } = start({ callbacks: setAfter(5, 1e-3) });
    const events = await collect(run);
    expect(ratesOf(events)).toEqual([...Array(5).fill(5e-3), ...Array(7).fill(1e-3)]);
    const changed = { type: "learningRate", epoch: 2, update: 5, learningRate: 1e-3 };
    expect(events.filter(({ type }) => type === "learningRate")).toEqual([changed]);
    expect(run.rateChanges).toEqual([changed]);
    expect((await run).rateChanges).toEqual([changed]);
    expect(run.baseLearningRate).toBe(1e-3);
    expect(events.map(({ type }) => type).slice(5, 9)).toEqual(["step", "learningRate", "step", "step"]);
  });

  it("is what the schedule is computed with", async () => {
    const schedule = warmupCosine({ warmupSteps: 3 });
    const { run } = start({ schedule, callbacks: setAfter(5, 1e-3) });
    const rates = ratesOf(await collect(run));
    expect(rates).toEqual(rates.map((_, step) => schedule.learningRate(step, step < 5 ? 5e-3 : 1e-3, 12)));
  });

  it("isn't that of an epoch that ended before", async () => {
    const { run } = start({ callbacks: (event, run) => void (event.type === "epoch" && run.setLearningRate(1e-3)) });
    const told = (await run).history.map(({ learningRate }) => learningRate);
    expect(told).toEqual([5e-3, 1e-3, 1e-3]);
    expect(run.rateChanges.map(({ epoch, update }) => [epoch, update])).toEqual([[2, 4]]);
  });

  it("may be set before the first step, and is nothing new where it is the same", async () => {
    const { run } = start();
    run.setLearningRate(2e-3);
    expect(run.baseLearningRate).toBe(2e-3);
    const rates = ratesOf(await collect(run));
    expect(new Set(rates)).toEqual(new Set([2e-3]));
    const same = start({ callbacks: setAfter(2, 5e-3) });
    expect((await same.run).rateChanges).toEqual([]);
  });

  it("is refused where it is no rate, or no step is left to have it", async () => {
    const { run } = start();
    for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => run.setLearningRate(wrong)).toThrow(/learningRate is .*: it must be above 0/);
    await run;
    expect(() => run.setLearningRate(1e-3)).toThrow("this run has ended");
  });

  it("comes to those who listen later, too", async () => {
    const { run } = start({ callbacks: setAfter(5, 1e-3) });
    await run;
    const late = await collect(run);
    expect(late.map(({ type }) => type)).toEqual(["epoch", "learningRate", "epoch", "epoch"]);
  });
});

onEveryEngine("a run with a changed learning rate that was broken off", () => {
  it("goes on with the same numbers as an unbroken one, to the bit", async () => {
    const callbacks = [setAfter(2, 8e-3), setAfter(6, 1e-3)];
    const schedule = warmupCosine({ warmupSteps: 3 });
    const whole = start({ callbacks, schedule });
    const events = untimed(await collect(whole.run));
    // Right after a change, some steps later, and before one that is then made again.
    for (const broken of [2, 5, 6, 7]) {
      const dir = folder();
      await start({ callbacks: [...callbacks, onceAfter(broken, (run) => run.stop())], schedule, checkpoint: { dir } })
        .run;
      const again = start({ callbacks, schedule, checkpoint: { dir, resume: true } });
      const rest = untimed(await collect(again.run));
      const isLater = (event: TrainingEvent) => event.type !== "step" || event.update > broken;
      expect(rest).toEqual(events.filter(isLater));
      expect(weightsOf(again.model)).toEqual(weightsOf(whole.model));
    }
  });
});

it("a change of the learning rate is saved before the next step: a run that is killed then goes on with it", async () => {
  const dir = folder();
  const { run, model } = start({ callbacks: setAfter(5, 1e-3), checkpoint: { dir, everySeconds: 1000 } });
  let kept: Buffer | undefined;
  for await (const event of run)
    if (event.type === "step" && event.update === 6) kept = readFileSync(join(dir, "training.safetensors"));
  writeFileSync(join(dir, "training.safetensors"), kept as Buffer);
  const again = start({ checkpoint: { dir, resume: true } });
  const rates = ratesOf(await collect(again.run));
  expect(rates).toEqual(Array(7).fill(1e-3));
  expect(weightsOf(again.model)).toEqual(weightsOf(model));
});

it("a checkpoint whose changes of the learning rate can't have been is refused", async () => {
  const dir = folder();
  await start({ callbacks: [setAfter(5, 1e-3), onceAfter(6, (run) => run.stop())], checkpoint: { dir } }).run;
  const state = (await readTrainingState(dir)) as TrainingState;
  const changed = state.progress.rateChanges?.map((change) => ({ ...change, update: 9 }));
  await writeTrainingState(dir, { ...state, progress: { ...state.progress, rateChanges: changed } });
  await expect(start({ checkpoint: { dir, resume: true } }).run).rejects.toThrow(
    "a change of the learning rate is after step 9, not one from 0 to 6",
  );
});

describe("a run that is paused", () => {
  /** Long enough for many steps. */
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, 60));

  it("takes no step until it goes on, and then the same ones", async () => {
    const whole = start();
    const events = untimed(await collect(whole.run));
    const { model, run } = start({ callbacks: onceAfter(5, (run) => run.pause()) });
    const seen: TrainingEvent[] = [];
    const listening = (async () => {
      for await (const event of run) seen.push(event);
    })();
    while (!run.paused) await nextTurn();
    await aWhile();
    expect(seen.at(-1)).toMatchObject({ type: "step", update: 5 });
    run.resume();
    expect(run.paused).toBe(false);
    await run;
    await listening;
    expect(untimed(seen)).toEqual(events);
    expect(weightsOf(model)).toEqual(weightsOf(whole.model));
  });

  it("doesn't count the time", async () => {
    const pause = (run: TrainingRun) => {
      run.pause();
      setTimeout(() => run.resume(), 3000);
    };
    const { run } = start({ callbacks: onceAfter(2, pause) });
    const before = performance.now();
    const events = await collect(run);
    const { seconds } = await run;
    const wall = (performance.now() - before) / 1000;
    expect(wall - seconds).toBeGreaterThan(2.9);
    const counted = events.flatMap((event) => (event.type === "epoch" ? [event.seconds] : []));
    expect(wall - counted.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(2.9);
  });

  it("ends when it is stopped, when its signal comes and when the process is interrupted", async () => {
    const host = () => {};
    process.on("SIGINT", host);
    let controller = new AbortController();
    const ends: [string, (run: TrainingRun) => void][] = [
      ["stopped", (run) => run.stop()],
      ["aborted", () => controller.abort()],
      ["interrupted", () => process.emit("SIGINT")],
    ];
    for (const [reason, end] of ends) {
      controller = new AbortController();
      const before = tf.memory().numTensors;
      const { model, run } = start({ callbacks: onceAfter(3, (run) => run.pause()), signal: controller.signal });
      setTimeout(() => end(run), 100);
      expect(await run).toMatchObject({ reason, steps: 3 });
      expect(run.paused).toBe(false);
      run.pause();
      expect(run.paused, "an ended run can't be paused").toBe(false);
      expect(tf.memory().numTensors - before, "the model alone is left").toBe(model.parameters().length);
    }
    process.off("SIGINT", host);
  });

  it("may be so before its first step and within its last epoch", async () => {
    const { run } = start();
    run.pause();
    await run.plan;
    await aWhile();
    expect(run.history).toEqual([]);
    run.resume();
    expect(await run).toMatchObject({ reason: "finished", steps: 12 });
    const last = start({ callbacks: onceAfter(12, (run) => run.pause()) });
    while (!last.run.paused) await nextTurn();
    await aWhile();
    expect(last.run.history.length).toBe(2);
    last.run.resume();
    expect(await last.run).toMatchObject({ reason: "finished" });
  });

  it("is saved: one that is killed meanwhile loses no step", async () => {
    const dir = folder();
    const { run } = start({ callbacks: onceAfter(6, (run) => run.pause()), checkpoint: { dir, everySeconds: 1000 } });
    while (!run.paused) await nextTurn();
    await aWhile();
    const kept = readFileSync(join(dir, "training.safetensors"));
    run.stop();
    await run;
    writeFileSync(join(dir, "training.safetensors"), kept);
    const again = start({ checkpoint: { dir, resume: true } });
    expect((await again.run.plan).stepsLeft).toBe(6);
    await again.run;
  });
});

describe("gradient norms by part", () => {
  it("are of the next step, before clipping, and their squares add up to that of the whole", async () => {
    const { run } = start({ clipNorm: 1e-3 });
    const asked: Promise<unknown>[] = [];
    for await (const event of run) {
      if (event.type !== "step") continue;
      if (event.update === 4) {
        const norms = await run.gradientNorms();
        expect(norms?.update).toBeGreaterThan(4);
        expect(Object.keys(norms?.norms ?? {})).toEqual(["embeddings", "blocks.0", "norm", "head"]);
        const length = Math.hypot(...Object.values(norms?.norms ?? {}));
        asked.push(
          (async () => {
            for await (const later of run)
              if (later.type === "step" && later.update === norms?.update)
                expect(length).toBeCloseTo(later.gradientNorm, 5);
          })(),
        );
      }
    }
    await Promise.all(asked);
  });

  it("change no number, leave no tensor, and are null of a run that ends", async () => {
    const whole = start();
    const events = untimed(await collect(whole.run));
    const before = tf.memory().numTensors;
    const asking = start({ callbacks: (_, run) => void run.gradientNorms() });
    expect(untimed(await collect(asking.run))).toEqual(events);
    expect(tf.memory().numTensors - before).toBe(asking.model.parameters().length);
    expect(await asking.run.gradientNorms()).toBeNull();
    const ended = start();
    ended.run.stop();
    expect(await ended.run.gradientNorms()).toBeNull();
  });
});
