import { type PictureFit, pictureFit } from "../hub/picture-fit";
import { describeEngine, type EngineName, useEngine } from "../tensor/engine";
import { tf } from "../tensor/tf";
import type { ViT } from "../vit/model";
import { percent } from "./accuracy";
import { loadModel } from "./load-model";
import { prepareImage } from "./prepare-image";

/** The options of `vitlab predict`. */
export interface PredictArguments {
  top: number;
  engine?: EngineName;
  json?: boolean;
}

/** Prints the class probabilities of pictures. */
export async function runPredict(folder: string, files: readonly string[], args: PredictArguments): Promise<void> {
  const say = args.json ? (text: string) => void process.stderr.write(`${text}\n`) : console.log;
  say(describeEngine(await useEngine(args.engine, { quiet: true })));
  const given = await loadModel(folder, say);
  const fit = pictureFit(given);
  const names = distinct(given.labels);
  const predictions = [];
  for (const file of files) {
    const probabilities = await predictFile(file, given.model, fit);
    const ranked = [...probabilities.keys()].sort(
      (a, b) => (probabilities[b] as number) - (probabilities[a] as number),
    );
    const best = ranked[0] as number;
    predictions.push({
      file,
      label: given.labels[best],
      class: best,
      probability: probabilities[best],
      probabilities: Object.fromEntries(names.map((name, i) => [name, probabilities[i]])),
    });
    const shown = ranked.slice(0, args.top).map((i) => `${names[i]} ${percent(probabilities[i] as number)}`);
    if (!args.json) console.log(`${file}: ${shown.join(", ")}`);
  }
  if (args.json) console.log(JSON.stringify({ predictions }));
}

/** One picture at a time, so that any number fits into memory. */
async function predictFile(file: string, model: ViT, fit: PictureFit): Promise<Float32Array> {
  const image = await prepareImage(file, model, fit);
  try {
    return tf.tidy(() => model.predict(image).dataSync() as Float32Array as never);
  } finally {
    image.dispose();
  }
}

/** Labels that two classes share are told apart by the class's number. */
function distinct(labels: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const label of labels) count.set(label, (count.get(label) ?? 0) + 1);
  return labels.map((label, i) => (count.get(label) === 1 ? label : `${label} (class ${i})`));
}
