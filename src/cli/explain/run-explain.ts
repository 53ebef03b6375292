import type { Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../../base/error";
import type { ByteImage } from "../../data/byte-image";
import { imageAt } from "../../data/dataset";
import { readImage } from "../../data/image-file";
import { imageToTensor } from "../../data/to-tensor";
import { logitsOf } from "../../explain/answers";
import type { Explanation } from "../../explain/explanation";
import { occlusion } from "../../explain/intervening/occlusion";
import { directLogitAttribution } from "../../explain/reading/direct-attribution";
import { logitLens } from "../../explain/reading/logit-lens";
import { attentionDistance } from "../../explain/seeing/attention-distance";
import { attentionEntropy } from "../../explain/seeing/attention-entropy";
import { attentionMap } from "../../explain/seeing/attention-map";
import { attentionRollout } from "../../explain/seeing/attention-rollout";
import { embeddingFilters } from "../../explain/seeing/embedding-filters";
import { gradientAttention } from "../../explain/seeing/gradient-attention";
import { patchSimilarity } from "../../explain/seeing/patch-similarity";
import { positionSimilarity } from "../../explain/seeing/position-similarity";
import { relevance } from "../../explain/seeing/relevance";
import { residualNorms } from "../../explain/seeing/residual-norms";
import { tokenComponents } from "../../explain/seeing/token-components";
import { weightedAttention } from "../../explain/seeing/weighted-attention";
import { pictureFit } from "../../hub/picture-fit";
import { drawExplanation } from "../../panels/draw-explanation";
import type { LoadedModel } from "../../recipes/load-model";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import type { ViT } from "../../vit/model";
import { sizeOf } from "../../vit/patches";
import type { DataSource } from "../inputs/data-source";
import type { SplitName } from "../inputs/data-splits";
import { loadSplit } from "../inputs/load-data";
import { openModel } from "../inputs/open-model";
import { checkOut, writeOut } from "../inputs/out-file";
import { lineFor, printJson, printLine } from "../terminal/output";
import { METHODS, type MethodName, type Question } from "./methods";

/** What was asked for besides. */
interface Asked extends Partial<Record<Question, unknown>> {
  block?: number;
  head?: number | "mean";
  query?: number | "class" | "mean";
  class?: number;
}

/** The options of `vitlab explain`. */
export interface ExplainArguments extends Asked {
  method: MethodName;
  data?: DataSource;
  split: SplitName;
  index: number;
  out?: string;
  engine?: EngineName;
  json?: boolean;
}

/** Each is handed what was asked as the library calls it: that there is no such block, head, query or class it says itself. */
type Run = (model: ViT, images: Tensor4D, asked: never) => Explanation;

const RUN: Record<MethodName, Run> = {
  attention: attentionMap,
  "weighted-attention": weightedAttention,
  rollout: attentionRollout,
  "gradient-attention": gradientAttention,
  relevance,
  occlusion,
  distance: attentionDistance,
  entropy: attentionEntropy,
  similarity: (model, images, { block, query = 0 }: { block?: number; query?: number | "class" }) =>
    patchSimilarity(model, images, { query, ...(block !== undefined && { state: block }) }),
  components: (model, images, { block }: { block?: number }) =>
    tokenComponents(model, images, block === undefined ? {} : { state: block }),
  norms: residualNorms,
  positions: positionSimilarity,
  filters: (model) => embeddingFilters(model),
  "logit-lens": logitLens,
  attribution: directLogitAttribution,
};

/** Explains what a model makes of one image. */
export async function runExplain(folder: string, file: string | undefined, args: ExplainArguments): Promise<void> {
  const { method, out, json } = args;
  checkOut(out, file);
  const asked = askedOf(args);
  checkQuestions(method, asked);
  checkOneImage(file, args);
  const say = lineFor(json);
  say(describeEngine(await useEngine(args.engine, { quiet: true })));
  const given = await openModel(folder, say, { trainedHead: true });
  const { model, classNames } = given;
  const { image, name } = await chosenImage(given, file, args);
  const images = imageToTensor(image, { normalize: model.config.normalize });
  try {
    const explanation = RUN[method](model, images, asked as never);
    const which = args.class ?? largest(logitsOf(model, images).data);
    const className = classNames[which];
    if (out !== undefined)
      await writeOut(out, explanation, () => drawExplanation(explanation, { images: [image], classNames }));
    if (json) printJson({ model: folder, image: name, class: which, className, ...explanation.toJSON() });
    else {
      printLine(`${name}: ${className}`);
      for (const line of explanation.text.split("\n")) printLine(line);
      if (out !== undefined) printLine(`wrote ${out}`);
    }
  } finally {
    images.dispose();
  }
}

/** @throws VitlabError when a method is asked what it doesn't take. */
function checkQuestions(method: MethodName, asked: Asked): void {
  const taken: readonly Question[] = METHODS[method];
  const first = (Object.keys(asked) as Question[]).find((name) => !taken.includes(name));
  if (first === undefined) return;
  const names = taken.map((name) => `--${name}`).join(", ");
  throw new VitlabError(`--method ${method} doesn't take --${first}: ${names ? `it takes ${names}` : "leave it out"}`);
}

/** @throws VitlabError unless there is a picture or a data set, and not both. */
function checkOneImage(file: string | undefined, { data }: ExplainArguments): void {
  if ((file === undefined) === (data === undefined))
    throw new VitlabError(
      `${file === undefined ? "neither a picture nor --data is" : "both a picture and --data are"} given: name a picture's file, or --data and --index`,
    );
}

function largest(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}

/** What was asked for besides, without what wasn't. */
function askedOf({ block, head, query, class: asked }: Asked): Asked {
  return {
    ...(block !== undefined && { block }),
    ...(head !== undefined && { head }),
    ...(query !== undefined && { query }),
    ...(asked !== undefined && { class: asked }),
  };
}

async function chosenImage(
  given: LoadedModel,
  file: string | undefined,
  { data, split, index }: ExplainArguments,
): Promise<{ image: ByteImage; name: string }> {
  const { model } = given;
  const imageSize = sizeOf(model.config.imageSize);
  if (file !== undefined) {
    const fit = pictureFit({ model, imageProcessor: given.imageProcessor, imageSize: given.imageSize ?? imageSize });
    return { image: await fit(await readImage(file)), name: file };
  }
  const dataset = await loadSplit(data as DataSource, split, { imageSize, fit: given }, { first: index + 1 });
  return { image: imageAt(dataset, index), name: `${dataset.name} ${split} ${index}` };
}
