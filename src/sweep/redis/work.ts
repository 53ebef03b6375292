import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Job as QueueJob } from "bullmq";
import type { Redis } from "ioredis";
import { VitlabError } from "../../base/error";
import { trialFolder } from "../trial-folder";
import { checkRedis, connect, loadBullMQ } from "./connect";
import { giverKey, ID_FILE, queueName, type RedisJob, stopKey, type Told, toldKey, workersKey } from "./names";
import { Slot } from "./slot";

/** How long a worker that ends waits for a Redis that is away, after the trials under way are saved. */
const LEAVE_MS = 5_000;

/** How a worker of a sweep over Redis works. */
export interface WorkOptions {
  readonly url: string;
  /** Trials at a time. */
  readonly workers: number;
  /** The folder that has the sweeps' folders, as this machine sees it; where it isn't told, as the one who sweeps sees it. */
  readonly runs?: string | undefined;
  /** A worker that isn't heard of for so long has lost its trial to another. Default 30. */
  readonly patienceSeconds?: number | undefined;
  readonly signal: AbortSignal;
  /** Is told what it does. */
  readonly say: (words: string) => void;
}

/**
 * Trains trials of sweeps over Redis until it is told to stop.
 *
 * A worker that hears nothing of Redis for a while stops its trial by itself, saved: another will have it.
 *
 * @throws VitlabError (rejects) when Redis can't be reached at the beginning, or a sweep's folder can't be seen from here.
 */
export async function workOnRedis(options: WorkOptions): Promise<void> {
  const { url, workers, patienceSeconds = 30, signal, say } = options;
  await checkRedis(url);
  const redis = connect(url);
  const { Worker } = loadBullMQ();
  const slots = Array.from({ length: workers }, () => new Slot());
  const lockDuration = 1000 * patienceSeconds;
  let end: (error?: unknown) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  const worker = new Worker<RedisJob>(
    queueName(),
    async (job) => {
      const slot = slots.find(({ isFree }) => isFree)!;
      try {
        await new Turn(job, slot, slots, redis, options).run();
      } catch (error) {
        end(error);
        throw error;
      }
    },
    {
      connection: redis,
      concurrency: workers,
      lockDuration,
      lockRenewTime: lockDuration / 3,
      stalledInterval: lockDuration / 2,
      // Who was lost how often, the one who sweeps counts: with each epoch anew.
      maxStalledCount: 1_000_000,
      removeOnComplete: { age: 3600 },
      removeOnFail: { age: 3600 },
    },
  );
  worker.on("error", () => {});
  worker.on("locksRenewed", ({ jobIds }) => {
    for (const slot of slots) if (slot.job !== undefined && jobIds.includes(slot.job)) slot.renewedAt = Date.now();
  });
  const name = `${hostname()}-${randomUUID()}/${workers}`;
  const announce = setInterval(() => void redis.zadd(workersKey(), Date.now() + 15_000, name), 5_000);
  void redis.zadd(workersKey(), Date.now() + 15_000, name);
  const stop = () => {
    for (const slot of slots) slot.stop();
    end();
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  say(`waiting for trials at ${hostname()}: ${workers} at a time`);
  try {
    await ended;
  } finally {
    clearInterval(announce);
    signal.removeEventListener("abort", stop);
    const saved = Promise.all(slots.map((slot) => slot.training));
    // Waits for what is under way, which was told to stop; and for Redis, unless that is away.
    await Promise.race([
      Promise.all([redis.zrem(workersKey(), name), worker.close()]).catch(() => {}),
      saved.then(() => pause(LEAVE_MS)),
    ]);
    for (const slot of slots) slot.close();
    redis.disconnect();
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One job, from its begin to what came of it. */
class Turn {
  readonly #job: RedisJob;
  /** Another has the job now. */
  #isLost = false;
  #telling: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly queued: QueueJob<RedisJob>,
    private readonly slot: Slot,
    private readonly slots: readonly Slot[],
    private readonly redis: Redis,
    private readonly options: WorkOptions,
  ) {
    this.#job = queued.data;
  }

  async run(): Promise<void> {
    const { trial, data, dir, untilEpoch, threads } = this.#job;
    this.slot.take(this.queued.id!);
    const watch = setInterval(() => void this.#watch(), 1000);
    try {
      const folder = await this.#folder();
      // Whoever gave it is gone, with its folder: no reason to leave the other sweeps.
      if (folder === null)
        return this.options.say(`${basename(dir)}: neither its folder nor its sweep is there any more`);
      const cores = availableParallelism();
      if (threads > cores)
        throw new VitlabError(
          `the trials of ${basename(dir)} have ${threads} threads, and this machine has ${cores} cores: end this worker, or sweep with fewer threads`,
        );
      // Never more threads than cores: the trial waits for one that is under way.
      while (this.slots.reduce((sum, slot) => sum + slot.threads, threads) > cores && !this.slot.isStopped)
        await pause(200);
      const engine = await this.slot.ready(threads);
      this.#tell({ type: "begun", trial: trial.id, untilEpoch, by: { engine, threads, machine: hostname() } });
      this.options.say(`${basename(dir)}: trial ${trial.id + 1}, until epoch ${untilEpoch}`);
      const end = await this.slot.train({ data, trial, folder, untilEpoch }, (measured) =>
        this.#tell({ ...measured, untilEpoch }),
      );
      this.options.say(`${basename(dir)}: trial ${trial.id + 1} left`);
      if (this.#isLost) return;
      this.#tell({ ...end, trial: trial.id, untilEpoch } as Told);
      await this.#telling;
    } finally {
      clearInterval(watch);
      this.slot.leave();
    }
  }

  /** Where the trial is saved, as seen from here; null where nobody gives jobs of its sweep any more, nor is it there. */
  async #folder(): Promise<string | null> {
    const { dir, trial, sweep } = this.#job;
    // Whoever may write to this Redis names the folder: only one that the sweep has marked is worked in.
    if (!Number.isSafeInteger(trial.id) || trial.id < 0 || !UUID.test(sweep))
      throw new VitlabError("a job in Redis is none of a sweep's: see who may write there, and start the worker again");
    const here = this.options.runs === undefined ? dir : join(resolve(this.options.runs), basename(dir));
    try {
      if (readFileSync(join(here, ID_FILE), "utf8") === sweep) return trialFolder(here, trial.id);
    } catch {
      // As if it were another's.
    }
    if (!(await this.redis.exists(giverKey(sweep)))) return null;
    throw new VitlabError(
      `${here} isn't the folder of the sweep that is to be worked at: mount the folder that all machines share, and say by --runs where the sweeps' folders are`,
    );
  }

  #tell(told: Told): void {
    if (this.#isLost) return;
    const key = toldKey(this.#job.sweep);
    this.#telling = this.redis.xadd(key, "*", "told", JSON.stringify(told));
    this.#telling.catch(() => {});
  }

  /** Stops where the sweep is stopped, and where nothing was heard of Redis for so long that another may have the job. */
  async #watch(): Promise<void> {
    const patience = 1000 * (this.options.patienceSeconds ?? 30);
    if (Date.now() - this.slot.renewedAt > 0.8 * patience) {
      this.#isLost = true;
      this.slot.stop();
      return;
    }
    if (this.redis.status === "ready" && (await this.redis.exists(stopKey(this.#job.sweep)))) this.slot.stop();
  }
}
