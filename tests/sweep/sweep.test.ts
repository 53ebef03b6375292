import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageAt, shapes, writePng } from "../../src/data/index";
import type { SweepEvent, SweepOptions, SweepPlan, SweepResult } from "../../src/sweep/index";

// As built: workers are processes that run dist.
const { readSweep, readSweepSteps, sweep } =
  require("../../dist/sweep/index.js") as typeof import("../../src/sweep/index");

const root = join(__dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "sweep-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = (name: string) => join(folder, name);

/** Models of a moment. */
const TINY = {
  preset: "article",
  dim: 16,
  mlpDim: 16,
  depth: 1,
  heads: 2,
  trainCount: 60,
  validation: 40,
  batchSize: 20,
};
const GRID: SweepPlan = {
  data: "shapes",
  settings: { ...TINY, epochs: 3, learningRate: { values: [0.001, 0.01] }, optimizer: { values: ["adam", "sgd"] } },
  seeds: [0, 1],
};

/** Runs a sweep; tells what it told. */
async function run(plan: SweepPlan, options: SweepOptions & { onEvent?: (event: SweepEvent) => void }) {
  const events: SweepEvent[] = [];
  const { onEvent, ...rest } = options;
  const under = sweep(plan, rest);
  for await (const event of under) {
    events.push(event);
    onEvent?.(event);
  }
  return { result: await under, events };
}

/** The processes that train for a process. */
function workersOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const parent = /^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1];
        return Number(parent) === pid && readFileSync(`/proc/${name}/cmdline`, "utf8").includes("sweep/worker");
      } catch {
        return false;
      }
    })
    .map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function weights({ trials }: Pick<SweepResult, "trials">): string[] {
  return trials.map(({ dir }) =>
    createHash("sha256")
      .update(readFileSync(join(dir, "model.safetensors")))
      .digest("hex"),
  );
}

/** The numbers of a sweep, but for those that no two runs have alike. */
function numbers(dir: string) {
  const { epochs, trials } = readSweep(dir);
  return {
    epochs: epochs.map(({ seconds: _, ...row }) => row),
    steps: readSweepSteps(dir),
    trials: trials.map(({ machine: _, dir: __, ...trial }) => trial),
  };
}

describe("a grid", () => {
  let quiet: SweepResult;
  beforeAll(async () => {
    quiet = (await run(GRID, { dir: place("quiet"), workers: 1 })).result;
  }, 120_000);

  it("trains every combination with every seed, and keeps each epoch's numbers", () => {
    expect(quiet).toMatchObject({ reason: "finished", dir: place("quiet") });
    expect(
      quiet.trials.map(({ settings: { learningRate, optimizer }, seed, point, state, epochs }) => [
        learningRate,
        optimizer,
        seed,
        point,
        state,
        epochs,
      ]),
    ).toEqual([
      [0.001, "adam", 0, 0, "done", 3],
      [0.001, "adam", 1, 0, "done", 3],
      [0.001, "sgd", 0, 1, "done", 3],
      [0.001, "sgd", 1, 1, "done", 3],
      [0.01, "adam", 0, 2, "done", 3],
      [0.01, "adam", 1, 2, "done", 3],
      [0.01, "sgd", 0, 3, "done", 3],
      [0.01, "sgd", 1, 3, "done", 3],
    ]);
    const { epochs, steps } = numbers(quiet.dir);
    expect(epochs.map(({ trial, epoch, steps }) => [trial, epoch, steps]).slice(0, 4)).toEqual([
      [0, 1, 3],
      [0, 2, 6],
      [0, 3, 9],
      [1, 1, 3],
    ]);
    expect(epochs).toHaveLength(24);
    expect(steps).toHaveLength(8 * 9);
    expect(steps.slice(0, 9).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const losses = epochs.filter(({ epoch }) => epoch === 3).map(({ validationLoss }) => validationLoss!);
    expect(quiet.best!.id).toBe(losses.indexOf(Math.min(...losses)));
    expect(new Set(weights(quiet)).size).toBe(8);
  });

  it("comes to the same when its workers are killed again and again", async () => {
    let kills = 0;
    const onEvent = (event: SweepEvent) => {
      if (event.type !== "epoch" || event.row.epoch === 3 || kills >= 5 || event.trial % 2) return;
      kills++;
      for (const worker of workersOf(process.pid)) kill(worker);
    };
    const { result } = await run(GRID, { dir: place("killed"), workers: 1, onEvent });
    expect(kills).toBe(5);
    expect(result.trials.every(({ state }) => state === "done")).toBe(true);
    expect(numbers(place("killed"))).toEqual(numbers(place("quiet")));
    expect(weights(result)).toEqual(weights(quiet));
  }, 120_000);

  it("comes to the same when all of it is killed again and again, whenever that is", async () => {
    const plan = place("plan.json");
    const dir = place("all-killed");
    writeFileSync(plan, JSON.stringify(GRID));
    for (let kills = 0, code: number | null = null; code !== 0; kills++) {
      const child = spawn(process.execPath, [
        join(root, "dist/cli/main.js"),
        "sweep",
        plan,
        "--out",
        dir,
        "--workers",
        "1",
        "--resume",
      ]);
      const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
      // Moments of the start, of the training, and of both.
      if (kills < 5) await Promise.race([ended, setTimeout(1200 + 200 * kills)]);
      else await ended;
      const workers = workersOf(child.pid!);
      if (child.exitCode === null) for (const pid of [child.pid!, ...(kills % 2 ? workers : [])]) kill(pid);
      code = await ended;
      if (code === 0) expect(kills).toBeGreaterThan(1);
    }
    expect(numbers(dir)).toEqual(numbers(place("quiet")));
    expect(weights(readSweep(dir))).toEqual(weights(quiet));
  }, 120_000);

  it("keeps of a trial that is done what it takes to use it", () => {
    expect(readdirSync(quiet.trials[0]!.dir).sort()).toEqual(["config.json", "model.safetensors", "steps.jsonl"]);
  });

  it("can be read by any program that reads SQLite, also while it is written", async () => {
    const sum = `import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("select count(*), max(validationAccuracy) from epoch").fetchone()[0])`;
    const read = (dir: string) =>
      Number(execFileSync("python3", ["-c", sum, join(dir, "sweep.sqlite")], { encoding: "utf8" }));
    const counts: number[] = [];
    const onEvent = ({ type }: SweepEvent) => type === "epoch" && counts.push(read(place("read")));
    await run(GRID, { dir: place("read"), workers: 1, onEvent });
    expect(counts).toHaveLength(24);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.at(-1)).toBeGreaterThan(12);
    expect(read(place("read"))).toBe(24);
    // Whoever may read what else this process writes.
    expect(statSync(join(place("read"), "sweep.sqlite")).mode & 0o777).toBe(0o666 & ~process.umask());
  }, 120_000);

  it("goes on where it was stopped", async () => {
    const stop = new AbortController();
    const onEvent = (event: SweepEvent) => {
      if (event.type === "epoch" && event.trial === 3) stop.abort();
    };
    const first = await run(GRID, { dir: place("stopped"), workers: 1, signal: stop.signal, onEvent });
    expect(first.result.reason).toBe("stopped");
    const states = first.result.trials.map(({ state }) => state);
    expect(states.slice(0, 3)).toEqual(["done", "done", "done"]);
    expect(states.slice(4)).toEqual(Array(4).fill("waiting"));
    const { result } = await run(GRID, { dir: place("stopped"), workers: 1, resume: true });
    expect(result.reason).toBe("finished");
    expect(numbers(place("stopped"))).toEqual(numbers(place("quiet")));
    expect(weights(result)).toEqual(weights(quiet));
  }, 120_000);

  it("has nothing to do where all is done", async () => {
    const { result, events } = await run(GRID, { dir: place("quiet"), resume: true });
    expect(result.reason).toBe("finished");
    expect(events).toEqual([]);
  }, 60_000);
});

describe("successive halving", () => {
  const plan: SweepPlan = {
    data: "shapes",
    settings: {
      ...TINY,
      epochs: 4,
      learningRate: { values: [1e-6, 0.01] },
      labelSmoothing: { values: [0, 0.01, 0.02, 0.03] },
    },
    search: "asha",
    reduction: 2,
  };

  it("trains the promising to their end, also when it is broken off in between", async () => {
    const whole = (await run(plan, { dir: place("asha"), workers: 1 })).result;
    const epochs = whole.trials.map((trial) => trial.epochs);
    expect(Math.max(...epochs)).toBe(4);
    expect(epochs.reduce((sum, count) => sum + count)).toBeLessThan(0.75 * 8 * 4);
    expect(whole.trials[whole.best!.id]!.settings.learningRate).toBe(0.01);
    expect(whole.best!.epochs).toBe(4);
    const known = new Set<string>();
    for (let reason = "stopped"; reason === "stopped"; ) {
      const stop = new AbortController();
      // Every third epoch.
      const onEvent = ({ type, ...event }: SweepEvent) => {
        if (type === "epoch") known.add(JSON.stringify(event));
        if (type === "epoch" && known.size % 3 === 0) stop.abort();
      };
      const options = { dir: place("broken"), workers: 1, resume: true, signal: stop.signal, onEvent };
      reason = (await run(plan, options)).result.reason;
    }
    expect(numbers(place("broken"))).toEqual(numbers(place("asha")));
  }, 180_000);
});

describe("what can't be", () => {
  const one = (settings: SweepPlan["settings"], more: Partial<SweepPlan> = {}): SweepPlan => ({
    data: "shapes",
    settings: { ...TINY, epochs: 1, ...settings },
    ...more,
  });

  it("a trial that diverges is told of in a sentence, and the others go on", async () => {
    const plan = one({ learningRate: { values: [1e30, 0.001] } });
    const { result } = await run(plan, { dir: place("diverged"), workers: 1 });
    expect(result.trials.map(({ state }) => state)).toEqual(["failed", "done"]);
    expect(result.trials[0]!.error).toMatch(/became NaN at epoch 1/);
    expect(result.best!.id).toBe(1);
  }, 60_000);

  it.each<[string, SweepPlan, RegExp]>([
    [
      "a setting that there isn't",
      one({ learningrat: 1 }),
      /^there is no setting learningrat: did you mean learningRate\?/,
    ],
    ["a model that can't be", one({ dim: { values: [16, 15] } }), /^trial 2 \(.*dim 15.*\): .*heads/],
    ["a batch that can't be, of a later trial", one({ batchSize: { values: [20, 0] } }), /^trial 2 .*: batchSize is 0/],
    ["a share of mixing that is none", one({ mixup: "0.x" }), /^trial 1 .*: mix.mixup is 0.x: give the α/],
    ["an image size that is none", one({ imageSize: "32" }), /^trial 1 .*: config.imageSize is 32: it must be whole/],
    [
      "an augmentation that there isn't",
      one({ augment: "mirror" }),
      /: augment is "mirror": it must be a list of flip/,
    ],
    ["an optimizer that there isn't", one({ optimizer: "lion" }), /^trial 1 .*optimizer.*lion/],
    [
      "a data set that there isn't",
      one({}, { data: "mnist" }),
      /^the plan's data is "mnist": it must be cifar10, shapes/,
    ],
    ["a search that there isn't", one({}, { search: "bayes" as never }), /search is "bayes": it must be one of grid/],
    ["a field too many", { ...one({}), budget: 3 } as never, /^the plan has no field budget/],
  ])(
    "%s is refused before anything is trained, and leaves the folder free",
    async (name, plan, sentence) => {
      const dir = place(`refused-${name.replace(/\W/g, "-")}`);
      await expect(run(plan, { dir, workers: 1 })).rejects.toThrow(sentence);
      expect(existsSync(join(dir, "trials", "0"))).toBe(false);
      const { result } = await run(one({}), { dir, workers: 1 });
      expect(result.trials.map(({ state }) => state)).toEqual(["done"]);
    },
    60_000,
  );

  it("another sweep in the folder, under way or before", async () => {
    const plan = one({});
    const under = run(plan, { dir: place("taken"), workers: 1 });
    await expect(run(plan, { dir: place("taken"), workers: 1 })).rejects.toThrow(
      /is (being )?(used|written)|in use|run/,
    );
    await under;
    await expect(run(plan, { dir: place("taken") })).rejects.toThrow(/has a sweep: go on with it by resume/);
    await expect(run({ ...plan, seed: 1 }, { dir: place("taken"), resume: true })).rejects.toThrow(
      /a sweep with another plan/,
    );
  }, 60_000);

  it("more workers than cores", async () => {
    await expect(run(one({}), { dir: place("many"), workers: 1000 })).rejects.toThrow(
      /^workers is 1000: .*from 1 to \d+/,
    );
  });
});

describe("what happens on the way", () => {
  // Long enough to be stopped before its end, also on a busy machine.
  const settings = { ...TINY, epochs: 20, learningRate: { values: [0.001, 0.01] } };
  const plan: SweepPlan = { data: "shapes", settings };
  let quiet: SweepResult;
  beforeAll(async () => {
    quiet = (await run(plan, { dir: place("on-the-way"), workers: 1 })).result;
  }, 60_000);

  /** A sweep that was stopped in its first trial. */
  async function stopped(name: string, settings: SweepPlan["settings"] = plan.settings): Promise<string> {
    const stop = new AbortController();
    const onEvent = ({ type }: SweepEvent) => type === "epoch" && stop.abort();
    const dir = place(name);
    const { result } = await run({ ...plan, settings }, { dir, workers: 1, signal: stop.signal, onEvent });
    const [first, second] = result.trials;
    expect([first!.state, second!.state]).toEqual(["paused", "waiting"]);
    return dir;
  }

  it.each(["training.safetensors", "model.safetensors", "steps.jsonl", "config.json", ""])(
    "a trial that lost %s comes to the same nevertheless",
    async (file) => {
      const dir = await stopped(`without-${file}`);
      rmSync(join(dir, "trials", "0", file), { recursive: true });
      const { result } = await run(plan, { dir, workers: 1, resume: true });
      expect(numbers(dir)).toEqual(numbers(quiet.dir));
      expect(weights(result)).toEqual(weights(quiet));
    },
    60_000,
  );

  it("a file that is no sweep's is named, and its place is free for the right one", async () => {
    const dir = await stopped("damaged");
    const file = join(dir, "sweep.sqlite");
    const right = readFileSync(file);
    writeFileSync(file, "no database");
    await expect(run(plan, { dir, workers: 1, resume: true })).rejects.toThrow(
      `${file} is no sweep's (file is not a database): restore it, or sweep into another folder`,
    );
    writeFileSync(file, right);
    writeFileSync(join(dir, ".sweep.sqlite"), "no database");
    await expect(run(plan, { dir, workers: 1, resume: true })).rejects.toThrow(
      `${join(dir, ".sweep.sqlite")} is no sweep's (file is not a database): remove it, and the sweep goes on from sweep.sqlite`,
    );
    rmSync(join(dir, ".sweep.sqlite"));
    const { result } = await run(plan, { dir, workers: 1, resume: true });
    expect(weights(result)).toEqual(weights(quiet));
  }, 60_000);

  it("data that can't be read any more end the sweep, which goes on when they are back", async () => {
    const images = place("images");
    const drawn = shapes({ count: 40 });
    for (const name of ["dark", "light"]) {
      mkdirSync(join(images, name), { recursive: true });
      for (let i = 0; i < 20; i++)
        await writePng(join(images, name, `${i}.png`), imageAt(drawn, name === "dark" ? i : 20 + i));
    }
    const settings = { ...TINY, trainCount: 20, epochs: 2, validation: { values: [6, 8] } };
    const dir = place("data-gone");
    const own: SweepPlan = { data: `folder:${images}`, settings };
    const onEvent = (event: SweepEvent) => {
      if (event.type === "epoch" && event.row.epoch === 2) renameSync(images, `${images}-away`);
    };
    await expect(run(own, { dir, workers: 1, onEvent })).rejects.toThrow(
      /^the data can't be read at .*there is no such folder; then go on with the sweep by resume$/,
    );
    expect(readSweep(dir).trials.map(({ state }) => state)).toEqual(["done", "paused"]);
    renameSync(`${images}-away`, images);
    const { result } = await run(own, { dir, workers: 1, resume: true });
    expect(result.trials.map(({ state }) => state)).toEqual(["done", "done"]);
  }, 60_000);
});
