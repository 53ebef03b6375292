import { checkWhole } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { DisplayKind, printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { classCounts, majorityOf } from "../data/class-counts";
import type { ImageDataset } from "../data/dataset";
import { matchClasses } from "../data/match-classes";
import type { ViT } from "../vit/model";
import { checkIsDataset, checkModel } from "./check-arguments";
import { checkChoosesAClass, checkDataset, checkLabels } from "./check-dataset";
import { mostConfused, withConfusion } from "./confusion";
import { describeEvaluation } from "./describe-evaluation";
import type { Evaluation } from "./evaluation";
import { accuracyOf, measure } from "./measure";

/** How `evaluate` runs. */
export interface EvaluateOptions {
  /** Images at a time; changes the numbers by rounding only. Default 100. */
  batchSize?: number;
  /**
   * The model's class names, in its order, as `loadModel` gives them: images are then matched by the names
   * of their classes, some of which may be missing. Default: class k of the data set is class k of the model.
   */
  classNames?: readonly string[];
  /** Stops between two batches. */
  signal?: AbortSignal;
}

/** How notebooks show evaluations. */
export const evaluationDisplay = new DisplayKind<Evaluation>();

/**
 * Measures a model on a data set, without dropout.
 *
 * @throws VitlabError when the data set is empty or doesn't fit the model, its classes aren't the model's, or batchSize is not
 *   a whole number from 1.
 */
export async function evaluate(model: ViT, dataset: ImageDataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  checkModel("evaluate", model);
  checkIsDataset("the data set of evaluate", dataset, 'evaluate(model, await cifar10({ split: "test" }))');
  checkOptions("evaluate", options, { batchSize: true, classNames: true, signal: true });
  const { batchSize = 100, signal } = options;
  checkWhole("batchSize", batchSize);
  checkChoosesAClass(dataset, model.config);
  const matched = ofTheModelsClasses(dataset, model, options.classNames);
  checkDataset(matched, model.config);
  signal?.throwIfAborted();
  const measured = await measure(model, matched, batchSize, () => signal?.aborted ?? false);
  if (!measured) throw signal?.reason;
  const { classNames } = matched;
  const classes = classNames.length;
  const right = measured.labels.filter((label, i) => label === measured.predicted[i]);
  const rightCounts = classCounts(right, classes);
  const result = {
    loss: measured.loss,
    accuracy: accuracyOf(measured),
    count: matched.length,
    majority: majorityOf(matched),
    mostConfused: mostConfused(measured, classNames),
    perClass: classCounts(measured.labels, classes).map((count, label) => ({
      className: classNames[label] as string,
      count,
      accuracy: (rightCounts[label] as number) / count,
    })),
  };
  const evaluation: Evaluation = withConfusion(result, measured, classes);
  const words = () => describeEvaluation(evaluation);
  return evaluationDisplay.mark(printAs(evaluation, words), words);
}

/** The images labeled by the model's numbers of their classes. */
function ofTheModelsClasses(dataset: ImageDataset, { config }: ViT, names: unknown): ImageDataset {
  const { classNames } = dataset;
  const { classes } = config;
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
