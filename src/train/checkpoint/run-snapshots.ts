import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkWhole } from "../../base/check-number";
import { checkOptions, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { checkUnlocked, type FolderLock, lockFolder } from "../../base/node/folder-lock";
import { nameEach } from "../../data/name-lists";
import { type CheckpointOptions, SNAPSHOT_OPTIONS, type SnapshotOptions } from "../fit-options";
import { configOf, type Trainable } from "../trainable";
import type { WeightAverage } from "../weight-average";
import { writeCheckpoint } from "./model-checkpoint";
import { listSnapshots, snapshotFolder } from "./snapshots";

/** The snapshots of one run: which epochs have one, and writing them. */
export class RunSnapshots {
  readonly dir: string;
  /** Epochs between two. */
  private readonly step: number;
  private lock: FolderLock | null = null;
  private classNames: readonly string[] = [];

  /**
   * @param isUnderWay whether the run that this is of still goes on
   * @throws VitlabError when an option is out of range, or the folder is in use or holds snapshots that nothing was said about.
   */
  constructor(
    private readonly options: SnapshotOptions,
    private readonly epochs: number,
    private readonly checkpoint: CheckpointOptions | undefined,
    private readonly isUnderWay: () => boolean,
  ) {
    checkOptions("snapshots", options, SNAPSHOT_OPTIONS);
    const { every = 1, keep = 20, dir = checkpoint?.dir && join(checkpoint.dir, "snapshots") } = options;
    checkWhole("snapshots.every", every);
    checkWhole("snapshots.keep", keep, 2);
    if (typeof dir !== "string" || dir === "")
      throw new VitlabError(
        `snapshots.dir is ${show(dir)}: give the path of a folder, as in { dir: "runs/snapshots" }, or save the run in a checkpoint`,
      );
    if (checkpoint && resolve(dir) === resolve(checkpoint.dir))
      throw new VitlabError(`${dir} is the folder of the checkpoint: choose another one for the snapshots`);
    this.dir = dir;
    this.step = stepBetween(epochs, every, keep);
    checkUnlocked(dir, { overwrite: this.overwrites });
    this.checkVacant();
  }

  /** Locks the folder, and removes what doesn't belong to the series: all of a former run, or what a shorter run had in between. */
  async open(resumed: boolean, classNames: readonly string[]): Promise<void> {
    this.lock = await lockFolder(this.dir, { overwrite: this.overwrites, isUnderWay: this.isUnderWay });
    if (!resumed) this.checkVacant(false);
    this.classNames = classNames;
    for (const { epoch, dir } of listSnapshots(this.dir))
      if (!resumed || !this.isDue(epoch)) await rm(dir, { recursive: true, force: true });
  }

  /** Writes the weights after so many epochs, where it is their turn or they are the last: the average where one is kept. */
  async save(model: Trainable, epoch: number, average: WeightAverage | null, isLast = false): Promise<void> {
    if (!isLast && !this.isDue(epoch)) return;
    await this.lock?.check();
    const classes = configOf(model)?.classes;
    const classNames = classes === undefined ? this.classNames : nameEach(this.classNames, classes);
    const about = { ...this.checkpoint?.about, epoch };
    const write = () => writeCheckpoint(snapshotFolder(this.dir, epoch), model, { classNames, about });
    await (average ? average.during(write) : write());
  }

  /** Gives the folder free. */
  release(): void {
    this.lock?.release();
  }

  private isDue(epoch: number): boolean {
    return epoch % this.step === 0 || epoch === this.epochs;
  }

  private get overwrites(): boolean {
    return this.options.overwrite ?? this.checkpoint?.overwrite ?? false;
  }

  private checkVacant(mayResume = this.checkpoint?.resume ?? false): void {
    if (!mayResume && !this.overwrites && listSnapshots(this.dir).length > 0)
      throw new VitlabError(
        `${this.dir} holds snapshots already: resume the run, overwrite them (snapshots: { overwrite: true }), or choose another folder`,
      );
  }
}

/** The smallest of every, 2 · every, 4 · every, … that makes no more snapshots than are kept, start and end included. */
function stepBetween(epochs: number, every: number, keep: number): number {
  let step = every;
  while (Math.ceil(epochs / step) + 1 > keep) step *= 2;
  return step;
}
