import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { checkOptions, type OptionNames, show } from "../base/check-options";
import { printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { makeFolder } from "../base/node/folder";
import { lockFolder } from "../base/node/folder-lock";
import { onInterrupt } from "../base/node/on-interrupt";
import { packageVersion } from "../base/node/package-version";
import { Conductor } from "./conductor";
import { followLive } from "./live-table";
import { type CompletePlan, completePlan, type SweepPlan } from "./plan";
import { checkRedis } from "./redis/connect";
import { runOnRedis } from "./redis/run-on-redis";
import { checkTrials, runHere, type Shares } from "./run-here";
import type { SweepStore } from "./store";
import { whileWriting } from "./sweep-file";
import { type SweepResult, SweepRun } from "./sweep-run";
import { shown, sweepOf } from "./sweep-so-far";
import { standingOf } from "./sweep-table";

/** How a sweep runs. */
export interface SweepOptions {
  /** Its folder: numbers in `sweep.sqlite`, a checkpoint of each trial in `trials/`. */
  dir: string;
  /** Go on with the sweep in the folder; one that isn't there begins. Default false. */
  resume?: boolean;
  /**
   * Trials at a time, each in a process of its own. Default: as many as there are cores for their threads, or as there are
   * trials. Together they never have more threads than there are cores.
   */
  workers?: number;
  /**
   * Train on the machines whose `vitlab sweep worker` is connected to this Redis (or Valkey): `redis://HOST:PORT`, or `rediss://`
   * for TLS, with user and password where there are some. They share the folder, and the data. Needs `bullmq` and `ioredis`.
   */
  redis?: string;
  /** In a notebook, show a table that follows the sweep. Default true. */
  live?: boolean;
  /** Ends the sweep after the steps under way, all saved. */
  signal?: AbortSignal;
}

const SWEEP_OPTIONS: OptionNames<SweepOptions> = {
  dir: true,
  resume: true,
  workers: true,
  redis: true,
  live: true,
  signal: true,
};

/**
 * Trains many models by a plan: every combination of some values, settings that are drawn, or drawn ones of which only the
 * best are trained to their end (ASHA, Li et al., 2020).
 *
 * `await` it for what came of it, iterate over it for events as they come. Each trial has a process of its own and is saved as
 * it goes: a sweep that was stopped, interrupted or killed goes on with `resume`, and comes to the same numbers and weights to
 * the bit.
 *
 * @throws VitlabError at once when the plan or an option makes no sense; the sweep itself rejects when a trial of the plan
 *   can't be trained, the folder has another sweep or can't be written. A trial that fails on the way ends itself alone.
 *
 * @example
 * ```ts
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { loadModel, type SweepPlan, sweep } from "vitlab";
 *
 * const plan: SweepPlan = {
 *   data: "shapes",
 *   settings: { dim: { values: [8, 16] }, heads: 2, depth: 1, epochs: 1, trainCount: 40, validation: 20, learningRate: 0.01 },
 *   seeds: [0, 1],
 * };
 * const { trials, best } = await sweep(plan, { dir: mkdtempSync(join(tmpdir(), "sweep-")), resume: true });
 * console.log(trials.length, trials.every(({ state }) => state === "done")); // 4 true
 * if (best) console.log((await loadModel(best.dir)).model.config.depth); // 1
 * ```
 */
export function sweep(plan: SweepPlan, options: SweepOptions): SweepRun {
  checkOptions("sweep", options, SWEEP_OPTIONS);
  const { dir, live = true } = options;
  if (typeof dir !== "string" || dir === "")
    throw new VitlabError(`sweep's dir is ${show(dir)}: give the path of a folder, as in { dir: "runs/first" }`);
  const complete = completePlan(plan);
  const view = live ? followLive() : undefined;
  return new SweepRun(async (tell, stop) => {
    const signal = AbortSignal.any([stop, ...(options.signal ? [options.signal] : [])]);
    return inFolder(resolve(dir), async (store, publish) => {
      checkPlan(store, plan, options);
      if (options.redis !== undefined) await checkRedis(options.redis);
      const shares =
        options.redis === undefined ? sharesOf(store, complete, options) : ofRedis(store, complete, options);
      if (store.about("plan") === undefined) {
        await checkTrials(complete, shares.threads);
        begin(store, plan, complete, shares);
      }
      publish();
      await view?.start(() => sweepOf(store));
      const conductor = new Conductor(complete, store, (event) => {
        tell(event);
        view?.update();
      });
      const { redis } = options;
      const reason = await untilInterrupted(signal, (any) =>
        redis === undefined
          ? runHere(conductor, complete, shares, any)
          : runOnRedis(conductor, complete, store, { url: redis, threads: shares.threads, signal: any }),
      );
      await view?.finish();
      const result: SweepResult = { ...sweepOf(store), reason };
      // What the cell shows already isn't shown twice.
      return view ? printAs(result, standingOf) : shown(result);
    });
  });
}

/** Has the folder of a sweep, and its file, to itself. */
async function inFolder<T>(dir: string, work: (store: SweepStore, publish: () => void) => Promise<T>): Promise<T> {
  await makeFolder(join(dir, "trials"));
  const lock = await lockFolder(dir);
  try {
    return await whileWriting(dir, work);
  } finally {
    lock.release();
  }
}

/** @throws VitlabError when the folder has a sweep that this one isn't. */
function checkPlan(store: SweepStore, given: SweepPlan, { resume }: SweepOptions): void {
  const before = store.about("plan");
  if (before !== undefined && !resume)
    throw new VitlabError(`${store.folder} has a sweep: go on with it by resume, or sweep into another folder`);
  if (before !== undefined && before !== JSON.stringify(given))
    throw new VitlabError(
      `${store.folder} has a sweep with another plan: sweep into another folder, or restore the plan`,
    );
  if (before === undefined && readdirSync(join(store.folder, "trials")).length > 0)
    throw new VitlabError(`${store.folder} has trials of a sweep, and not its file: sweep into another folder`);
}

/** Machines differ: what is fixed is the number of threads. */
function ofRedis(store: SweepStore, { threads }: CompletePlan, { workers }: SweepOptions): Shares {
  if (workers !== undefined)
    throw new VitlabError("workers is for this machine alone: over Redis each `vitlab sweep worker` has its own");
  return { workers: 0, threads: threads ?? (Number(store.about("threads") ?? 0) || 1) };
}

/** @throws VitlabError when the cores don't suffice. */
function sharesOf(store: SweepStore, { trials, threads: wanted }: CompletePlan, { workers }: SweepOptions): Shares {
  const cores = availableParallelism();
  const fixed = wanted ?? (Number(store.about("threads") ?? 0) || undefined);
  const most = Math.max(1, Math.floor(cores / (fixed ?? 1)));
  const count = workers ?? Math.min(Number(store.about("workers") ?? 0) || trials.length, most);
  const threads = fixed ?? Math.max(1, Math.floor(cores / Math.max(1, count)));
  if (threads > cores)
    throw new VitlabError(`the plan's threads are ${threads}: this machine has ${cores} cores, give at most as many`);
  if (!Number.isSafeInteger(count) || count < 1 || count > most)
    throw new VitlabError(
      `workers is ${show(count)}: with ${fixed === undefined || fixed === 1 ? "a thread" : `${fixed} threads`} each, give a whole number from 1 to ${most} on this machine of ${cores} cores`,
    );
  return { workers: count, threads };
}

/** Writes down a plan that can be run. */
function begin(store: SweepStore, given: SweepPlan, { trials }: CompletePlan, { workers, threads }: Shares): void {
  store.change(() => {
    store.addTrials(trials);
    const about = { id: randomUUID(), version: packageVersion(), created: new Date().toISOString(), workers, threads };
    for (const [name, value] of Object.entries(about)) store.setAbout(name, String(value));
    store.setAbout("plan", JSON.stringify(given));
  });
}

/** In a process that answers Ctrl-C itself an interrupt ends the sweep in order. */
async function untilInterrupted<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const forget = onInterrupt(() => interrupted.abort());
  try {
    return await work(AbortSignal.any([signal, interrupted.signal]));
  } finally {
    forget();
  }
}
