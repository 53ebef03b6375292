import type { Tensor1D } from "@tensorflow/tfjs-core";
import { checkPositive } from "../base/check-number";
import { printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { nextTurn } from "../base/next-turn";
import { onInterrupt } from "../base/node/on-interrupt";
import { type AnyDataset, type ExampleBatch, exampleBatches, isImageDataset } from "../data/examples";
import type { Module } from "../nn/module";
import { tf } from "../tensor/tf";
import { baseRate } from "./base-rate";
import { describeSettings } from "./checkpoint/recipe";
import { RunCheckpoint, type RunMemory } from "./checkpoint/run-checkpoint";
import { RunSnapshots } from "./checkpoint/run-snapshots";
import { loadSnapshots, type Snapshots } from "./checkpoint/snapshots";
import type { Progress } from "./checkpoint/training-state";
import { describeHistory, describeResult, historyDisplay, trainingDisplay } from "./describe-training";
import { EventStream } from "./event-stream";
import type { EpochEvent, LearningRateEvent, StepEvent, TrainingEvent } from "./events";
import type { FitOptions } from "./fit-options";
import type { EndReason, FitResult } from "./fit-result";
import type { GradientNorms } from "./gradient-norms";
import { measure } from "./measure";
import { type BestEpoch, bestEpoch } from "./monitor";
import { defaultLearningRate } from "./optimizers/by-name";
import { replaceState, startState, stateOfVectors } from "./optimizers/step-parameters";
import { ParameterVector } from "./parameter-vector";
import { Pause } from "./pause";
import { makePlan, type TrainingPlan, VALIDATION_BATCH } from "./plan";
import { rememberRun } from "./recent-runs";
import { Stretch } from "./stretch";
import type { Trainable } from "./trainable";
import { batchOptions, type TrainingSettings } from "./training-settings";
import { type ProposedStep, proposeStep, type StepSettings } from "./training-step";
import { WeightAverage } from "./weight-average";

const training = new WeakMap<Module, TrainingRun>();

/** A training run under way; made by `fit`. */
export class TrainingRun implements PromiseLike<FitResult>, AsyncIterable<TrainingEvent> {
  /** The cost, stated before the first step. */
  readonly plan: Promise<TrainingPlan>;
  private readonly events = new EventStream();
  private readonly result: Promise<FitResult>;
  private ending: EndReason | null = null;
  private readonly stretch = new Stretch();
  private readonly pausing = new Pause();
  private pausedSeconds = 0;
  /** A rate that was set before the run stood where it begins. */
  private earlyRate: number | null = null;
  private begun = false;
  private over = false;
  private unsavedRate = false;
  private askedNorms: ((norms: GradientNorms | null) => void)[] = [];
  private readonly kept: RunSnapshots | null;
  private progress: Progress = { epoch: 0, step: 0, update: 0, lossSum: 0, seconds: 0, ...this.told() };

  constructor(
    /** What is trained. */
    readonly model: Trainable,
    private readonly settings: TrainingSettings,
    private readonly options: FitOptions,
  ) {
    const other = training.get(model);
    if (other && !other.stretch.isBroken)
      throw new VitlabError(
        "this model is in training already: await that run, or end it with run.stop() and await it",
      );
    const isUnderWay = () => !this.stretch.isBroken;
    const checkpoint = options.checkpoint ? new RunCheckpoint(options.checkpoint, isUnderWay) : null;
    this.kept = options.snapshots
      ? new RunSnapshots(options.snapshots, settings.epochs, options.checkpoint, isUnderWay)
      : null;
    training.set(model, this);
    let tellPlan: (plan: TrainingPlan) => void = () => {};
    let failPlan: (error: unknown) => void = () => {};
    this.plan = new Promise((resolve, reject) => {
      tellPlan = resolve;
      failPlan = reject;
    });
    this.result = this.run(checkpoint, tellPlan);
    // Whoever awaits or iterates sees the error; who does neither must not crash the process.
    this.result.catch(failPlan);
    this.plan.catch(() => {});
    const words = () => this.describe();
    trainingDisplay.mark(printAs(this, words), words);
  }

  /** Epochs so far. */
  get history(): readonly EpochEvent[] {
    return this.events.epochs;
  }

  /** What it learns from, and what it is measured on, where there is anything. */
  get data(): { readonly train: AnyDataset; readonly validation: AnyDataset | null } {
    const { train, validation } = this.settings;
    return { train, validation };
  }

  /** Changes of the learning rate so far, those before a resume included. */
  get rateChanges(): readonly LearningRateEvent[] {
    return this.events.rateChanges;
  }

  /** Whether the run is held up by `pause()`. */
  get paused(): boolean {
    return this.pausing.isOn;
  }

  /**
   * Holds the run up after the current step (or, where one is under way, after the validation), until `resume()`. The time
   * doesn't count; `stop()`, the signal and an interrupt end the run also then.
   */
  pause(): void {
    if (!this.over && !this.ending) this.pausing.begin();
  }

  /** Goes on after `pause()`. */
  resume(): void {
    this.pausing.end();
  }

  /**
   * From the next step on the schedule is computed with this learning rate in place of the optimizer's own: with `constant()` it
   * is the rate of every step, with `warmupCosine()` the one that the warm-up leads to and the cosine comes down from. It is an
   * event of the run, and part of its checkpoint: a run that is resumed takes the same steps to the bit.
   *
   * @throws VitlabError when the rate isn't above 0, or the run has ended.
   */
  setLearningRate(rate: number): void {
    checkPositive("learningRate", rate);
    if (this.over || this.ending)
      throw new VitlabError(
        "this run has ended, and no step would have the new learning rate: start a run with it, fit(model, { optimizer: adam({ learningRate }) })",
      );
    if (this.begun) this.changeRate(rate);
    else this.earlyRate = rate;
  }

  /** The learning rate that the schedule is computed with: the optimizer's own, or what it was last changed to. */
  get baseLearningRate(): number {
    return this.earlyRate ?? this.rateChanges.at(-1)?.learningRate ?? this.settings.optimizer.learningRate;
  }

  /** The lengths of the next step's gradient, part by part; null when the run ends before it. Costs a little of that step. */
  gradientNorms(): Promise<GradientNorms | null> {
    if (this.over) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.askedNorms.push(resolve);
    });
  }

  /**
   * The models that it kept so far, which are loaded when one iterates over them.
   *
   * @throws VitlabError when the run keeps none, or hasn't begun.
   */
  snapshots(): Snapshots {
    if (this.kept) return loadSnapshots(this.kept.dir);
    throw new VitlabError(
      'this run keeps no snapshots: ask for them, fit(model, { snapshots: { dir: "runs/snapshots" } })',
    );
  }

  /** Ends the run after the current step; the model keeps its weights. */
  stop(): void {
    this.end("stopped");
  }

  // biome-ignore lint/suspicious/noThenProperty: `await fit(…)` is the plainest way to train
  then<A = FitResult, B = never>(
    onResult?: ((result: FitResult) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result.then(onResult, onError);
  }

  /** As a promise has it. */
  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<FitResult | B> {
    return this.result.catch(onError);
  }

  /** As a promise has it. */
  finally(onEnd?: (() => void) | null): Promise<FitResult> {
    return this.result.finally(onEnd);
  }

  /** The events, as they come. */
  [Symbol.asyncIterator](): AsyncIterator<TrainingEvent, void, undefined> {
    return this.events[Symbol.asyncIterator]();
  }

  private describe(): string {
    const { epochs, totalSteps } = this.settings;
    const { epoch, update } = this.progress;
    return `training run: ${epoch} of ${epochs} epochs done, ${update} of ${totalSteps} steps`;
  }

  private end(reason: EndReason): void {
    this.ending ??= reason;
    this.pausing.end();
  }

  private async run(checkpoint: RunCheckpoint | null, tellPlan: (plan: TrainingPlan) => void): Promise<FitResult> {
    const start = performance.now();
    const { signal } = this.options;
    const abort = () => this.end("aborted");
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    const forget = onInterrupt(() => this.end("interrupted"));
    const { optimizer, ema, rates } = this.settings;
    const parameters = new ParameterVector(this.model, { frozen: rates?.frozen });
    const average = ema === null ? null : new WeightAverage(parameters, ema);
    const memory: RunMemory = { state: [], slots: optimizer.slots.length, average };
    try {
      // Whoever called gets to iterate before anything happens.
      await nextTurn();
      memory.state.push(...startState(optimizer, parameters));
      average?.start();
      const { resumed, notes } = checkpoint
        ? await this.begin(checkpoint, memory, parameters)
        : { resumed: false, notes: [] };
      await this.beginSnapshots(resumed, average);
      this.begun = true;
      if (this.earlyRate !== null) this.changeRate(this.earlyRate);
      this.earlyRate = null;
      const plan = await this.makePlan(notes, memory.state);
      this.remember();
      tellPlan(plan);
      await nextTurn();
      const step: StepSettings = { ...this.settings, model: this.model, parameters };
      this.stopEarly();
      while (!this.ending && this.progress.epoch < this.settings.epochs) await this.epoch(step, memory, checkpoint);
      const reason = this.ending && this.progress.epoch < this.settings.epochs ? this.ending : "finished";
      // Early stopping ends at an epoch's end, which nobody knew to be the last.
      if (reason === "early") await this.kept?.save(this.model, this.progress.epoch, average, true);
      if (reason !== "finished" && checkpoint) {
        await checkpoint.save(this.model, this.progress, memory);
        if (!this.best()) await checkpoint.saveForUse(this.model, memory);
      }
      average?.settle();
      this.events.end();
      const seconds = (performance.now() - start) / 1000 - this.pausedSeconds;
      const history = historyDisplay.mark([...this.events.epochs], describeHistory);
      const rateChanges = [...this.rateChanges];
      const steps = this.progress.update;
      const result: FitResult = { reason, history, rateChanges, best: this.best(), steps, seconds, plan };
      return trainingDisplay.mark(printAs(result, describeResult), () => describeResult(result));
    } catch (error) {
      this.events.end({ error });
      throw error;
    } finally {
      this.over = true;
      this.pausing.end();
      this.tellNorms(null);
      this.kept?.release();
      checkpoint?.release();
      tf.dispose(memory.state);
      average?.dispose();
      training.delete(this.model);
      signal?.removeEventListener("abort", abort);
      forget();
    }
  }

  /** Puts the run where its checkpoint stands, or writes the first one, so that a full disk shows now. */
  private async begin(
    checkpoint: RunCheckpoint,
    memory: RunMemory,
    parameters: ParameterVector,
  ): Promise<{ resumed: boolean; notes: string[] }> {
    const { saved, notes } = await checkpoint.open(this.model, this.settings);
    if (saved) {
      const { history, rateChanges = [] } = saved.progress;
      this.progress = { ...saved.progress, ...this.told() };
      for (const event of inOrder(history, rateChanges))
        this.events.push(event.type === "epoch" ? { ...event, epochs: this.settings.epochs } : event);
      const state = stateOfVectors(this.settings.optimizer, parameters, saved.optimizer);
      tf.dispose(memory.state);
      memory.state.splice(0, memory.state.length, ...state);
      if (saved.average) memory.average?.start(saved.average);
    }
    const { classNames } = this;
    await checkpoint.saveAll(this.model, this.progress, memory, { classNames, keepBest: this.leftBest() });
    return { resumed: saved !== null, notes };
  }

  /** Keeps the model as it is before the first step, or goes on with the series of the run that is resumed. */
  private async beginSnapshots(resumed: boolean, average: WeightAverage | null): Promise<void> {
    const { epoch, step } = this.progress;
    await this.kept?.open(resumed, this.classNames);
    if (step === 0) await this.kept?.save(this.model, epoch, average);
  }

  private get classNames(): readonly string[] {
    const { train } = this.settings;
    return isImageDataset(train) ? train.classNames : [];
  }

  private makePlan(notes: string[], state: Tensor1D[]): Promise<TrainingPlan> {
    const { totalSteps, epochs } = this.settings;
    const { update, epoch } = this.progress;
    const position = { stepsLeft: totalSteps - update, epochsLeft: epochs - epoch, notes };
    const timing = (this.options.timing ?? true) && !this.ending;
    return makePlan(this.model, this.settings, position, timing, state, this.stretch.compute);
  }

  /** One epoch, or the rest of it, and its measurement; leaves in between where the run is to end. */
  private async epoch(settings: StepSettings, memory: RunMemory, checkpoint: RunCheckpoint | null): Promise<void> {
    const { train, stepsPerEpoch } = this.settings;
    const { progress } = this;
    let last = performance.now();
    const elapse = () => {
      const seconds = (performance.now() - last) / 1000;
      last += 1000 * seconds;
      progress.seconds += seconds;
      return seconds;
    };
    const hold = async () => {
      const waited = await this.pausing.over();
      last += waited;
      this.pausedSeconds += waited / 1000;
    };
    await hold();
    if (this.ending) return;
    const order = { ...batchOptions(this.model, this.settings), epoch: progress.epoch, from: progress.step };
    for (const batch of exampleBatches(train, order)) {
      let event: StepEvent;
      try {
        event = this.stretch.compute(() => this.takeStep(settings, batch, memory, checkpoint, elapse));
      } finally {
        tf.dispose([batch.input, batch.target]);
      }
      await nextTurn();
      await this.callBack(event);
      if (this.ending) return;
      const isDue = this.unsavedRate || this.paused || checkpoint?.due(progress.step);
      if (checkpoint && isDue && progress.step < stepsPerEpoch) await this.save(checkpoint, progress, memory);
      await hold();
      if (this.ending) return;
      if (checkpoint && this.unsavedRate && progress.step < stepsPerEpoch)
        await this.save(checkpoint, progress, memory);
    }
    await this.endEpoch(memory, checkpoint, elapse);
  }

  private async save(checkpoint: RunCheckpoint, progress: Progress, memory: RunMemory): Promise<void> {
    this.unsavedRate = false;
    await checkpoint.save(this.model, progress, memory);
  }

  private changeRate(learningRate: number): void {
    if (learningRate === baseRate(this.rateChanges, this.settings.optimizer.learningRate, Number.POSITIVE_INFINITY))
      return;
    const { epoch, update } = this.progress;
    this.unsavedRate = true;
    this.events.push({ type: "learningRate", epoch: epoch + 1, update, learningRate });
  }

  private remember(): void {
    const { history, rateChanges, model, settings, options } = this;
    rememberRun({ name: options.checkpoint?.dir, settings: describeSettings(model, settings), history, rateChanges });
  }

  private tellNorms(norms: GradientNorms | null): void {
    for (const tell of this.askedNorms.splice(0)) tell(norms);
  }

  /** What the run told and a checkpoint keeps: lists that grow. */
  private told(): Pick<Progress, "history" | "rateChanges"> {
    return { history: this.events.epochs, rateChanges: this.events.rateChanges };
  }

  private takeStep(
    settings: StepSettings,
    batch: ExampleBatch,
    { state, average }: RunMemory,
    checkpoint: RunCheckpoint | null,
    elapse: () => number,
  ): StepEvent {
    const { progress } = this;
    const { epochs, stepsPerEpoch, totalSteps } = this.settings;
    const { epoch } = progress;
    const update = progress.update + 1;
    const learningRate = this.learningRate(update);
    const wantsNorms = this.askedNorms.length > 0;
    const proposed = proposeStep(settings, {
      ...{ batch, epoch, step: batch.step, update, learningRate, state, wantsNorms, overwriteState: true },
    });
    const broken = brokenNumber(proposed);
    if (broken) {
      tf.dispose(proposed.weights);
      replaceState(state, proposed.state);
      throw this.diverged(...broken, checkpoint);
    }
    replaceState(state, proposed.state);
    settings.parameters.write(proposed.weights);
    average?.add(proposed.weights, update);
    tf.dispose(proposed.weights);
    const { loss, gradientNorm, norms } = proposed;
    if (norms) this.tellNorms({ update, norms });
    const examples = batch.count;
    progress.step = batch.step + 1;
    progress.update = update;
    progress.lossSum += loss * examples;
    const place = { epoch: epoch + 1, epochs, step: progress.step, stepsPerEpoch, update, totalSteps };
    const event: StepEvent = { type: "step", ...place, loss, gradientNorm, learningRate, examples, seconds: elapse() };
    this.events.push(event);
    return event;
  }

  /** Measures the model on the validation images, saves, and tells the epoch. */
  private async endEpoch(memory: RunMemory, checkpoint: RunCheckpoint | null, elapse: () => number): Promise<void> {
    const { train, validation, epochs, loss, metrics, precision } = this.settings;
    const { epoch, update, lossSum } = this.progress;
    const stopped = () => this.ending !== null;
    const { compute } = this.stretch;
    const measureNow = async () =>
      validation
        ? await measure(this.model, validation, {
            ...{ batchSize: VALIDATION_BATCH, loss, metrics, precision, stopped, compute },
          })
        : null;
    const measured = await (memory.average ? memory.average.during(measureNow) : measureNow());
    if (validation && !measured) return;
    if (measured && !Number.isFinite(measured.loss)) throw this.diverged("validation loss", measured.loss, checkpoint);
    elapse();
    const event: EpochEvent = {
      type: "epoch",
      epoch: epoch + 1,
      epochs,
      trainLoss: lossSum / train.length,
      validationLoss: measured?.loss ?? null,
      validationAccuracy: measured?.accuracy ?? null,
      ...(measured && Object.keys(metrics).length > 0 && { metrics: measured.metrics }),
      learningRate: this.learningRate(update),
      update,
      seconds: this.progress.seconds,
    };
    this.progress = { epoch: epoch + 1, step: 0, update, lossSum: 0, seconds: 0, ...this.told() };
    // Saved before it is told: who has heard of an epoch never loses it.
    const withEvent = { ...this.progress, history: [...this.events.epochs, event] };
    // Before the checkpoint: a run that is killed in between does the epoch, and its snapshot, again.
    await this.kept?.save(this.model, epoch + 1, memory.average);
    if (checkpoint) {
      await this.save(checkpoint, withEvent, memory);
      const { best } = this.settings;
      if (!best || bestEpoch(withEvent.history, best)?.epoch === event.epoch)
        await checkpoint.saveForUse(this.model, memory);
    }
    this.events.push(event);
    await nextTurn();
    await this.callBack(event);
    this.stopEarly();
  }

  /** The best epoch so far, by what the checkpoint keeps or early stopping waits for. */
  private best(): BestEpoch | null {
    const monitor = this.settings.best ?? this.settings.earlyStopping?.monitor;
    return monitor ? bestEpoch(this.events.epochs, monitor) : null;
  }

  /** Whether a run that goes on left the weights of its best epoch behind, from before those that it goes on from. */
  private leftBest(): boolean {
    const { best } = this.settings;
    const { epoch, step } = this.progress;
    const found = best && bestEpoch(this.events.epochs, best);
    // A run that was killed at the end of its best epoch may not have come to write it.
    return !!found && !(found.epoch === epoch && step === 0);
  }

  /** Ends the run when it hasn't become better for as long as it was to wait. */
  private stopEarly(): void {
    const { earlyStopping } = this.settings;
    if (!earlyStopping) return;
    const best = bestEpoch(this.events.epochs, earlyStopping.monitor);
    if (best && this.progress.epoch - best.epoch >= earlyStopping.patience) this.end("early");
  }

  /** Calls whoever wanted to hear of an event, one after the other. */
  private async callBack(event: TrainingEvent): Promise<void> {
    for (const callback of this.settings.callbacks) await callback(event, this);
  }

  /** Of the step with this number, counted from 1. */
  private learningRate(update: number): number {
    const { schedule, optimizer, totalSteps } = this.settings;
    return schedule.learningRate(update - 1, baseRate(this.rateChanges, optimizer.learningRate, update), totalSteps);
  }

  private diverged(what: string, value: number, checkpoint: RunCheckpoint | null): VitlabError {
    const { epoch, step, update } = this.progress;
    const after = what === "validation loss";
    const place = after ? `after epoch ${epoch + 1}` : `at epoch ${epoch + 1}, step ${step + 1}`;
    const learningRate = this.learningRate(after ? update : update + 1);
    const saved = checkpoint ? checkpoint.describe() : "no checkpoint was asked for";
    // From far too high a rate a tenth is of no use: the optimizer's own is known to work.
    const known = defaultLearningRate(this.settings.optimizer.name) ?? Number.POSITIVE_INFINITY;
    const lower = Number(Math.min(learningRate / 10, known).toPrecision(2));
    const retry = checkpoint ? `, and ${checkpoint.describeRetry()}` : "";
    const clip = this.settings.clipNorm === null ? ", or clip the gradient to length 1" : "";
    return new VitlabError(
      `the ${what} became ${Number.isNaN(value) ? "NaN" : "infinite"} ${place}, with learning rate ${learningRate}: ` +
        `the model keeps the weights from before, ${saved}; lower the learning rate (try ${lower})${clip}${retry}`,
    );
  }
}

/** Events of both kinds as they came. */
function inOrder(
  epochs: readonly EpochEvent[],
  changes: readonly LearningRateEvent[],
): (EpochEvent | LearningRateEvent)[] {
  return [...changes, ...epochs].sort((a, b) => a.update - b.update || a.epoch - b.epoch);
}

/** The first number of a step that is no longer finite, and its name. */
function brokenNumber({ loss, gradientNorm, weightProbe }: ProposedStep): [what: string, value: number] | null {
  if (!Number.isFinite(loss)) return ["loss", loss];
  if (!Number.isFinite(gradientNorm)) return ["gradient", gradientNorm];
  if (weightProbe !== 0) return ["next weights", weightProbe];
  return null;
}
