import util from "node:util";
import type { Tensor1D } from "@tensorflow/tfjs";
import { batches } from "../data/batches";
import { VitlabError } from "../tensor/error";
import { tf } from "../tensor/tf";
import type { ViT } from "../vit/model";
import { RunCheckpoint } from "./checkpoint/run-checkpoint";
import type { Progress } from "./checkpoint/training-state";
import { EventStream } from "./event-stream";
import type { EpochEvent, TrainingEvent } from "./events";
import type { FitOptions } from "./fit-options";
import { accuracyOf, measure } from "./measure";
import { nextTurn } from "./next-turn";
import { ParameterVector } from "./parameter-vector";
import { makePlan, type TrainingPlan, VALIDATION_BATCH } from "./plan";
import type { TrainingSettings } from "./training-settings";
import { type ProposedStep, proposeStep, type StepSettings } from "./training-step";

/** Why a run ended: all epochs done, `stop()`, its signal, or an interrupt of the process. */
export type EndReason = "finished" | "stopped" | "aborted" | "interrupted";

/** What came of a run. */
export interface FitResult {
  reason: EndReason;
  /** Whole epochs, from the first, those before a resume included. */
  history: EpochEvent[];
  /** Steps taken in all. */
  steps: number;
  /** Wall-clock time of this run, planning and saving included. */
  seconds: number;
  plan: TrainingPlan;
}

const training = new WeakSet<ViT>();

/** A training run under way; made by `fit`. */
export class TrainingRun implements PromiseLike<FitResult>, AsyncIterable<TrainingEvent> {
  /** The cost, stated before the first step. */
  readonly plan: Promise<TrainingPlan>;
  private readonly events = new EventStream();
  private readonly result: Promise<FitResult>;
  private ending: EndReason | null = null;
  private progress: Progress = { epoch: 0, step: 0, update: 0, lossSum: 0, seconds: 0, history: this.events.epochs };

  constructor(
    private readonly model: ViT,
    private readonly settings: TrainingSettings,
    private readonly options: FitOptions,
  ) {
    if (training.has(model))
      throw new VitlabError(
        "this model is in training already: await that run, or end it with run.stop() and await it",
      );
    const checkpoint = options.checkpoint ? new RunCheckpoint(options.checkpoint) : null;
    training.add(model);
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
  }

  /** Epochs so far. */
  get history(): readonly EpochEvent[] {
    return this.events.epochs;
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

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<FitResult | B> {
    return this.result.catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<FitResult> {
    return this.result.finally(onEnd);
  }

  [Symbol.asyncIterator](): AsyncIterator<TrainingEvent, void, undefined> {
    return this.events[Symbol.asyncIterator]();
  }

  [util.inspect.custom](): string {
    const { epochs, totalSteps } = this.settings;
    const { epoch, update } = this.progress;
    return `training run: ${epoch} of ${epochs} epochs done, ${update} of ${totalSteps} steps`;
  }

  private end(reason: EndReason): void {
    this.ending ??= reason;
  }

  private async run(checkpoint: RunCheckpoint | null, tellPlan: (plan: TrainingPlan) => void): Promise<FitResult> {
    const start = performance.now();
    const { signal } = this.options;
    const abort = () => this.end("aborted");
    const interrupt = () => this.end("interrupted");
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    // Where nobody answers SIGINT it kills the process, as everywhere; a listener of ours would prevent that.
    const hosted = process.listenerCount("SIGINT") > 0;
    if (hosted) process.on("SIGINT", interrupt);
    const parameters = new ParameterVector(this.model);
    const { optimizer } = this.settings;
    let state: Tensor1D[] = [];
    const decayed = optimizer.decay ? parameters.mask(optimizer.decay) : undefined;
    try {
      // Whoever called gets to iterate before anything happens.
      await nextTurn();
      state = optimizer.slots.map(() => tf.zeros([parameters.length]) as Tensor1D);
      const notes = checkpoint ? await this.begin(checkpoint, state) : [];
      const plan = await this.makePlan(notes);
      tellPlan(plan);
      await nextTurn();
      const step: StepSettings = { ...this.settings, model: this.model, parameters, decayed };
      while (!this.ending && this.progress.epoch < this.settings.epochs) await this.epoch(step, state, checkpoint);
      const reason = this.ending && this.progress.epoch < this.settings.epochs ? this.ending : "finished";
      if (reason !== "finished") await checkpoint?.save(this.model, this.progress, state, { weights: true });
      this.events.end();
      const seconds = (performance.now() - start) / 1000;
      return { reason, history: [...this.events.epochs], steps: this.progress.update, seconds, plan };
    } catch (error) {
      this.events.end({ error });
      throw error;
    } finally {
      tf.dispose(state);
      decayed?.dispose();
      training.delete(this.model);
      signal?.removeEventListener("abort", abort);
      if (hosted) process.off("SIGINT", interrupt);
    }
  }

  /** Puts the run where its checkpoint stands, or writes the first one, so that a full disk shows now. */
  private async begin(checkpoint: RunCheckpoint, state: Tensor1D[]): Promise<string[]> {
    const { saved, notes } = await checkpoint.open(this.model, this.settings);
    if (saved) {
      this.progress = { ...saved.progress, history: this.events.epochs };
      for (const epoch of saved.progress.history) this.events.push({ ...epoch, epochs: this.settings.epochs });
      saved.optimizer.forEach((values, slot) => {
        state[slot]?.dispose();
        state[slot] = tf.tensor1d(values);
      });
    }
    await checkpoint.saveAll(this.model, this.progress, state, this.settings.train.classNames);
    return notes;
  }

  private makePlan(notes: string[]): Promise<TrainingPlan> {
    const { totalSteps, epochs } = this.settings;
    const { update, epoch } = this.progress;
    const position = { stepsLeft: totalSteps - update, epochsLeft: epochs - epoch, notes };
    return makePlan(this.model, this.settings, position, (this.options.timing ?? true) && !this.ending);
  }

  /** One epoch, or the rest of it, and its measurement. */
  private async epoch(step: StepSettings, state: Tensor1D[], checkpoint: RunCheckpoint | null): Promise<void> {
    const { train, validation, epochs, batchSize, seed, augment, stepsPerEpoch, totalSteps, schedule, optimizer } =
      this.settings;
    const { progress } = this;
    let last = performance.now();
    const elapse = () => {
      const now = performance.now();
      const seconds = (now - last) / 1000;
      last = now;
      progress.seconds += seconds;
      return seconds;
    };
    const rate = (update: number) => schedule.learningRate(update, optimizer.learningRate, totalSteps);
    const order = { batchSize, seed, epoch: progress.epoch, augment, from: progress.step };
    for (const batch of batches(train, order)) {
      try {
        const { epoch, update } = progress;
        const learningRate = rate(update);
        const place = { batch, epoch, step: batch.step, update: update + 1, learningRate, state };
        const proposed = proposeStep(step, place);
        this.checkFinite(proposed, learningRate, checkpoint);
        step.parameters.write(proposed.weights);
        proposed.weights.dispose();
        tf.dispose(state);
        proposed.state.forEach((vector, slot) => {
          state[slot] = vector;
        });
        const images = batch.indices.length;
        progress.step = batch.step + 1;
        progress.update = update + 1;
        progress.lossSum += proposed.loss * images;
        const { loss, gradientNorm } = proposed;
        this.events.push({
          type: "step",
          epoch: epoch + 1,
          epochs,
          step: progress.step,
          stepsPerEpoch,
          update: progress.update,
          totalSteps,
          loss,
          gradientNorm,
          learningRate,
          images,
          seconds: elapse(),
        });
      } finally {
        tf.dispose([batch.images, batch.labels]);
      }
      await nextTurn();
      if (this.ending) return;
      if (checkpoint?.due(progress.step) && progress.step < stepsPerEpoch)
        await checkpoint.save(this.model, progress, state);
    }
    const measured = validation
      ? await measure(this.model, validation, VALIDATION_BATCH, () => this.ending !== null)
      : null;
    if (validation && !measured) return;
    if (measured && !Number.isFinite(measured.loss))
      this.diverged("validation loss", measured.loss, rate(progress.update - 1), checkpoint);
    elapse();
    const event: EpochEvent = {
      type: "epoch",
      epoch: progress.epoch + 1,
      epochs,
      trainLoss: progress.lossSum / train.length,
      validationLoss: measured?.loss ?? null,
      validationAccuracy: measured ? accuracyOf(measured) : null,
      learningRate: rate(progress.update - 1),
      update: progress.update,
      seconds: progress.seconds,
    };
    this.progress = {
      epoch: progress.epoch + 1,
      step: 0,
      update: progress.update,
      lossSum: 0,
      seconds: 0,
      history: this.events.epochs,
    };
    // Saved before it is told: who has heard of an epoch never loses it.
    const withEvent = { ...this.progress, history: [...this.events.epochs, event] };
    await checkpoint?.save(this.model, withEvent, state, { weights: true });
    this.events.push(event);
    await nextTurn();
  }

  private checkFinite(proposed: ProposedStep, learningRate: number, checkpoint: RunCheckpoint | null): void {
    const { loss, gradientNorm, weightProbe } = proposed;
    const broken: [string, number] | null = !Number.isFinite(loss)
      ? ["loss", loss]
      : !Number.isFinite(gradientNorm)
        ? ["gradient", gradientNorm]
        : weightProbe !== 0
          ? ["next weights", weightProbe]
          : null;
    if (!broken) return;
    tf.dispose([proposed.weights, proposed.state]);
    this.diverged(...broken, learningRate, checkpoint);
  }

  private diverged(what: string, value: number, learningRate: number, checkpoint: RunCheckpoint | null): never {
    const { epoch, step } = this.progress;
    const { clipNorm } = this.settings;
    const place = what === "validation loss" ? `after epoch ${epoch + 1}` : `at epoch ${epoch + 1}, step ${step + 1}`;
    const saved = checkpoint ? checkpoint.describe() : "no checkpoint was asked for";
    const clip = clipNorm === null ? ", or pass clipNorm: 1" : "";
    throw new VitlabError(
      `the ${what} became ${Number.isNaN(value) ? "NaN" : "infinite"} ${place}, with learning rate ${learningRate}: ` +
        `the model keeps the weights from before, ${saved}; lower the learning rate (try ${Number((learningRate / 10).toPrecision(2))})${clip}`,
    );
  }
}
