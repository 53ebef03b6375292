import type { VitlabError } from "../../base/error";
import { startWorkers, type WorkerPool } from "../worker-pool";
import type { TrialWork, WorkEnd } from "../worker-protocol";
import type { Told } from "./names";

/** A place for one trial at a time: a process, with as many threads as the trial is to have. */
export class Slot {
  /** The job that is worked at. */
  job: string | undefined;
  /** When Redis was last heard to leave the job here. */
  renewedAt = 0;
  isStopped = false;
  /** That it computes with now. */
  threads = 0;
  /** Ends when what it trains does. */
  training: Promise<unknown> = Promise.resolve();
  #pool: WorkerPool | undefined;
  #broken: VitlabError | undefined;
  #poolThreads = 0;
  #isIdle = false;
  #wake: (() => void) | undefined;
  #measured: (measured: Extract<Told, { type: "measured" }>) => void = () => {};
  #end: (end: End) => void = () => {};

  get isFree(): boolean {
    return this.job === undefined;
  }

  take(job: string): void {
    this.job = job;
    this.renewedAt = Date.now();
    this.isStopped = false;
  }

  leave(): void {
    this.job = undefined;
    this.threads = 0;
  }

  /** Comes true, with the engine's name, when there is a process of so many threads. */
  async ready(threads: number): Promise<string> {
    this.threads = threads;
    if (this.#poolThreads !== threads) this.close();
    this.#poolThreads = threads;
    this.#pool ??= startWorkers(1, threads, {
      idle: () => {
        this.#isIdle = true;
        this.#wake?.();
      },
      message: (_, message) => {
        if (message.type === "measured") this.#measured(message as Extract<Told, { type: "measured" }>);
        else if (message.type !== "checked") this.#end(message);
      },
      lost: (_, how) => {
        this.#isIdle = false;
        this.#end({ type: "lost", how });
      },
      broken: (error) => {
        this.#broken = error;
        this.#end({ type: "lost", how: error.message });
        this.#wake?.();
      },
    });
    if (!this.#isIdle && !this.#broken)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#broken) throw this.#broken;
    return this.#pool.engine;
  }

  async train(
    work: TrialWork,
    measured: (told: Omit<Extract<Told, { type: "measured" }>, "untilEpoch">) => void,
  ): Promise<End> {
    this.#measured = measured;
    const ended = new Promise<End>((resolve) => {
      this.#end = resolve;
    });
    this.training = ended;
    this.#isIdle = false;
    this.#pool?.send(0, { type: "train", ...work });
    if (this.isStopped) this.stop();
    return ended;
  }

  /** Ends the trial after its step, saved. */
  stop(): void {
    this.isStopped = true;
    if (this.job !== undefined) this.#pool?.send(0, { type: "stop" });
  }

  close(): void {
    this.#pool?.close();
    this.#pool = undefined;
    this.#isIdle = false;
  }
}

/** What came of a slot's work. */
export type End = WorkEnd | { readonly type: "lost"; readonly how: string };
