import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../../base/error";
import type { Language } from "../../base/language";
import { writeFileAtomic } from "../../base/node/atomic-file";
import type { WeightType } from "../../base/safetensors-numbers";
import { imageAt } from "../../data/dataset";
import { DRAWN, type DrawnName } from "../../data/drawn-by-name";
import { imageToTensor } from "../../data/to-tensor";
import { pictureFit } from "../../hub/picture-fit";
import { checkPageName, explorerPage } from "../../panels/explorer/node/explorer-page";
import type { LoadedModel } from "../../recipes/load-model";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import { tf } from "../../tensor/tf";
import { sizeOf } from "../../vit/patches";
import { loadSplit } from "../inputs/load-data";
import { openModel } from "../inputs/open-model";
import { lineFor, printJson, printLine } from "../terminal/output";
import { type FolderPictures, pictureFiles, readPictures } from "./folder-pictures";
import { roundingOf } from "./rounding-of";

/** The options of `vitlab explore`. */
export interface ExploreArguments {
  out?: string;
  images?: string;
  count: number;
  language?: Language;
  dtype: WeightType;
  engine?: EngineName;
  json?: boolean;
}

/** Writes the explorer of a model as a page of its own. */
export async function runExplore(name: string, args: ExploreArguments): Promise<void> {
  const { language, dtype, json } = args;
  const out = checkedOut(args.out);
  const say = lineFor(json);
  say(describeEngine(await useEngine(args.engine, { quiet: true })));
  // Before the model is read: a wrong folder is said at once.
  const files = args.images === undefined ? undefined : await pictureFiles(args.images);
  const given = await openModel(name, say, { trainedHead: true });
  const { names, images, leftOut } = files
    ? await readPictures(args.images as string, files, { count: args.count, fit: pictureFit(given) })
    : await drawnImages(given, args.count);
  for (const { file, reason } of leftOut) say(`left out ${file}: ${reason}`);
  const { normalize } = given.model.config;
  const tensor = tf.tidy(() => tf.concat(images.map((image) => imageToTensor(image, { normalize })))) as Tensor4D;
  const title = existsSync(name) ? basename(resolve(name)) : name;
  const page = await explorerPage(given, tensor, { title, imageNames: names, dtype, ...(language && { language }) });
  const rounding = roundingOf(given.model, tensor, dtype);
  await writeFileAtomic(out, page);
  const bytes = Buffer.byteLength(page);
  if (json) printJson({ out, bytes, model: name, images: names, leftOut, dtype, rounding });
  else {
    if (rounding >= 5e-5) say(`rounding the weights to ${dtype} changes answers by up to ${rounding.toPrecision(1)}`);
    const many = names.length === 1 ? "1 image" : `${names.length} images`;
    printLine(
      `wrote ${out}, ${(bytes / 1e6).toFixed(1)} MB: ${title} with ${many}; open it in a browser, also offline`,
    );
  }
}

function checkedOut(out: string | undefined): string {
  if (out === undefined) throw new VitlabError("--out is missing: name the page to write, such as --out explorer.html");
  checkPageName("--out", out);
  return out;
}

/** Images of the drawn data set that the model knows, or of the shapes. */
async function drawnImages(given: LoadedModel, count: number): Promise<FolderPictures> {
  const { data } = given.about;
  const name: DrawnName = Object.hasOwn(DRAWN, `${data}`) ? (data as DrawnName) : "shapes-v2";
  const sizes = { imageSize: sizeOf(given.model.config.imageSize), fit: given };
  const dataset = await loadSplit({ kind: "drawn", name }, "test", sizes, { first: count });
  const indices = Array.from({ length: dataset.length }, (_, i) => i);
  const classOf = (i: number) => dataset.classNames[dataset.labels[i] as number] as string;
  return {
    names: indices.map((i) => `${classOf(i)} (${dataset.name} ${i})`),
    images: indices.map((i) => imageAt(dataset, i)),
    leftOut: [],
  };
}
