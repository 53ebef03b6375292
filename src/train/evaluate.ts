import { checkWhole } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { DisplayKind, printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { classCounts, majorityOf } from "../data/class-counts";
import type { ImageDataset } from "../data/dataset";
import { type AnyDataset, type Dataset, datasetName, isImageDataset } from "../data/examples";
import { matchClasses } from "../data/match-classes";
import { checkPrecision, type Precision } from "../tensor/precision";
import { checkIsDataset, checkModel } from "./check-arguments";
import { checkChoosesAClass, checkDataset, checkLabels } from "./check-dataset";
import { mostConfused, withConfusion } from "./confusion";
import { describeEvaluation } from "./describe-evaluation";
import type { Evaluation } from "./evaluation";
import { checkLossAndMetrics, type LossFunction, type Metric } from "./loss";
import { type Measurement, measure } from "./measure";
import { configOf, type Trainable } from "./trainable";

/** How `evaluate` runs. */
export interface EvaluateOptions {
  /** Images at a time; changes the numbers by rounding only. Default 100. */
  batchSize?: number;
  /**
   * The model's class names, in its order, as `loadModel` gives them: images are then matched by the names
   * of their classes, some of which may be missing. Default: class k of the data set is class k of the model.
   */
  classNames?: readonly string[];
  /** What linear layers multiply in: "bfloat16" where the processor has instructions for it. Default "float32". */
  precision?: Precision;
  /** Stops between two batches. */
  signal?: AbortSignal;
}

/** How notebooks show evaluations. */
export const evaluationDisplay = new DisplayKind<Evaluation>();

/** What `evaluate` takes besides, for a loss of one's own, or examples that aren't images. */
export interface EvaluateExamplesOptions extends Omit<EvaluateOptions, "classNames"> {
  /** A scalar of the model's output and the targets. Default cross-entropy over the output's last axis. */
  loss?: LossFunction;
  /** What else to measure, by name: each a mean over a batch. Default none. */
  metrics?: Readonly<Record<string, Metric>>;
}

/** How a model does on examples, by the numbers that there are of it. */
export interface ExamplesEvaluation {
  /** Mean over all examples: of cross-entropy in nats. */
  loss: number;
  /** Share of choices that are right, from 0 to 1; null with a loss of one's own. */
  accuracy: number | null;
  metrics: Record<string, number>;
  /** Count of examples. */
  count: number;
}

/**
 * Measures a model on a data set, without dropout. Of images of one class each it tells the classes apart; with a loss or
 * metrics of one's own, or other examples, it tells their means.
 *
 * @throws VitlabError when the data set is empty or doesn't fit the model, its classes aren't the model's, or batchSize is not
 *   a whole number from 1.
 *
 * @example
 * ```ts
 * import { evaluate, loadModel, shapes } from "vitlab";
 *
 * const { model } = await loadModel("vit-shapes");
 * const { accuracy, count, majority } = await evaluate(model, shapes({ count: 50, split: "test" }));
 * console.log(count, accuracy > 0.8, majority.accuracy); // 50 true 0.1
 * ```
 */
export function evaluate(model: Trainable, dataset: ImageDataset, options?: EvaluateOptions): Promise<Evaluation>;
export function evaluate(
  model: Trainable,
  dataset: AnyDataset,
  options: EvaluateExamplesOptions,
): Promise<ExamplesEvaluation>;
export function evaluate(model: Trainable, dataset: Dataset): Promise<ExamplesEvaluation>;
export async function evaluate(
  model: Trainable,
  dataset: AnyDataset,
  options: EvaluateOptions & EvaluateExamplesOptions = {},
): Promise<Evaluation | ExamplesEvaluation> {
  checkModel("evaluate", model);
  checkIsDataset("the data set of evaluate", dataset, 'evaluate(model, await cifar10({ split: "test" }))');
  checkOptions("evaluate", options, {
    ...{ batchSize: true, classNames: true, precision: true, signal: true, loss: true, metrics: true },
  });
  const { batchSize = 100, precision = "float32", loss, metrics } = options;
  checkPrecision(precision);
  checkWhole("batchSize", batchSize);
  checkLossAndMetrics(loss, metrics);
  const byClass = isImageDataset(dataset) && !loss && !metrics;
  return byClass ? evaluateClasses(model, dataset, options) : evaluateExamples(model, dataset, options);
}

/** Runs the model over all of it, or throws the signal's reason. */
async function measured(
  model: Trainable,
  dataset: AnyDataset,
  { batchSize = 100, precision, signal, loss, metrics }: EvaluateExamplesOptions,
): Promise<Measurement> {
  signal?.throwIfAborted();
  const stopped = () => signal?.aborted ?? false;
  const measurement = await measure(model, dataset, { batchSize, precision, stopped, loss, metrics });
  if (!measurement) throw signal?.reason;
  return measurement;
}

async function evaluateExamples(
  model: Trainable,
  dataset: AnyDataset,
  options: EvaluateOptions & EvaluateExamplesOptions,
): Promise<ExamplesEvaluation> {
  if (options.classNames !== undefined)
    throw new VitlabError(
      "classNames matches images by the names of their classes: leave it out with a loss, metrics or other examples",
    );
  checkDataset(dataset, model, options.loss !== undefined);
  const { loss, accuracy, metrics } = await measured(model, dataset, options);
  return { loss, accuracy, metrics, count: dataset.length };
}

async function evaluateClasses(model: Trainable, dataset: ImageDataset, options: EvaluateOptions): Promise<Evaluation> {
  const config = configOf(model);
  if (config) checkChoosesAClass(dataset, config);
  const matched = ofTheModelsClasses(dataset, config?.classes ?? dataset.classNames.length, options.classNames);
  checkDataset(matched, model, false);
  const { loss, accuracy, predicted } = await measured(model, matched, options);
  const { classNames, labels } = matched;
  const classes = classNames.length;
  const wrong = predicted ? predicted.find((label) => label >= classes) : -1;
  if (!predicted || wrong !== undefined)
    throw new VitlabError(
      `the model's output isn't [images, ${classes}], scores for the classes of ${datasetName(dataset)}: ` +
        "give evaluate the loss that it was trained with",
    );
  const right = labels.filter((label, i) => label === predicted[i]);
  const rightCounts = classCounts(right, classes);
  const result = {
    loss,
    accuracy: accuracy as number,
    count: matched.length,
    majority: majorityOf(matched),
    mostConfused: mostConfused({ labels, predicted }, classNames),
    perClass: classCounts(labels, classes).map((count, label) => ({
      className: classNames[label] as string,
      count,
      accuracy: (rightCounts[label] as number) / count,
    })),
  };
  const evaluation: Evaluation = withConfusion(result, { labels, predicted }, classes);
  const words = () => describeEvaluation(evaluation);
  return evaluationDisplay.mark(printAs(evaluation, words), words);
}

/** The images labeled by the model's numbers of their classes. */
function ofTheModelsClasses(dataset: ImageDataset, classes: number, names: unknown): ImageDataset {
  const { classNames } = dataset;
  if (names === undefined) {
    if (classNames.length === classes) return dataset;
    throw new VitlabError(
      `${dataset.name} ${dataset.split} names ${classNames.length} classes, and the model has ${classes}: which is which can't be ` +
        `known; pass classNames, the names of the model's ${classes} classes in its order`,
    );
  }
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string"))
    throw new VitlabError(`classNames is ${show(names)}: give the model's class names, as loadModel gives them`);
  if (names.length !== classes)
    throw new VitlabError(`classNames names ${names.length} classes, and the model has ${classes}: give one for each`);
  checkLabels(dataset);
  return matchClasses(dataset, names);
}
