import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { VitlabError } from "../../base/error";
import type { Conductor } from "../conductor";
import type { CompletePlan } from "../plan";
import type { Job } from "../search";
import type { SweepStore } from "../store";
import { connect, loadBullMQ } from "./connect";
import { giverKey, ID_FILE, jobName, queueName, type RedisJob, stopKey, type Told, toldKey, workersKey } from "./names";

/** Jobs in the queue, where the search doesn't wait for what comes of them: workers go on with these without whoever gives them. */
const MOST_GIVEN = 500;

/** How often it is looked after what became of the jobs, which a Redis that was killed may have forgotten. */
const LOOK_MS = 5_000;

/** How long is waited for news in one go. */
const BLOCK_MS = 500;

/** How long workers may take to stop, one of which may be cut off. */
const STOP_MS = 30_000;

/** How long a sweep that is stopped waits for a Redis that is away. */
const AWAY_MS = 3_000;

/** How long it is believed that somebody gives the jobs. */
const GIVER_SECONDS = 60;

export interface RedisOptions {
  readonly url: string;
  readonly threads: number;
  /** Stops the sweep: each trial under way is saved after its step. */
  readonly signal: AbortSignal;
}

/**
 * Trains the trials that the conductor gives, by workers that are connected to the same Redis.
 *
 * What workers tell stands in a stream, and how far it was read in the sweep's own file, by the same change as what was read:
 * nothing counts twice, whoever is killed.
 *
 * @returns whether it came to its end
 * @throws VitlabError (rejects) when nothing can be saved any more.
 */
export async function runOnRedis(
  conductor: Conductor,
  plan: CompletePlan,
  store: SweepStore,
  options: RedisOptions,
): Promise<"finished" | "stopped"> {
  const id = store.about("id")!;
  writeFileSync(join(store.folder, ID_FILE), id);
  const redis = connect(options.url);
  const { Queue } = loadBullMQ();
  const queue: Queue<RedisJob> = new Queue(queueName(), { connection: redis });
  queue.on("error", () => {});
  // Waits for news, and answers nobody else meanwhile.
  const listener = redis.duplicate();
  listener.on("error", () => {});
  try {
    await redis.del(stopKey(id));
    const giver = new Giver(conductor, plan, store, { ...options, id }, { redis, queue, listener });
    const end = await Promise.race([giver.run(), untilAway(redis, options.signal)]);
    if (end === "finished") await redis.del(toldKey(id), giverKey(id));
    return end;
  } finally {
    listener.disconnect();
    await Promise.race([queue.close(), pause(AWAY_MS)]);
    redis.disconnect();
  }
}

/** Comes true when the sweep is stopped and nobody can be told of it. */
async function untilAway(redis: Redis, signal: AbortSignal): Promise<"stopped"> {
  for (let away = 0; ; ) {
    await pause(BLOCK_MS, undefined, { ref: false });
    away = signal.aborted && redis.status !== "ready" ? away + BLOCK_MS : 0;
    if (away >= AWAY_MS || redis.status === "end") return "stopped";
  }
}

interface Connections {
  readonly redis: Redis;
  readonly queue: Queue<RedisJob>;
  readonly listener: Redis;
}

/** Puts jobs into the queue, and hears what comes of them. */
class Giver {
  readonly #given = new Map<string, Job>();
  #lookedAt = 0;
  #stopBy = Number.POSITIVE_INFINITY;
  #stuck: VitlabError | undefined;

  constructor(
    private readonly conductor: Conductor,
    private readonly plan: CompletePlan,
    private readonly store: SweepStore,
    private readonly options: RedisOptions & { readonly id: string },
    private readonly connections: Connections,
  ) {}

  async run(): Promise<"finished" | "stopped"> {
    await this.#show();
    for (;;) {
      if (this.#isStopping && this.#stopBy === Number.POSITIVE_INFINITY) await this.#stop();
      if (!this.#isStopping) await this.#give();
      if (this.#given.size === 0 || Date.now() > this.#stopBy) break;
      await this.#hear(BLOCK_MS);
      if (Date.now() - this.#lookedAt > LOOK_MS) await this.#look();
    }
    if (this.#stuck) throw this.#stuck;
    return this.options.signal.aborted ? "stopped" : "finished";
  }

  get #isStopping(): boolean {
    return this.options.signal.aborted || this.#stuck !== undefined;
  }

  async #give(): Promise<void> {
    const most = this.plan.search === "asha" ? Math.max(1, await this.#workers()) : MOST_GIVEN;
    while (this.#given.size < most) {
      const job = this.conductor.next();
      if (!job) return;
      this.#given.set(jobName(this.options.id, job), job);
      await this.#put(job);
    }
  }

  /** Sees to it that the job is in the queue, once. */
  async #put(job: Job): Promise<void> {
    const { queue } = this.connections;
    const name = jobName(this.options.id, job);
    const before = await queue.getJob(name);
    if (before) {
      const state = await before.getState();
      if (state !== "completed" && state !== "failed") return;
      await before.remove().catch(() => {});
    }
    const { id: sweep, threads } = this.options;
    const [trial, folder] = [this.conductor.trialOf(job), this.conductor.folderOf(job)];
    const work = { data: everywhere(this.plan.data), trial, folder, untilEpoch: job.untilEpoch };
    await queue.add("train", { ...work, sweep, dir: this.store.folder, threads }, { jobId: name });
  }

  /** Lets workers know that somebody gives the jobs of this sweep. */
  async #show(): Promise<void> {
    await this.connections.redis.set(giverKey(this.options.id), "1", "EX", GIVER_SECONDS);
  }

  /** A job that came to its end without a word, or isn't known any more, is given again. */
  async #look(): Promise<void> {
    this.#lookedAt = Date.now();
    await this.#show();
    const { queue } = this.connections;
    const unknown: Job[] = [];
    for (const [name, job] of this.#given) {
      const state = await queue.getJobState(name);
      if (state === "unknown" || state === "completed" || state === "failed") unknown.push(job);
    }
    // Who tells of a job does so before its end.
    while (await this.#hear(0));
    for (const job of unknown) if (this.conductor.has(job) && !this.#isStopping) await this.#put(job);
  }

  /** Reads what was told, for which it waits so long; says whether there was anything. */
  async #hear(wait: number): Promise<boolean> {
    const key = toldKey(this.options.id);
    const from = this.store.about("told") ?? "0";
    const { listener, redis } = this.connections;
    const news =
      wait > 0
        ? await listener.xread("COUNT", 1000, "BLOCK", wait, "STREAMS", key, from)
        : await redis.xread("COUNT", 1000, "STREAMS", key, from);
    const entries = news?.[0]?.[1] ?? [];
    if (entries.length === 0) return false;
    const last = entries.at(-1)![0];
    this.store.change(() => {
      for (const [, [, text]] of entries) this.#take(JSON.parse(text!) as Told);
      this.store.setAbout("told", last);
    });
    await redis.xtrim(key, "MINID", last);
    return true;
  }

  #take(told: Told): void {
    const job = { trial: told.trial, untilEpoch: told.untilEpoch };
    // Also of a job that is over: its numbers are the same.
    if (told.type === "measured") this.conductor.measured(told.trial, told.epochs, told.steps);
    if (told.type === "measured" || !this.conductor.has(job)) return;
    if (told.type === "begun") this.conductor.begun(job, told.by);
    else if (told.type === "ended") this.conductor.ended(job, told.epoch);
    else if (told.type === "failed") this.conductor.failed(job, told.problem);
    else if (told.type === "lost") this.conductor.lost(job, told.how);
    // Whoever has it may be frozen, and cut off as well: the trial is as good as before.
    else if (told.type === "held") this.conductor.ended(job, 0);
    else {
      const stuck = this.conductor.stuck(job, told.problem);
      this.#stuck ??= stuck;
    }
    if (!this.conductor.has(job)) this.#given.delete(jobName(this.options.id, job));
  }

  /** Takes back what nobody has begun with, and tells the others to stop. */
  async #stop(): Promise<void> {
    const { redis, queue } = this.connections;
    this.#stopBy = Date.now() + STOP_MS;
    await redis.set(stopKey(this.options.id), "1");
    for (const [name, job] of this.#given) {
      // One that is being worked at can't be removed.
      const removed = (await queue.remove(name).catch(() => 0)) === 1;
      if (!removed) continue;
      this.#given.delete(name);
      this.conductor.ended(job, 0);
    }
  }

  /** How many trials can be trained at a time. */
  async #workers(): Promise<number> {
    const names = await this.connections.redis.zrangebyscore(workersKey(), Date.now(), "+inf");
    return names.reduce((sum, name) => sum + Number(name.split("/")[1]), 0);
  }
}

/** The name of a data set that is the same in whichever folder a worker was started. */
function everywhere(data: string): string {
  const [, kind, path] = /^(folder:)(.*)$/s.exec(data) ?? [];
  return path === undefined ? data : `${kind}${resolve(path)}`;
}
