import { readImage } from "../../data/image-file";
import { distinctNames } from "../../data/name-lists";
import { imageToTensor } from "../../data/to-tensor";
import { type PictureFit, pictureFit } from "../../hub/picture-fit";
import { dataOf } from "../../tensor/data-of";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import type { Precision } from "../../tensor/precision";
import { percent } from "../../train/percent";
import type { ViT } from "../../vit/model";
import { answerFunction } from "../../vit/problem-type";
import { openModel } from "../inputs/open-model";
import { lineFor, printJson, printLine } from "../terminal/output";

/** The options of `vitlab predict`. */
export interface PredictArguments {
  top: number;
  precision: Precision;
  engine?: EngineName;
  json?: boolean;
}

/** Prints the class probabilities of pictures, or the values of a regression. */
export async function runPredict(folder: string, files: readonly string[], args: PredictArguments): Promise<void> {
  const say = lineFor(args.json);
  say(describeEngine(await useEngine(args.engine, { quiet: true })));
  const given = await openModel(folder, say, { trainedHead: true });
  const fit = pictureFit(given);
  const names = distinctNames(given.classNames);
  const answer = answerFunction(given.model.config);
  if (answer === "sigmoid" && names.length > 1) say("each class by itself: the probabilities don't add up to 1");
  const predictions = [];
  for (const file of files) {
    const probabilities = await predictFile(file, given.model, fit, args.precision);
    if (answer === "none") {
      const values = [...probabilities];
      predictions.push({ file, classNames: given.classNames, values });
      const shown = names.slice(0, args.top).map((name, i) => `${name} ${(values[i] as number).toFixed(4)}`);
      if (!args.json) printLine(`${file}: ${shown.join(", ")}`);
      continue;
    }
    const ranked = [...probabilities.keys()].sort(
      (a, b) => (probabilities[b] as number) - (probabilities[a] as number),
    );
    const best = ranked[0] as number;
    predictions.push({
      file,
      className: given.classNames[best],
      class: best,
      probability: probabilities[best],
      // Side by side: as the keys of an object, names that are whole numbers would come first and by size.
      classNames: given.classNames,
      probabilities: [...probabilities],
    });
    const shown = ranked.slice(0, args.top).map((i) => `${names[i]} ${percent(probabilities[i] as number)}`);
    if (!args.json) printLine(`${file}: ${shown.join(", ")}`);
  }
  if (args.json) printJson({ predictions });
}

/** One picture at a time, so that any number fits into memory. */
async function predictFile(file: string, model: ViT, fit: PictureFit, precision: Precision): Promise<Float32Array> {
  const image = imageToTensor(await fit(await readImage(file)), { normalize: model.config.normalize });
  try {
    return dataOf(() => model.predict(image, { precision }));
  } finally {
    image.dispose();
  }
}
