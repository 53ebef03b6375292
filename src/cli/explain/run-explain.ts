import { extname } from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs";
import { VitlabError } from "../../base/error";
import { writeFileAtomic } from "../../base/node/atomic-file";
import { plainJson } from "../../base/plain-text";
import type { ByteImage } from "../../data/byte-image";
import { imageAt } from "../../data/dataset";
import { readImage } from "../../data/image-file";
import { imageToTensor } from "../../data/to-tensor";
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
import { saveFigure } from "../../figure/save-figure";
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
import { lineFor, printJson, printLine } from "../terminal/output";
import type { MethodName } from "./methods";

/** What a method may be asked besides. */
interface Asked {
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

/** Each is handed what was asked as it is: what it doesn't know it refuses. */
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
  similarity: (model, images, asked: { query?: number | "class" }) =>
    patchSimilarity(model, images, { ...asked, query: asked.query ?? 0 }),
  components: tokenComponents,
  norms: residualNorms,
  positions: (model, _, asked) => withoutOptions("positions", asked, positionSimilarity(model)),
  filters: (model, _, asked) => withoutOptions("filters", asked, embeddingFilters(model)),
  "logit-lens": logitLens,
  attribution: directLogitAttribution,
};

const ENDINGS = [".png", ".svg", ".json", ".csv"];

/** Explains what a model makes of one image. */
export async function runExplain(folder: string, file: string | undefined, args: ExplainArguments): Promise<void> {
  const { method, out, json } = args;
  if (out !== undefined && !ENDINGS.includes(extname(out).toLowerCase()))
    throw new VitlabError(`--out ${out} must end with ${ENDINGS.join(", ")}`);
  const say = lineFor(json);
  say(describeEngine(await useEngine(args.engine, { quiet: true })));
  const given = await openModel(folder, say, { trainedHead: true });
  const { model, classNames } = given;
  const { image, name } = await chosenImage(given, file, args);
  const images = imageToTensor(image, { normalize: model.config.normalize });
  try {
    const explanation = RUN[method](model, images, askedOf(args) as never);
    if (out !== undefined) await write(explanation, out, image, classNames);
    if (json) printJson({ model: folder, image: name, ...explanation.toJSON() });
    else {
      for (const line of explanation.text.split("\n")) printLine(line);
      if (out !== undefined) printLine(`wrote ${out}`);
    }
  } finally {
    images.dispose();
  }
}

/** @throws VitlabError when something was asked for besides. */
function withoutOptions(method: MethodName, asked: Asked, explanation: Explanation): Explanation {
  const [first] = Object.keys(asked);
  if (first === undefined) return explanation;
  throw new VitlabError(`${method} are of the whole model: leave out --${first}`);
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
  if ((file === undefined) === (data === undefined))
    throw new VitlabError(
      `${file === undefined ? "neither a picture nor --data is" : "both a picture and --data are"} given: name a picture's file, or --data and --index`,
    );
  if (file !== undefined) {
    const fit = pictureFit({ model, imageProcessor: given.imageProcessor, imageSize: given.imageSize ?? imageSize });
    return { image: await fit(await readImage(file)), name: file };
  }
  const dataset = await loadSplit(data as DataSource, split, { imageSize, validation: undefined, fit: given });
  return { image: imageAt(dataset, index), name: `${dataset.name} ${split} ${index}` };
}

async function write(
  explanation: Explanation,
  out: string,
  image: ByteImage,
  classNames: readonly string[],
): Promise<void> {
  const ending = extname(out).toLowerCase();
  if (ending === ".json") return writeFileAtomic(out, `${plainJson(explanation)}\n`);
  if (ending === ".csv") return writeFileAtomic(out, explanation.toCSV());
  await saveFigure(drawExplanation(explanation, { images: [image], classNames }), out);
}
