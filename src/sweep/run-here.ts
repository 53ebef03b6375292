import { hostname } from "node:os";
import { VitlabError } from "../base/error";
import { type Conductor, MOST_LOSSES } from "./conductor";
import type { CompletePlan } from "./plan";
import type { Job } from "./search";
import { startWorkers, type WorkerPool } from "./worker-pool";
import type { FromWorker } from "./worker-protocol";

/** What a sweep computes with: the same whenever it goes on, as the numbers of a trial depend on its threads. */
export interface Shares {
  readonly workers: number;
  readonly threads: number;
}

/**
 * Says whether the trials of a plan could be trained, without training any.
 *
 * @throws VitlabError (rejects) saying what is wrong with the first that couldn't.
 */
export function checkTrials({ data, trials }: CompletePlan, threads: number): Promise<void> {
  let losses = 0;
  return withWorkers<void>({ workers: 1, threads }, (pool, end) => ({
    idle: (worker) => pool().send(worker, { type: "check", data, trials }),
    message: (_, message) => {
      if (message.type !== "checked") return;
      if (message.problem !== null) throw new VitlabError(message.problem);
      end();
    },
    lost: (_, how) => {
      if (++losses >= MOST_LOSSES)
        throw new VitlabError(
          `the process that looks at the plan ended ${losses} times (${how}): is there enough memory?`,
        );
    },
  }));
}

/**
 * Trains the trials that the conductor gives, in processes of this machine.
 *
 * @param signal stops it: each trial under way is saved after its step
 * @returns whether it came to its end
 * @throws VitlabError (rejects) when nothing can be saved any more; what is under way is stopped before.
 */
export function runHere(
  conductor: Conductor,
  plan: CompletePlan,
  shares: Shares,
  signal: AbortSignal,
): Promise<"finished" | "stopped"> {
  return withWorkers(shares, (pool, end, fail) => {
    const jobs = new Map<number, Job>();
    const idle: number[] = [];
    let stuck: VitlabError | undefined;
    const isStopping = () => signal.aborted || stuck !== undefined;

    const take = (worker: number): void => {
      const job = isStopping() ? undefined : conductor.next();
      if (job) {
        jobs.set(worker, job);
        conductor.begun(job, { engine: pool().engine, threads: shares.threads, machine: hostname() });
        const [trial, folder] = [conductor.trialOf(job), conductor.folderOf(job)];
        pool().send(worker, { type: "train", data: plan.data, trial, folder, untilEpoch: job.untilEpoch });
        return;
      }
      idle.push(worker);
      if (jobs.size === 0) finish();
    };
    const finish = () => {
      if (stuck) fail(stuck);
      else end(signal.aborted ? "stopped" : "finished");
    };
    const stop = () => {
      for (const worker of jobs.keys()) pool().send(worker, { type: "stop" });
      if (jobs.size === 0) finish();
    };
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();

    return {
      idle: (worker) => {
        take(worker);
        // What was told may be what others wait for.
        for (const other of idle.splice(0)) take(other);
      },
      message: (worker, message) => {
        if (message.type === "measured") {
          conductor.measured(message.trial, message.epochs, message.steps);
          return;
        }
        const job = jobs.get(worker);
        jobs.delete(worker);
        if (!job || message.type === "checked") return;
        if (message.type === "ended") conductor.ended(job, message.epoch);
        else if (message.type === "failed") conductor.failed(job, message.problem);
        else if (message.type === "held") conductor.lost(job, message.problem);
        else {
          const error = conductor.stuck(job, message.problem);
          stuck ??= error;
          stop();
        }
      },
      lost: (worker, how) => {
        const at = idle.indexOf(worker);
        if (at >= 0) idle.splice(at, 1);
        const job = jobs.get(worker);
        jobs.delete(worker);
        if (job) conductor.lost(job, how);
      },
      leave: () => signal.removeEventListener("abort", stop),
    };
  });
}

interface Handlers {
  idle(worker: number): void;
  message(worker: number, message: Exclude<FromWorker, { type: "ready" }>): void;
  lost(worker: number, how: string): void;
  /** However it ends. */
  leave?(): void;
}

/** Has workers for as long as it takes to come to an end; whatever a handler throws is that end. */
async function withWorkers<T>(
  { workers, threads }: Shares,
  handle: (pool: () => WorkerPool, end: (result: T) => void, fail: (error: unknown) => void) => Handlers,
): Promise<T> {
  let pool: WorkerPool | undefined;
  let leave: (() => void) | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      const guarded =
        <A extends unknown[]>(work: (...given: A) => void) =>
        (...given: A) => {
          try {
            work(...given);
          } catch (error) {
            reject(error);
          }
        };
      const handlers = handle(() => pool!, resolve, reject);
      leave = handlers.leave;
      pool = startWorkers(workers, threads, {
        idle: guarded(handlers.idle),
        message: guarded(handlers.message),
        lost: guarded(handlers.lost),
        broken: reject,
      });
    });
  } finally {
    leave?.();
    pool?.close();
  }
}
