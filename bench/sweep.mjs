import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../setup/paths.mjs";
import { SetupError } from "../setup/setup-error.mjs";

const usage = "npm run bench -- sweep [--trials N] [--workers N] [--redis URL] [--json]";

/** Models of a moment, so that what is measured is all the rest. */
const settings = {
  ...{ preset: "article", dim: 16, mlpDim: 16, depth: 1, heads: 2 },
  ...{ trainCount: 60, validation: 40, batchSize: 20, epochs: 2 },
  learningRate: { logUniform: [1e-4, 1e-2] },
};

/** What a trial of a sweep costs beside its training: its start, its files, its rows; and how large the file of all becomes. */
export async function benchSweep(args) {
  const { trials, workers, redis, json } = sweepArguments(args);
  const { sweep } = createRequire(import.meta.url)(join(root, "dist", "sweep", "index.js"));
  const dir = mkdtempSync(join(tmpdir(), "vitlab-sweep-"));
  const command = [join(root, "dist", "cli", "main.js"), "sweep", "worker", "--workers", String(workers)];
  const worker = redis && spawn(process.execPath, command, { env: { ...process.env, VITLAB_REDIS: redis } });
  try {
    const start = performance.now();
    let begun;
    const run = sweep(
      { data: "shapes", settings, search: "random", trials },
      redis ? { dir, redis } : { dir, workers },
    );
    // The processes' own start is one for all trials, and ends with the first that one of them has.
    for await (const event of run) if (event.type === "trial") begun ??= performance.now();
    const { epochs } = await run;
    const seconds = (performance.now() - begun) / 1000;
    const training = epochs.reduce((sum, row) => sum + row.seconds, 0);
    const found = {
      trials,
      workers,
      start: (begun - start) / 1000,
      seconds,
      training,
      overhead: (1000 * (seconds * workers - training)) / trials,
      megabytes: statSync(join(dir, "sweep.sqlite")).size / 1e6,
      folder: sizeOf(dir) / 1e6,
    };
    console.log(json ? JSON.stringify(found) : describe(found));
  } finally {
    worker?.kill();
    rmSync(dir, { recursive: true, force: true });
  }
}

export function sweepArguments(args) {
  try {
    const number = (value) => ({ type: "string", default: value });
    const options = { trials: number("500"), workers: number("1"), redis: { type: "string" } };
    const { json, redis, ...rest } = parseArgs({ args, options: { ...options, json: { type: "boolean" } } }).values;
    for (const [name, value] of Object.entries(rest))
      if (!/^[1-9]\d*$/.test(value)) throw new Error(`--${name} is ${value}, not a whole number above 0`);
    return { trials: Number(rest.trials), workers: Number(rest.workers), redis, json };
  } catch (error) {
    throw new SetupError(`${error.message.split(". ")[0]}; usage: ${usage}`);
  }
}

function describe({ trials, workers, start, seconds, training, overhead, megabytes, folder }) {
  return [
    `${trials} trials, ${workers} at a time: ${seconds.toFixed(1)} s, ${training.toFixed(1)} s of them training; the start took ${start.toFixed(1)} s`,
    `beside its training a trial takes ${overhead.toFixed(0)} ms`,
    `sweep.sqlite ${megabytes.toFixed(2)} MB, the folder ${folder.toFixed(0)} MB`,
  ].join("\n");
}

function sizeOf(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
