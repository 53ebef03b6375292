import type { Tensor1D } from "@tensorflow/tfjs-core";
import { printAs } from "../base/display-kind";
import { inLanguage } from "../base/language";
import { nextTurn } from "../base/next-turn";
import { plainText } from "../base/plain-text";
import { whole } from "../base/whole";
import { batchCount } from "../data/batches";
import { emptyClasses, isBalanced, type Majority, majorityOf } from "../data/class-counts";
import { exampleBatch, isImageDataset } from "../data/examples";
import { fewNames } from "../data/name-lists";
import { dataOf } from "../tensor/data-of";
import { type Bfloat16Instructions, bfloat16Instructions, type Precision, withPrecision } from "../tensor/precision";
import { tf } from "../tensor/tf";
import { isAsConfigured } from "../vit/check-as-configured";
import type { FitOptions } from "./fit-options";
import { trainingFlops } from "./flops";
import { replaceState, startState } from "./optimizers/step-parameters";
import { ParameterVector } from "./parameter-vector";
import { percent } from "./percent";
import type { Compute } from "./stretch";
import { configOf, type Trainable } from "./trainable";
import { batchOptions, type TrainingSettings, trainingSettings } from "./training-settings";
import { proposeStep } from "./training-step";

/** What a training run will cost, and what knowing nothing would get. */
export interface TrainingPlan {
  parameters: number;
  trainExamples: number;
  /** 0 where there are none. */
  validationExamples: number;
  /** What an example is. */
  noun: "image" | "example";
  epochs: number;
  /** Examples computed at a time. */
  batchSize: number;
  /** Batches of a step. */
  accumulate: number;
  stepsPerEpoch: number;
  totalSteps: number;
  /** What linear layers multiply in. */
  precision: Precision;
  /** How this processor multiplies bfloat16. */
  bfloat16: Bfloat16Instructions;
  /** Steps that are still to take: fewer than all where a run goes on. */
  stepsLeft: number;
  /** Floating-point operations of one training image, forward and backward; null of a model that is no ViT. */
  flopsPerExample: number | null;
  /** Floating-point operations of the whole run, validation left out; null of a model that is no ViT. */
  flops: number | null;
  /** Median of the steps timed beforehand; null where none were. */
  secondsPerStep: number | null;
  /**
   * Bytes of all tensors at the moment of a step when there are most, data sets and what the engine itself needs apart;
   * measured on one step beforehand, null where none was.
   */
  peakBytes: number | null;
  /** Projected time of the steps left and of the validations; null where nothing was timed. */
  seconds: number | null;
  /** What guessing evenly gets: accuracy 1 / classes, loss ln(classes); null where classes aren't what is learnt. */
  chance: { accuracy: number; loss: number } | null;
  /**
   * What guessing the commonest class gets: of the validation images, or where there are none of the training images; null
   * where classes of images aren't what is learnt.
   */
  majority: Majority | null;
  /** What to know beforehand: where the run goes on, what differs, which classes have no images. */
  notes: string[];
}

/** Where a run stands, for a plan of the rest. */
export interface PlanPosition {
  stepsLeft: number;
  epochsLeft: number;
  notes: string[];
}

/**
 * States what a run would cost before it starts: parameters, operations, steps, time, and the chance level.
 *
 * It takes the options of `fit`. The time is measured on a few real steps that are computed and thrown away; weights and random
 * streams stay as they are.
 *
 * @throws VitlabError when an option is out of range or the data don't fit the model.
 *
 * @example
 * ```ts
 * import { planTraining, presets, shapes, ViT } from "vitlab";
 *
 * const train = shapes({ count: 20 });
 * const plan = await planTraining(new ViT(presets.tiny), { train, epochs: 3, batchSize: 4 });
 * console.log(plan.parameters, plan.stepsPerEpoch, plan.totalSteps); // 119194 5 15
 * // What guessing gets: one of ten, ln 10.
 * console.log(plan.chance?.accuracy, plan.chance?.loss.toFixed(4)); // 0.1 2.3026
 * ```
 */
export async function planTraining(model: Trainable, options: FitOptions): Promise<TrainingPlan> {
  const settings = trainingSettings(model, options);
  const position = { stepsLeft: settings.totalSteps, epochsLeft: settings.epochs, notes: [] };
  return makePlan(model, settings, position, options.timing ?? true);
}

/** The plan of a run that stands at a position; it has the optimizer's state, which is afterwards what it was. */
export async function makePlan(
  model: Trainable,
  settings: TrainingSettings,
  { stepsLeft, epochsLeft, notes }: PlanPosition,
  timing: boolean,
  state?: Tensor1D[],
  compute: Compute = (part) => part(),
): Promise<TrainingPlan> {
  const { train, validation, epochs, batchSize, accumulate, stepsPerEpoch, totalSteps } = settings;
  const isNew = stepsLeft === totalSteps;
  const times = timing && stepsLeft > 0 ? await timeSteps(model, settings, compute, isNew, state) : null;
  const validationBatches = validation ? batchCount(validation.length, { batchSize: VALIDATION_BATCH }) : 0;
  const config = configOf(model);
  const flopsPerExample = config && isAsConfigured(model) ? trainingFlops(config) : null;
  const ofImages = isImageDataset(train) && !settings.loss ? train.classNames.length : 0;
  const classes = settings.loss ? 0 : (config?.classes ?? ofImages);
  const guessed = validation ?? train;
  const plan: TrainingPlan = {
    parameters: model.parameterCount().total,
    trainExamples: train.length,
    validationExamples: validation?.length ?? 0,
    noun: isImageDataset(train) ? "image" : "example",
    epochs,
    batchSize,
    accumulate,
    stepsPerEpoch,
    totalSteps,
    precision: settings.precision,
    bfloat16: bfloat16Instructions(),
    stepsLeft,
    flopsPerExample,
    flops: flopsPerExample === null ? null : flopsPerExample * train.length * epochs,
    secondsPerStep: times?.step ?? null,
    peakBytes: times?.peakBytes ?? null,
    seconds: times ? times.step * stepsLeft + times.validationBatch * validationBatches * epochsLeft : null,
    chance: classes > 0 ? { accuracy: 1 / classes, loss: Math.log(classes) } : null,
    majority: classes > 0 && isImageDataset(guessed) ? majorityOf(guessed, classes) : null,
    notes: [...notes, ...missingImages(settings, classes)],
  };
  return printAs(plan, describePlan);
}

/** Which classes can't be learnt or aren't measured, in words. */
function missingImages({ train, validation }: TrainingSettings, classes: number): string[] {
  if (classes === 0 || !isImageDataset(train)) return [];
  const untrained = emptyClasses(train, classes);
  const notes: string[] = [];
  const named = train.classNames.length;
  if (untrained.length > 0) {
    const remedy =
      named < classes
        ? {
            en: `; withNewHead(model, ${named}) makes a model of the ${named} that are named`,
            zh: `；withNewHead(model, ${named}) 可得到一个只有这 ${named} 个类别的模型`,
          }
        : "";
    const names = fewNames(untrained, 12);
    const [count, all] = [whole(untrained.length), whole(classes)];
    notes.push(
      inLanguage({
        en: `no training images of ${count} of the model's ${all} classes (${names}): it can't learn them`,
        zh: `模型的 ${all} 个类别中有 ${count} 个没有训练图像（${names}）：学不会它们`,
      }) + inLanguage(remedy),
    );
  }
  const known = new Set(untrained);
  const unmeasured =
    validation && isImageDataset(validation)
      ? emptyClasses(validation, classes).filter((name) => !known.has(name))
      : [];
  if (unmeasured.length > 0)
    notes.push(
      inLanguage({
        en: `no validation images of ${fewNames(unmeasured, 12)}: the validation accuracy says nothing about ${unmeasured.length === 1 ? "it" : "them"}`,
        zh: `没有 ${fewNames(unmeasured, 12)} 的验证图像：验证准确率不包含这些类别`,
      }),
    );
  return notes;
}

/** Examples at a time where a run measures itself on the validation examples. */
export const VALIDATION_BATCH = 100;

/** Operations of an example from which bfloat16 takes less time: in smaller models products aren't what takes it. */
const WORTH_ROUNDING = 3e8;

/** What a step in bfloat16 is expected to take beside one in float32. */
const FASTER: Record<"amx" | "avx512", { en: string; zh: string }> = {
  amx: {
    en: 'this processor multiplies bfloat16 in tiles (AMX): with precision: "bfloat16" a step takes a fraction of the time',
    zh: '本机处理器能以分块方式计算 bfloat16 乘法（AMX）：设 precision: "bfloat16" 后，每步只需一小部分时间',
  },
  avx512: {
    en: 'this processor multiplies bfloat16 in vectors (AVX-512 BF16): with precision: "bfloat16" a step takes about 0.7 of the time',
    zh: '本机处理器能以向量方式计算 bfloat16 乘法（AVX-512 BF16）：设 precision: "bfloat16" 后，每步约需原来 0.7 倍的时间',
  },
};

/**
 * A plan in plain sentences, one a line.
 *
 * @example
 * ```ts
 * import { describePlan, planTraining, shapes, ViT } from "vitlab";
 *
 * const config = { imageSize: 32, patchSize: 8, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10 };
 * const plan = await planTraining(new ViT(config), { train: shapes({ count: 100 }), epochs: 3 });
 * console.log(describePlan(plan).split("\n")[0]); // 5,802 parameters; 100 training images, none held out
 * ```
 */
export function describePlan(plan: TrainingPlan): string {
  const { parameters, trainExamples, validationExamples, noun, epochs, accumulate, totalSteps, stepsLeft } = plan;
  const batchSize = `${accumulate > 1 ? `${whole(accumulate)} x ` : ""}${whole(plan.batchSize)}`;
  const held = validationExamples ? `, ${whole(validationExamples)} held out for validation` : ", none held out";
  const left = stepsLeft < totalSteps ? `, ${whole(stepsLeft)} still to take` : "";
  const lines = [
    ...plan.notes.map(plainText),
    inLanguage({
      en: `${whole(parameters)} parameters; ${whole(trainExamples)} training ${noun}${trainExamples === 1 ? "" : "s"}${held}`,
      zh: `参数量 ${whole(parameters)}；训练集 ${whole(trainExamples)} 个样本，${validationExamples ? `验证集 ${whole(validationExamples)} 个` : "没有验证集"}`,
    }),
    inLanguage({
      en: `${whole(epochs)} ${epochs === 1 ? "epoch" : "epochs"} in batches of ${batchSize}: ${whole(totalSteps)} ${totalSteps === 1 ? "step" : "steps"}${left}`,
      zh: `${whole(epochs)} 轮，批大小 ${batchSize}：共 ${whole(totalSteps)} 步${stepsLeft < totalSteps ? `，还剩 ${whole(stepsLeft)} 步` : ""}`,
    }) +
      (plan.flopsPerExample === null || plan.flops === null
        ? ""
        : inLanguage({
            en: `; ${operations(plan.flopsPerExample)} an ${noun} forward and backward, ${operations(plan.flops)} in all`,
            zh: `；每个样本前向加反向 ${operations(plan.flopsPerExample)}，总计 ${operations(plan.flops)}`,
          })),
  ];
  const inPrecision =
    plan.precision === "bfloat16" ? { en: " in bfloat16", zh: "以 bfloat16 计算，" } : { en: "", zh: "" };
  if (plan.seconds !== null && plan.secondsPerStep !== null)
    lines.push(
      inLanguage({
        en: `about ${duration(plan.seconds)} (${(plan.secondsPerStep * 1000).toFixed(0)} ms a step${inPrecision.en}, measured just now)`,
        zh: `约需 ${duration(plan.seconds)}（${inPrecision.zh}每步 ${(plan.secondsPerStep * 1000).toFixed(0)} 毫秒，刚刚测得）`,
      }),
    );
  const faster = plan.precision === "float32" && (plan.flopsPerExample ?? 0) >= WORTH_ROUNDING;
  if (faster && plan.bfloat16 !== "none") lines.push(inLanguage(FASTER[plan.bfloat16]));
  if (plan.peakBytes !== null)
    lines.push(
      inLanguage({
        en: `${gigabytes(plan.peakBytes)} of tensors at the peak of a step, measured just now`,
        zh: `一步中张量最多占 ${gigabytes(plan.peakBytes)}，刚刚测得`,
      }),
    );
  if (plan.chance) lines.push(describeGuessing(plan.chance, plan.majority));
  return lines.join("\n");
}

/** What knowing nothing would get, in words. */
function describeGuessing(chance: { accuracy: number; loss: number }, majority: Majority | null): string {
  const evenly = `${percent(chance.accuracy)} accuracy and a loss of ${chance.loss.toFixed(3)}`;
  const even = `准确率 ${percent(chance.accuracy)}，损失 ${chance.loss.toFixed(3)}`;
  if (!majority || isBalanced(majority, chance.accuracy))
    return inLanguage({ en: `guessing would get ${evenly}`, zh: `随机猜测可得：${even}` });
  const { className, accuracy } = majority;
  return inLanguage({
    en: `guessing the commonest class, ${className}, would get ${percent(accuracy)} accuracy; guessing evenly ${evenly}`,
    zh: `总猜最常见的类别 ${className} 可得准确率 ${percent(accuracy)}；随机猜测：${even}`,
  });
}

/** A time as people say it: 45 s, 12 min, 3 h 20 min. */
export function duration(seconds: number): string {
  const short = seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds);
  if (seconds < 90) return inLanguage({ en: `${short} s`, zh: `${short} 秒` });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return inLanguage({ en: `${minutes} min`, zh: `${minutes} 分钟` });
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return inLanguage({ en: `${hours} h ${rest} min`, zh: `${hours} 小时 ${rest} 分钟` });
}

// Small models run slowly until Node has compiled the code, and a step or two tell enough about large ones.
const TIMED_STEPS = 12;
const TIMING_SECONDS = 1.5;

interface Timing {
  /** Seconds. */
  step: number;
  validationBatch: number;
  peakBytes: number;
}

async function timeSteps(
  model: Trainable,
  settings: TrainingSettings,
  compute: Compute,
  isNew: boolean,
  given?: Tensor1D[],
): Promise<Timing> {
  const { train, optimizer, schedule, totalSteps, validation, rates } = settings;
  const parameters = new ParameterVector(model, { frozen: rates?.frozen });
  const state = given ?? startState(optimizer, parameters);
  const times: number[] = [];
  let spent = 0;
  let peakBytes = 0;
  try {
    for (let step = 0; step < TIMED_STEPS && (step < 2 || spent < TIMING_SECONDS); step++) {
      const start = performance.now();
      const batch = exampleBatch(train, 0, batchOptions(model, settings));
      try {
        const learningRate = schedule.learningRate(0, optimizer.learningRate, totalSteps);
        const propose = () => {
          // As in a run: what a step keeps in place it doesn't keep twice.
          const input = { batch, epoch: 0, step, update: 1, learningRate, state, overwriteState: isNew };
          const proposed = compute(() => proposeStep({ ...settings, model, parameters }, input));
          tf.dispose(proposed.weights);
          if (isNew) replaceState(state, proposed.state);
          else tf.dispose(proposed.state);
        };
        if (step === 0) peakBytes = await peakOf(propose);
        else propose();
      } finally {
        tf.dispose([batch.input, batch.target]);
      }
      times.push((performance.now() - start) / 1000);
      spent += times[step] as number;
      await nextTurn();
    }
  } finally {
    if (!given) tf.dispose(state);
    else if (isNew) {
      // That of a run before its first step: zeros.
      tf.dispose(state);
      state.splice(0, state.length, ...startState(optimizer, parameters));
    }
  }
  let validationBatch = 0;
  if (validation) {
    const start = performance.now();
    const { input, target } = exampleBatch(validation, 0, {
      batchSize: VALIDATION_BATCH,
      shuffle: false,
      normalize: configOf(model)?.normalize,
    });
    try {
      compute(() => dataOf(() => withPrecision(settings.precision, () => model.forward(input))));
    } finally {
      tf.dispose([input, target]);
    }
    validationBatch = (performance.now() - start) / 1000;
  }
  // The first half warms the engine up; the median leaves out what else the machine was doing.
  const steady = times.slice(Math.floor(times.length / 2)).sort((a, b) => a - b);
  return { step: steady[Math.floor(steady.length / 2)] as number, validationBatch, peakBytes };
}

/** The most bytes that all tensors of the engine have together while something runs. */
async function peakOf(run: () => void): Promise<number> {
  const profile = await tf.profile(() => {
    run();
    return tf.scalar(0);
  });
  tf.dispose(profile.result as tf.Tensor);
  return profile.peakBytes;
}

/** A size as people say it. */
export function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}

/** A count of floating-point operations as people say it. */
export function operations(n: number): string {
  const units: [number, string][] = [
    [1e15, "PFLOP"],
    [1e12, "TFLOP"],
    [1e9, "GFLOP"],
    [1e6, "MFLOP"],
  ];
  const [size, unit] = units.find(([least]) => n >= least) ?? [1e3, "kFLOP"];
  return `${Number((n / size).toPrecision(3))} ${unit}`;
}
