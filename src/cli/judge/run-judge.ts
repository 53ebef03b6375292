import { describeDataset, type ImageDataset } from "../../data/dataset";
import { landmarkPatches } from "../../data/landmark-patches";
import { datasetToTensor } from "../../data/to-tensor";
import { judge } from "../../explain/judge/judge";
import { drawJudgement } from "../../panels/draw-judgement";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import { sizeOf } from "../../vit/patches";
import { type DataSource, describeSource, rememberedSource } from "../inputs/data-source";
import type { SplitName } from "../inputs/data-splits";
import { loadSplit } from "../inputs/load-data";
import { openModel } from "../inputs/open-model";
import { checkOut, writeOut } from "../inputs/out-file";
import { lineFor, printJson, printLine } from "../terminal/output";

/** The options of `vitlab judge`. */
export interface JudgeArguments {
  data?: DataSource;
  split: SplitName;
  count: number;
  methods?: string[];
  seed: number;
  sanity: number;
  out?: string;
  engine?: EngineName;
  json?: boolean;
}

/** Judges the explanations of a model as the command line says. */
export async function runJudge(folder: string, args: JudgeArguments): Promise<void> {
  const { split, count, methods, seed, sanity, out, json } = args;
  checkOut(out);
  const say = lineFor(json);
  say(describeEngine(await useEngine(args.engine, { quiet: true })));
  const given = await openModel(folder, say, { trainedHead: true });
  const { model } = given;
  const data = args.data ?? rememberedSource(folder, given.about.data);
  const sizes = { imageSize: sizeOf(model.config.imageSize), fit: given };
  const dataset = await loadSplit(data, split, sizes, { first: count });
  say(describeDataset(dataset));
  const images = datasetToTensor(dataset, { normalize: model.config.normalize });
  try {
    const judgement = await judge(methods ?? "all", model, images, {
      seed,
      sanity: sanity === 0 ? false : sanity,
      truth: truthOf(dataset, model.config.patchSize),
      onProgress: (done, of) => progress(done, of),
    });
    if (out !== undefined) await writeOut(out, judgement, () => drawJudgement(judgement));
    if (json) printJson({ model: folder, data: describeSource(data), split, ...judgement.toJSON() });
    else {
      for (const line of judgement.text.split("\n")) printLine(line);
      if (out !== undefined) printLine(`wrote ${out}`);
    }
  } finally {
    images.dispose();
  }
}

/** The patches that matter, where the data set knows them of every image. */
function truthOf(dataset: ImageDataset, patchSize: number): number[][] | undefined {
  if (!dataset.landmarks) return undefined;
  const known = Array.from({ length: dataset.length }, (_, i) => [
    ...new Set(Object.values(landmarkPatches(dataset, i, patchSize)).flat()),
  ]);
  return known.every((patches) => patches.length > 0) ? known : undefined;
}

function progress(done: number, of: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\x1b[K${done} of ${of} images${done === of ? "\n" : ""}`);
}
