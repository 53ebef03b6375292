import { describeDataset, type ImageDataset } from "../data/dataset";
import { pickClasses } from "../data/pick-classes";
import { describeEngine, type EngineName, useEngine } from "../tensor/engine";
import { VitlabError } from "../tensor/error";
import { evaluate } from "../train/evaluate";
import { sizeOf } from "../vit/patches";
import { accuracySentence, percent } from "./accuracy";
import { type DataSource, describeSource, rememberedSource } from "./data-source";
import { few } from "./head-for";
import { fewer, loadSplit, type SplitName } from "./load-data";
import { loadModel } from "./load-model";
import { lineFor, printJson, printLine } from "./output";

/** The options of `vitlab evaluate`. */
export interface EvaluateArguments {
  data?: DataSource;
  split: SplitName;
  count?: number;
  batchSize: number;
  engine?: EngineName;
  json?: boolean;
}

/** Measures a saved model as the command line says. */
export async function runEvaluate(folder: string, args: EvaluateArguments): Promise<void> {
  const { split, json } = args;
  const say = lineFor(json);
  const engine = await useEngine(args.engine, { quiet: true });
  const given = await loadModel(folder, say, { trainedHead: true });
  const { model, labels, labelled, about } = given;
  const { config } = model;
  const data = args.data ?? rememberedSource(folder, about.data);
  say(describeEngine(engine));
  // The validation images are those of the training where it was on the same data.
  const held = about.data === describeSource(data) ? about.validation : undefined;
  const validation = typeof held === "number" ? held : undefined;
  const loaded = await loadSplit(data, split, {
    imageSize: sizeOf(config.imageSize),
    validation,
    fit: given,
  });
  const known = labelled ? ofTheModelsClasses(loaded, labels) : loaded;
  const dataset = fewer(known, args.count);
  if (known !== loaded) say(`only the images of the model's ${labels.length} classes`);
  say(describeDataset(dataset));
  if (labelled && labels.join("\n") !== dataset.classNames.join("\n"))
    throw new VitlabError(
      `${folder} was trained on the classes ${few(labels)}, and these images have ${few(dataset.classNames)}: ` +
        "give images of the same classes",
    );
  const measured = await evaluate(model, dataset, { batchSize: args.batchSize });
  const { accuracy, loss, count, perClass, confusion } = measured;
  if (json) {
    const classes = Object.fromEntries(perClass.map((result) => [result.className, result.accuracy]));
    const named = { [`${split}Accuracy`]: accuracy, [`${split}Loss`]: loss };
    printJson({ split, ...named, images: count, perClass: classes, confusion });
    return;
  }
  const width = Math.max(...perClass.map(({ className }) => className.length));
  for (const { className, accuracy: share, count: images } of perClass)
    printLine(`${className.padEnd(width)}  ${percent(share).padStart(7)} of ${images.toLocaleString("en-US")}`);
  printLine(accuracySentence(split, measured, config.classes));
}

/** The images of the classes that a model knows, where it knows some of those that the data set has. */
function ofTheModelsClasses(dataset: ImageDataset, classNames: readonly string[]): ImageDataset {
  const knows = classNames.length > 1 && classNames.every((name) => dataset.classNames.includes(name));
  return knows && classNames.length < dataset.classNames.length ? pickClasses(dataset, classNames) : dataset;
}
