import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Tensor1D } from "@tensorflow/tfjs-core";
import { checkPositive, checkWhole } from "../../base/check-number";
import { checkOptions, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { inLanguage } from "../../base/language";
import { removeTemporaries } from "../../base/node/atomic-file";
import { checkUnlocked, type FolderLock, lockFolder } from "../../base/node/folder-lock";
import { SafetensorsFile } from "../../base/node/safetensors-file";
import { nameEach } from "../../data/name-lists";
import { currentEngine } from "../../tensor/node/engine";
import { CHECKPOINT_OPTIONS, type CheckpointOptions } from "../fit-options";
import { vectorsOf } from "../optimizers/step-parameters";
import { configOf, type Trainable } from "../trainable";
import type { TrainingSettings } from "../training-settings";
import type { WeightAverage } from "../weight-average";
import { CHECKPOINT_FILES, hasCheckpoint } from "./files";
import { saveWeights, writeCheckpoint, writeCheckpointConfig } from "./model-checkpoint";
import { differences, makeRecipe, type Recipe } from "./recipe";
import {
  checkStanding,
  type Progress,
  readTrainingState,
  type TrainingState,
  writeTrainingState,
} from "./training-state";

/** What a run keeps from step to step besides the weights. */
export interface RunMemory {
  /** Of the optimizer, as `startState` lays it. */
  state: Tensor1D[];
  /** How many vectors that is, each as long as all parameters together. */
  slots: number;
  average: WeightAverage | null;
}

/** The checkpoint folder of one run: opens it, keeps it up to date. */
export class RunCheckpoint {
  private recipe: Recipe | null = null;
  private savedAt = performance.now();
  private saveSeconds = 0;
  private savedProgress: Pick<Progress, "epoch" | "step"> | null = null;
  private lock: FolderLock | null = null;

  /**
   * @param isUnderWay whether the run that this is of still goes on
   * @throws VitlabError when an option is out of range, or the folder is in use or holds a run that nothing was said about.
   */
  constructor(
    private readonly options: CheckpointOptions,
    private readonly isUnderWay: () => boolean,
  ) {
    checkOptions("checkpoint", options, CHECKPOINT_OPTIONS);
    const { dir, resume, overwrite, everySeconds, everySteps } = options;
    if (typeof dir !== "string" || dir === "")
      throw new VitlabError(`checkpoint.dir is ${show(dir)}: give the path of a folder, as in { dir: "runs/mine" }`);
    if (everySeconds !== undefined) checkPositive("checkpoint.everySeconds", everySeconds);
    if (everySteps !== undefined) checkWhole("checkpoint.everySteps", everySteps);
    if (resume && overwrite)
      throw new VitlabError("a run can't both resume and overwrite its checkpoint: choose one of the two");
    // Said now, where it can be seen now; the lock itself is taken when the run begins.
    checkUnlocked(dir, { overwrite });
    this.checkVacant();
  }

  private checkVacant(): void {
    const { dir, resume, overwrite } = this.options;
    if (!resume && !overwrite && hasCheckpoint(dir))
      throw new VitlabError(
        `${dir} holds a checkpoint already: resume it, overwrite it, or choose another folder (checkpoint: { resume } or { overwrite })`,
      );
  }

  /**
   * Locks the folder, reads the saved run where it is to go on, and gives the model its weights.
   *
   * @throws VitlabError when another run writes there, or naming what differs when the saved run was made with other settings
   *   or data.
   */
  async open(model: Trainable, settings: TrainingSettings): Promise<{ saved: TrainingState | null; notes: string[] }> {
    const { dir, resume, overwrite } = this.options;
    this.lock = await lockFolder(dir, { overwrite, isUnderWay: this.isUnderWay });
    // Another run may have come and gone meanwhile.
    this.checkVacant();
    await removeTemporaries(dir);
    this.recipe = makeRecipe(model, settings);
    if (!resume) return { saved: null, notes: [] };
    const saved = await readTrainingState(dir);
    if (!saved) return { saved: null, notes: [nothingToResume(dir)] };
    const changed = differences(saved.recipe, this.recipe);
    if (changed.length > 0)
      throw new VitlabError(
        `the run in ${dir} can't be resumed with other settings: ${changed.join(", ")}; ` +
          "use the settings of before, or another folder for a new run",
      );
    checkStanding(saved, settings, dir);
    model.loadStateDict(saved.weights);
    const { epoch } = saved.progress;
    const finished = epoch >= settings.epochs;
    const notes = [
      finished
        ? inLanguage({
            en: `the run in ${dir} is finished: nothing left to train`,
            zh: `${dir} 里的训练已经完成：没有剩下的步数`,
          })
        : inLanguage({
            en: `going on with the run in ${dir} at ${placeOf(saved.progress, settings)}`,
            zh: `从 ${dir} 里的训练继续（${placeOf(saved.progress, settings)}）`,
          }),
    ];
    const { engine } = currentEngine();
    if (saved.engine !== engine)
      notes.push(
        inLanguage({
          en: `it was begun on engine ${saved.engine} and goes on with ${engine}: the last digits will differ`,
          zh: `它在引擎 ${saved.engine} 上开始，现在用 ${engine} 继续：最后几位数字会不同`,
        }),
      );
    return { saved, notes };
  }

  /**
   * Writes all files: the first act of a run.
   *
   * @param keepBest whether the weights for use are those of an earlier epoch, the best so far: they stay
   */
  async saveAll(
    model: Trainable,
    progress: Progress,
    memory: RunMemory,
    { classNames, keepBest }: { classNames: readonly string[]; keepBest: boolean },
  ): Promise<void> {
    const { dir, about = {}, resume } = this.options;
    await this.save(model, progress, memory);
    // Weights of an earlier run must not meet the new config.
    if (!resume) await rm(join(dir, CHECKPOINT_FILES.weights), { force: true });
    const classes = configOf(model)?.classes;
    const names = classes === undefined ? classNames : nameEach(classNames, classes);
    const told = { classNames: names, about };
    if (keepBest && (await hasWholeWeights(dir))) return writeCheckpointConfig(dir, model, told);
    const write = () => writeCheckpoint(dir, model, told);
    await (memory.average ? memory.average.during(write) : write());
  }

  /** Saves where the run stands. */
  async save(model: Trainable, progress: Progress, memory: RunMemory): Promise<void> {
    const { dir } = this.options;
    const start = performance.now();
    await this.lock?.check();
    await writeTrainingState(dir, {
      recipe: this.recipe as Recipe,
      engine: currentEngine().engine,
      progress,
      weights: model.stateDict(),
      optimizer: vectorsOf(memory.state, memory.slots),
      average: memory.average?.values() ?? null,
    });
    this.savedAt = performance.now();
    this.saveSeconds = (this.savedAt - start) / 1000;
    this.savedProgress = { epoch: progress.epoch, step: progress.step };
  }

  /** Saves the weights for use: the average where one is kept. */
  async saveForUse(model: Trainable, { average }: RunMemory): Promise<void> {
    await this.lock?.check();
    const write = () => saveWeights(this.options.dir, model);
    await (average ? average.during(write) : write());
  }

  /** Gives the folder free. */
  release(): void {
    this.lock?.release();
  }

  /** Whether it is time to save, after this many steps of an epoch. */
  due(step: number): boolean {
    const { everySeconds = 30, everySteps } = this.options;
    if (everySteps !== undefined && step % everySteps === 0) return true;
    // A large model on a slow disk must not spend its time saving.
    return performance.now() - this.savedAt > 1000 * Math.max(everySeconds, 10 * this.saveSeconds);
  }

  /** Where the last save stands, in words. */
  describe(): string {
    const { epoch, step } = this.savedProgress ?? { epoch: 0, step: 0 };
    const where = epoch + step === 0 ? "from before the first step" : `after step ${step} of epoch ${epoch + 1}`;
    return `the last checkpoint in ${this.options.dir} is ${where}`;
  }

  /** How to try again with other settings in the same folder. */
  describeRetry(): string {
    return `start anew in ${this.options.dir} with overwrite: true (--overwrite on the command line)`;
  }
}

/** Where a saved run goes on, in words. */
function placeOf({ epoch, step }: Progress, { epochs, stepsPerEpoch }: TrainingSettings): string {
  const isWithin = step < stepsPerEpoch;
  const where = `epoch ${epoch + 1} of ${epochs}`;
  return inLanguage({
    en: isWithin ? `${where}, step ${step + 1} of ${stepsPerEpoch}` : `the validation of ${where}`,
    zh: `第 ${epoch + 1}/${epochs} 轮${isWithin ? `，第 ${step + 1}/${stepsPerEpoch} 步` : "的验证"}`,
  });
}

function nothingToResume(dir: string): string {
  return inLanguage({
    en: `${dir} holds no run to resume: starting from the beginning`,
    zh: `${dir} 里没有可以继续的训练：从头开始`,
  });
}

/** @throws VitlabError when weights are there and damaged. */
async function hasWholeWeights(dir: string): Promise<boolean> {
  const path = join(dir, CHECKPOINT_FILES.weights);
  if (!existsSync(path)) return false;
  const file = await SafetensorsFile.open(path);
  try {
    await file.verify();
  } finally {
    await file.close();
  }
  return true;
}
