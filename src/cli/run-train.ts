import { join } from "node:path";
import { augment } from "../data/augment";
import { describeDataset } from "../data/dataset";
import { describeEngine, type EngineName, useEngine } from "../tensor/engine";
import { VitlabError } from "../tensor/error";
import { hasCheckpoint } from "../train/checkpoint/files";
import { readCheckpointInfo } from "../train/checkpoint/model-checkpoint";
import { type Evaluation, evaluate } from "../train/evaluate";
import type { EpochEvent } from "../train/events";
import { fit } from "../train/fit";
import { adam, adamW } from "../train/optimizers/adam";
import type { Optimizer } from "../train/optimizers/optimizer";
import { sgd } from "../train/optimizers/sgd";
import { describePlan, duration } from "../train/plan";
import { constant, type Schedule, warmupCosine } from "../train/schedules";
import type { FitResult } from "../train/training-run";
import { completeConfig, type FullViTConfig, type ViTConfig } from "../vit/config";
import { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";
import { accuracySentence, percent } from "./accuracy";
import type { AugmentChoice } from "./arguments";
import { type DataSource, describeSource, rememberedSource } from "./data-source";
import { type Interrupts, listenForInterrupts } from "./interrupts";
import { type DataSplits, fewer, loadSplits } from "./load-data";
import { configFromFile, PRESETS } from "./model-choice";
import { trainingDisplay } from "./training-display";

/** The options of `vitlab train`. */
export interface TrainArguments {
  preset?: string;
  config?: string;
  data?: DataSource;
  out?: string;
  epochs: number;
  batchSize: number;
  learningRate?: number;
  optimizer: string;
  weightDecay?: number;
  momentum?: number;
  schedule: string;
  warmup?: number;
  labelSmoothing: number;
  clip?: number;
  augment?: AugmentChoice;
  dropout?: number;
  seed: number;
  trainCount?: number;
  validation?: number;
  engine?: EngineName;
  saveEvery: number;
  resume?: boolean;
  overwrite?: boolean;
  json?: boolean;
}

/** Trains as the command line says, and measures the result on the test images. */
export async function runTrain(args: TrainArguments): Promise<void> {
  const config = chosenConfig(args);
  const optimizer = chosenOptimizer(args);
  const schedule = chosenSchedule(args);
  const out = args.out ?? join("runs", args.config ? "model" : (args.preset ?? "article"));
  if (!args.resume && !args.overwrite && hasCheckpoint(out))
    throw new VitlabError(
      `${out} holds a run already: go on with it (--resume), replace it (--overwrite), or choose another folder (--out)`,
    );
  const { data, validation } = await chosenData(args, out);
  const say = args.json ? (text: string) => void process.stderr.write(`${text}\n`) : console.log;
  const display = trainingDisplay();
  let training = false;
  const interrupts = listenForInterrupts((what) => {
    display.clear();
    if (what === "output") process.stderr.write("error: the output can't be written any more: stopping\n");
    if (!training) process.exit(interrupts.exitCode() ?? 1);
    if (what === "signal") process.stderr.write("stopping after this step; Ctrl-C once more ends at once\n");
  });
  try {
    say(describeEngine(await useEngine(args.engine, { quiet: true })));
    const splits = await loadSplits(data, { imageSize: sizeOf(config.imageSize), validation });
    const train = fewer(splits.train, args.trainCount);
    for (const dataset of [train, splits.validation, splits.test]) say(describeDataset(dataset));
    const model = new ViT({ ...config, classes: train.classNames.length }, { seed: args.seed });
    const run = fit(model, {
      train,
      validation: splits.validation,
      epochs: args.epochs,
      batchSize: args.batchSize,
      optimizer,
      schedule,
      augment: args.augment && augment(args.augment),
      labelSmoothing: args.labelSmoothing,
      clipNorm: args.clip,
      seed: args.seed,
      signal: interrupts.signal,
      checkpoint: {
        dir: out,
        resume: args.resume,
        overwrite: args.overwrite,
        everySeconds: args.saveEvery,
        about: { data: describeSource(data), validation: validation ?? null },
      },
    });
    training = true;
    say(describePlan(await run.plan));
    for await (const event of run) {
      if (event.type === "step") display.step(event);
      else {
        display.clear();
        if (args.json) console.log(JSON.stringify(epochLine(event)));
        else console.log(epochSentence(event));
      }
    }
    display.clear();
    const result = await run;
    if (result.reason !== "finished") return sayStopped(result, out, interrupts);
    say(`saved in ${out}`);
    await sayTest(model, splits, result, args.json ?? false, interrupts);
  } finally {
    display.clear();
    interrupts.end();
  }
}

/** The images that were asked for, or those of the run that is to go on. */
async function chosenData(
  { data, validation, resume }: TrainArguments,
  out: string,
): Promise<{ data: DataSource; validation?: number }> {
  if (data) return { data, validation };
  if (!resume || !hasCheckpoint(out))
    throw new VitlabError("--data is missing: give cifar10, shapes, or folder:PATH with one sub-folder a class");
  const { about } = await readCheckpointInfo(out);
  const held = typeof about.validation === "number" ? about.validation : undefined;
  return { data: rememberedSource(out, about.data), validation: validation ?? held };
}

function chosenConfig({ preset = "article", config: file, dropout }: TrainArguments): FullViTConfig {
  const chosen = file ? configFromFile(file) : (PRESETS[preset] as ViTConfig);
  const config = completeConfig(chosen);
  if (dropout === undefined) return config;
  // One rate for both where the model drops attention weights at all, as in PyTorch's encoder layers.
  return { ...config, dropout, attentionDropout: config.attentionDropout > 0 ? dropout : 0 };
}

function chosenOptimizer({ optimizer, learningRate, weightDecay, momentum }: TrainArguments): Optimizer {
  if (momentum !== undefined && optimizer !== "sgd")
    throw new VitlabError(`--momentum is for --optimizer sgd: ${optimizer} has its own`);
  const settings = { learningRate, ...(weightDecay !== undefined && { weightDecay }) };
  if (optimizer === "sgd") return sgd({ ...settings, momentum });
  return optimizer === "adamw" ? adamW(settings) : adam(settings);
}

function chosenSchedule({ schedule, warmup }: TrainArguments): Schedule {
  if (schedule === "cosine") return warmupCosine({ warmupSteps: warmup });
  if (warmup) throw new VitlabError("--warmup needs --schedule cosine: the constant schedule doesn't warm up");
  return constant();
}

function epochLine({
  epoch,
  trainLoss,
  validationLoss,
  validationAccuracy,
  seconds,
  learningRate,
  update,
}: EpochEvent) {
  return { epoch, trainLoss, validationLoss, validationAccuracy, seconds, learningRate, steps: update };
}

function epochSentence(event: EpochEvent): string {
  const { epoch, epochs, trainLoss, validationLoss, validationAccuracy, seconds } = event;
  const held = `validation loss ${validationLoss?.toFixed(3)}, accuracy ${percent(validationAccuracy ?? 0)}`;
  return `epoch ${epoch} of ${epochs}: training loss ${trainLoss.toFixed(3)}, ${held}, ${duration(seconds)}`;
}

async function sayTest(
  model: ViT,
  { test }: DataSplits,
  result: FitResult,
  json: boolean,
  { signal, exitCode }: Interrupts,
): Promise<void> {
  let measured: Evaluation;
  try {
    measured = await evaluate(model, test, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write("stopped before the test images were measured: vitlab evaluate does that\n");
    process.exitCode = exitCode() ?? 1;
    return;
  }
  const { accuracy, loss, count } = measured;
  const { history, steps, plan } = result;
  if (json) {
    const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const { parameters } = plan;
    const line = {
      testAccuracy: accuracy,
      testLoss: loss,
      testImages: count,
      epochs: history.length,
      steps,
      seconds,
      parameters,
    };
    console.log(JSON.stringify(line));
  } else {
    console.log(accuracySentence("test", measured, model.config.classes));
  }
}

function sayStopped({ history, steps, plan }: FitResult, out: string, interrupts: Interrupts): void {
  const words = process.argv.slice(2).filter((word) => word !== "--overwrite" && word !== "--resume");
  const command = ["vitlab", ...words, "--resume"].map((word) => (/^[\w:=.,/-]+$/.test(word) ? word : `'${word}'`));
  process.stderr.write(
    `stopped after step ${steps} of ${plan.totalSteps} (${history.length} of ${plan.epochs} epochs done), saved in ${out}; ` +
      `go on with: ${command.join(" ")}\n`,
  );
  process.exitCode = interrupts.exitCode() ?? 1;
}
