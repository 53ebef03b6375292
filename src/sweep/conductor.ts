import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { VitlabError } from "../base/error";
import { CHECKPOINT_FILES } from "../train/checkpoint/files";
import { type CompletePlan, epochsOf, monitored, searchOf, type Trial } from "./plan";
import type { Job, Search } from "./search";
import type { SearchEvent, SweepStore, TrialEpoch, TrialState, TrialStep } from "./store";
import { trialFolder } from "./trial-folder";

/** What a sweep tells as it goes. */
export type SweepEvent =
  | { readonly type: "epoch"; readonly trial: number; readonly row: TrialEpoch }
  /** The trial began, was put off, came to its end or failed. */
  | { readonly type: "trial"; readonly trial: TrialState };

/** What trained a trial. */
export interface Machine {
  readonly engine: string;
  readonly threads: number;
  /** The host's name. */
  readonly machine: string;
}

/** A trial whose worker is lost so often without a new epoch is given up. */
export const MOST_LOSSES = 3;

/** Decides which trial is trained next, and writes down what came of each; how a job gets to a worker, others know. */
export class Conductor {
  readonly #search: Search;
  /** Jobs that nobody has. */
  readonly #waiting: Job[] = [];
  /** Jobs that somebody has, by their trials. */
  readonly #given = new Map<number, Job>();
  readonly #losses = new Map<number, number>();
  readonly #values = new Map<number, Map<number, number>>();

  constructor(
    private readonly plan: CompletePlan,
    private readonly store: SweepStore,
    private readonly follow: (event: SweepEvent) => void,
  ) {
    this.#search = searchOf(plan);
    for (const row of store.epochs()) this.#remember(row);
    this.#replay(store.events());
  }

  /** Whether somebody has this job. */
  has({ trial, untilEpoch }: Job): boolean {
    return this.#given.get(trial)?.untilEpoch === untilEpoch;
  }

  /** The job that is to be given to a worker; undefined where there is none now. */
  next(): Job | undefined {
    const job = this.#waiting.shift() ?? this.#find();
    if (job) this.#given.set(job.trial, job);
    return job;
  }

  trialOf({ trial }: Pick<Job, "trial">): Trial {
    return this.plan.trials[trial]!;
  }

  /** Where a trial is saved. */
  folderOf({ trial }: Pick<Job, "trial">): string {
    return trialFolder(this.store.folder, trial);
  }

  /** A worker has begun with a job. */
  begun({ trial }: Pick<Job, "trial">, by: Machine): void {
    if (this.#given.has(trial)) this.#set(trial, { state: "running", ...by });
  }

  /** What a worker measured; what is known already changes nothing, as the same steps have the same numbers. */
  measured(trial: number, epochs: readonly TrialEpoch[], steps: readonly TrialStep[]): void {
    const isNew = (row: TrialEpoch) => !this.#values.get(trial)?.has(row.epoch);
    const rows = epochs.filter(isNew);
    this.store.change(() => {
      for (const row of steps) this.store.addStep(row);
      for (const row of rows) this.store.addEpoch(row);
    });
    for (const row of rows) {
      this.#losses.delete(trial);
      this.#remember(row);
      this.follow({ type: "epoch", trial, row });
    }
  }

  /** A worker came to an epoch, that of its job or, where it was stopped, one before. */
  ended({ trial }: Pick<Job, "trial">, epoch: number): void {
    const job = this.#given.get(trial);
    if (!job) return;
    if (epoch < job.untilEpoch) {
      this.#takeBack(job);
      this.#set(trial, { state: "paused" });
      return;
    }
    const value = this.#values.get(trial)?.get(job.untilEpoch);
    if (value === undefined) {
      // What it came to is lost, on the way or with a file: it is told again, or where nothing is left to tell it, trained again.
      const folder = this.folderOf(job);
      if (!existsSync(join(folder, CHECKPOINT_FILES.training))) rmSync(folder, { recursive: true, force: true });
      this.lost(job, "without having told its numbers");
      return;
    }
    const isDone = job.untilEpoch === epochsOf(this.trialOf(job));
    this.#settle(trial, { kind: "told", trial, epoch: job.untilEpoch, value }, { state: isDone ? "done" : "paused" });
    this.#search.tell({ trial, epoch: job.untilEpoch, value });
    // What only serves to go on: two thirds of what a trial takes of the disk.
    if (isDone) rmSync(join(this.folderOf(job), CHECKPOINT_FILES.training), { force: true });
  }

  /** A trial can't go on: no reason to end the others. */
  failed({ trial }: Pick<Job, "trial">, problem: string): void {
    if (!this.#given.has(trial)) return;
    this.#settle(trial, { kind: "failed", trial }, { state: "failed", error: problem });
    this.#search.fail(trial);
  }

  /** Nothing is wrong with a trial, but it can't go on now, and nor can others: it is put off, and the error says what to do. */
  stuck(job: Pick<Job, "trial">, problem: string): VitlabError {
    this.ended(job, 0);
    return new VitlabError(`${problem}; then go on with the sweep by resume`);
  }

  /** A worker is lost with its job: another goes on from what it saved. */
  lost({ trial }: Pick<Job, "trial">, how: string): void {
    const job = this.#given.get(trial);
    if (!job) return;
    const losses = (this.#losses.get(trial) ?? 0) + 1;
    this.#losses.set(trial, losses);
    if (losses >= MOST_LOSSES) this.failed(job, `its process ended ${losses} times without a new epoch (${how})`);
    else this.#takeBack(job);
  }

  #find(): Job | undefined {
    const job = this.#search.next() ?? undefined;
    if (job) this.store.addEvent({ kind: "job", trial: job.trial, epoch: job.untilEpoch });
    return job;
  }

  #takeBack(job: Job): void {
    this.#given.delete(job.trial);
    this.#waiting.unshift(job);
  }

  /** What was asked for and told before is so again: the search is as it was when the sweep was broken off. */
  #replay(events: readonly SearchEvent[]): void {
    const open = new Map<number, Job>();
    for (const event of events) {
      if (event.kind === "job") {
        const job = this.#search.next();
        if (job?.trial !== event.trial || job.untilEpoch !== event.epoch)
          throw new VitlabError(
            `${this.store.folder} was begun by another version of vitlab, which chose trials in another order: go on with that one`,
          );
        open.set(job.trial, job);
      } else {
        open.delete(event.trial);
        if (event.kind === "told") this.#search.tell({ ...event, value: event.value ?? Number.NaN });
        else this.#search.fail(event.trial);
      }
    }
    this.#waiting.push(...open.values());
    // Who had them is gone.
    for (const trial of open.keys()) {
      if (this.store.trial(trial)?.state === "running") this.store.setTrial(trial, { state: "paused" });
    }
  }

  #settle(trial: number, event: SearchEvent, state: Partial<TrialState>): void {
    this.#given.delete(trial);
    this.store.change(() => {
      this.store.addEvent(event);
      this.#set(trial, state);
    });
  }

  #set(id: number, fields: Partial<TrialState>): void {
    this.store.setTrial(id, fields);
    const trial = this.store.trial(id);
    if (trial) this.follow({ type: "trial", trial });
  }

  #remember({ trial, epoch, validationLoss, validationAccuracy }: TrialEpoch): void {
    const measured = this.plan.monitor === "validationLoss" ? validationLoss : validationAccuracy;
    const values = this.#values.get(trial) ?? new Map<number, number>();
    this.#values.set(trial, values.set(epoch, monitored(this.plan.monitor, measured ?? Number.NaN)));
  }
}
