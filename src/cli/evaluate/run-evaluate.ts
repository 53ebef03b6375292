import { VitlabError } from "../../base/error";
import { describeDataset, type ImageDataset } from "../../data/dataset";
import { fewNames } from "../../data/name-lists";
import { pickClasses } from "../../data/pick-classes";
import type { LoadedModel } from "../../recipes/load-model";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import type { Precision } from "../../tensor/precision";
import { describeEvaluation, MOST_SHOWN_CLASSES, shownClasses } from "../../train/describe-evaluation";
import { evaluate } from "../../train/evaluate";
import type { Evaluation } from "../../train/evaluation";
import { percent } from "../../train/percent";
import { sizeOf } from "../../vit/patches";
import { type DataSource, isRemembered, rememberedSource } from "../inputs/data-source";
import type { SplitName } from "../inputs/data-splits";
import { fewer, loadSplit } from "../inputs/load-data";
import { openModel } from "../inputs/open-model";
import { lineFor, printJson, printLine } from "../terminal/output";

/** The options of `vitlab evaluate`. */
export interface EvaluateArguments {
  data?: DataSource;
  split: SplitName;
  classes?: string[];
  count?: number;
  batchSize: number;
  precision: Precision;
  engine?: EngineName;
  json?: boolean;
}

/** Measures a saved model as the command line says. */
export async function runEvaluate(folder: string, args: EvaluateArguments): Promise<void> {
  const { split, json } = args;
  const say = lineFor(json);
  const engine = await useEngine(args.engine, { quiet: true });
  const given = await openModel(folder, say, { trainedHead: true });
  const { model, classNames, named, about } = given;
  const { config } = model;
  const data = args.data ?? rememberedSource(folder, about.data);
  say(describeEngine(engine));
  // The validation images are those of the training where it was on the same data.
  const held = isRemembered(data, about.data) ? about.validation : undefined;
  const validation = typeof held === "number" ? held : undefined;
  const loaded = await loadSplit(data, split, {
    imageSize: sizeOf(config.imageSize),
    validation,
    fit: given,
  });
  const known = args.classes ? pickClasses(loaded, args.classes) : ofTheModelsClasses(loaded, given, data);
  const dataset = fewer(known, args.count);
  if (known !== loaded) say(`only the images of ${fewNames(known.classNames)}`);
  say(describeDataset(dataset));
  // LABEL_0, LABEL_1, LABEL_10 is how folders of these names are sorted: they say which is which as well.
  const names = new Set(classNames);
  const byName = named || dataset.classNames.every((name) => names.has(name));
  if (!byName) say(pairing(dataset.classNames, config.classes, folder));
  const measured = await evaluate(model, dataset, {
    batchSize: args.batchSize,
    precision: args.precision,
    ...(byName && { classNames }),
  });
  if (json) printJson(jsonOf(split, measured));
  else for (const line of [...classLines(measured), describeEvaluation(measured, split)]) printLine(line);
}

/** The images of the classes that a model was trained on, where its data set has more. */
function ofTheModelsClasses(dataset: ImageDataset, given: LoadedModel, data: DataSource): ImageDataset {
  const { classNames, named, about } = given;
  const own = about.classes !== undefined && isRemembered(data, about.data);
  // Of a folder with a class that the model doesn't know nothing is left out unasked.
  if (!named || (data.kind === "folder" && !own)) return dataset;
  const names = new Set(dataset.classNames);
  const more = classNames.length > 1 && classNames.length < names.size && classNames.every((name) => names.has(name));
  return more ? pickClasses(dataset, classNames) : dataset;
}

/**
 * Which class of the images is taken for which of a model that doesn't name its own.
 *
 * @throws VitlabError when they aren't as many.
 */
function pairing(classNames: readonly string[], classes: number, model: string): string {
  if (classNames.length !== classes)
    throw new VitlabError(
      `${model} doesn't name its ${classes} classes, and these images have ${classNames.length} (${fewNames(classNames)}): ` +
        "which is which can't be known; name them in its config.json (id2label), or give images of all of them",
    );
  const pairs = classNames.map((name, label) => `${label} = ${name}`);
  return `${model} doesn't name its classes: they are taken for those of the images in order (${fewNames(pairs)})`;
}

function jsonOf(split: string, measured: Evaluation): Record<string, unknown> {
  const { accuracy, loss, count, majority, perClass, mostConfused } = measured;
  return {
    split,
    [`${split}Accuracy`]: accuracy,
    [`${split}Loss`]: loss,
    images: count,
    majorityAccuracy: majority.accuracy,
    perClass,
    mostConfused,
    confusion: perClass.length <= MOST_SHOWN_CLASSES ? measured.confusion : null,
  };
}

/** A line for each class that has images; of very many the worst. */
function classLines(measured: Evaluation): string[] {
  const { shown, worstOf } = shownClasses(measured);
  const width = Math.max(...shown.map(({ className }) => className.length));
  const lines = shown.map(
    ({ className, accuracy, count }) =>
      `${className.padEnd(width)}  ${percent(accuracy).padStart(7)} of ${count.toLocaleString("en-US")}`,
  );
  if (worstOf)
    lines.push(`these are the ${shown.length} worst of ${worstOf.toLocaleString("en-US")} classes; --json has all`);
  return lines;
}
