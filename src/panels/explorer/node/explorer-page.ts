import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions, show } from "../../../base/check-options";
import { VitlabError } from "../../../base/error";
import { type Language, language } from "../../../base/language";
import { encodeSafetensors } from "../../../base/node/safetensors-writer";
import type { WeightType } from "../../../base/safetensors-numbers";
import { escapeHtml } from "../../../base/text-table";
import { bytesToTensor } from "../../../data/to-tensor";
import { checkWritable } from "../../../hub/check-writable";
import type { PhotoModel } from "../../../hub/photo-attention";
import { pictureRules } from "../../../hub/picture-fit";
import { checkWeightType } from "../../../hub/safetensors-file";
import { dataOf } from "../../../tensor/data-of";
import { wasmOperationsFile } from "../../../tensor/node/load-wasm-operations";
import { checkAsConfigured } from "../../../vit/check-as-configured";
import { checkViT } from "../../../vit/check-vit";
import type { FullViTConfig } from "../../../vit/config";
import { ViT } from "../../../vit/model";
import { sizeOf } from "../../../vit/patches";
import { browserFile } from "../../browser-file";
import { ExplorerModel, type ExplorerNames } from "../explorer-model";
import { stateFromText } from "../explorer-state";
import { PAGE_PARTS, type PageContents, type PagePart } from "../page-contents";

/** What an explorer's page says: names, by default those of the model, and more. */
export interface ExplorerPageOptions extends ExplorerNames {
  /** Of the page's words, to begin with: English or Chinese. Default: `language()`. */
  language?: Language;
  /** Where it starts: a text that its copy button gave. Default: the first image, the class token, the last block. */
  state?: string;
  /** Of the weights in the page: each number is rounded to the nearest. Default "F16". */
  dtype?: WeightType;
}

/**
 * The explorer as a page that needs no kernel, no server and no network: HTML with the model, the images and the program that
 * computes in it.
 *
 * @param given a model, or what `loadModel` gives: then pictures of the reader's are made to fit by its image processor
 * @param images `[images, height, width, channels]`, as the model takes them
 * @throws VitlabError when the model has parts of someone's own, the images don't fit it, or a weight not the dtype.
 *
 * @example
 * ```ts
 * import { datasetToTensor, explorerPage, presets, shapes, ViT } from "vitlab";
 *
 * // A page of its own: model, images and program in one file.
 * const page = await explorerPage(new ViT(presets.tiny), datasetToTensor(shapes({ count: 1 })));
 * console.log(page.slice(0, 15), /<script[^>]* src=/.test(page)); // <!DOCTYPE html> false
 * ```
 */
export async function explorerPage(
  given: PhotoModel,
  images: Tensor4D,
  options: ExplorerPageOptions = {},
): Promise<string> {
  checkOptions("explorerPage", options, {
    title: true,
    classNames: true,
    imageNames: true,
    language: true,
    state: true,
    dtype: true,
  });
  const loaded = given instanceof ViT ? { model: given } : given;
  const { model } = loaded;
  checkViT("explorerPage", model);
  checkAsConfigured("an explorer's page", model);
  const { title = "ViT", classNames = loaded.classNames, imageNames, dtype = "F16", state } = options;
  const { language: spoken = language() } = options;
  if (spoken !== "en" && spoken !== "zh") throw new VitlabError(`the language is ${show(spoken)}: give "en" or "zh"`);
  checkWeightType(dtype);
  const names = namesIn(model, images, { title, classNames, imageNames }, state);
  const { pixels, bytes } = pixelsIn(images, model.config);
  const contents: PageContents = {
    ...names,
    language: spoken,
    state: state ?? null,
    config: model.config,
    pixels,
    pictures: pictureRules({ ...loaded, imageSize: loaded.imageSize ?? sizeOf(model.config.imageSize) }),
  };
  checkSize(model, dtype);
  return html(contents, {
    model: await packed(weightsOf(model, dtype)),
    images: await packed(bytes),
    engine: await packed(readFileSync(wasmFile())),
    // Without relaxed SIMD the page has the same numbers in every browser.
    operations: await packed(readFileSync(wasmOperationsFile(false))),
  });
}

/** @throws VitlabError when the explorer can't show the model, the images or the state, or names are too few or many. */
function namesIn(model: ViT, images: Tensor4D, names: ExplorerNames, state?: string): Required<ExplorerNames> {
  const explorer = new ExplorerModel(model, images, names);
  try {
    const { title, classNames, imageNames, limits } = explorer.about;
    if (state !== undefined) stateFromText(state, limits);
    return { title, classNames, imageNames };
  } finally {
    explorer.dispose();
  }
}

/** @throws VitlabError unless a file's name is one of a page. */
export function checkPageName(what: string, file: string): void {
  if (typeof file !== "string" || ![".html", ".htm"].includes(extname(file).toLowerCase()))
    throw new VitlabError(`${what} ${typeof file === "string" ? file : show(file)} must end with .html`);
}

/** A text of more characters is too long for JavaScript; base64 makes four of three bytes. */
const MOST_BYTES = 350e6;

/** @throws VitlabError when the model is too large for a page. */
function checkSize(model: ViT, dtype: WeightType): void {
  const bytes = model.parameterCount().total * (dtype === "F32" ? 4 : 2);
  if (bytes > MOST_BYTES)
    throw new VitlabError(
      `the model's weights as ${dtype} are ${Math.round(bytes / 1e6)} MB, and a page holds ${MOST_BYTES / 1e6} MB: ` +
        `take ${dtype === "F32" ? "F16 or " : ""}a smaller model`,
    );
}

function weightsOf(model: ViT, dtype: WeightType): Uint8Array {
  const state = model.stateDict();
  for (const [name, { data }] of Object.entries(state)) checkWritable(data, name, dtype);
  return Buffer.concat(encodeSafetensors(state, {}, { dtype }));
}

/** The bytes that the images' numbers were made of; where they were made of none, float32. */
function pixelsIn(
  images: Tensor4D,
  { normalize }: FullViTConfig,
): { pixels: PageContents["pixels"]; bytes: Uint8Array } {
  const values = images.dataSync() as Float32Array;
  const { mean, std } = normalize;
  const channels = mean.length;
  const bytes = Uint8Array.from(values, (value, i) =>
    Math.min(255, Math.max(0, Math.round((value * std[i % channels]! + mean[i % channels]!) * 255))),
  );
  const again = dataOf(() => bytesToTensor(bytes, images.shape, { normalize }));
  if (values.every((value, i) => Math.abs(value - again[i]!) < 1e-6)) return { pixels: "bytes", bytes };
  return { pixels: "floats", bytes: new Uint8Array(values.slice().buffer) };
}

/** The WebAssembly engine without threads, which a page opened from the disk can't have. */
function wasmFile(): string {
  const folder = dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  return join(folder, "dist", "tfjs-backend-wasm-simd.wasm");
}

async function packed(bytes: Uint8Array): Promise<string> {
  return (await promisify(deflate)(bytes, { level: 9 })).toString("base64");
}

/** Nothing but the page's own script may run, and nothing is asked of the network. */
function policy(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}' 'wasm-unsafe-eval'`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

const WAITING = { en: "The model is being read …", zh: "正在读取模型……" };
const NO_SCRIPT = { en: "This page computes, and needs JavaScript.", zh: "本页在浏览器中计算，需要 JavaScript。" };

function html(contents: PageContents, parts: Readonly<Record<Exclude<PagePart, "contents">, string>>): string {
  // Within a script's text "</script" would end it, and "<!--" begin another.
  const script = browserFile("explorer", "page.js").replace(/<(?=\/script|!--)/gi, "\\x3c");
  const data = { contents: JSON.stringify(contents).replaceAll("<", "\\u003c"), ...parts };
  const holders = Object.entries(data).map(
    ([part, text]) => `<script type="text/plain" id="${PAGE_PARTS[part as keyof typeof PAGE_PARTS]}">${text}</script>`,
  );
  return [
    "<!DOCTYPE html>",
    `<html lang="${contents.language}">`,
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy(script)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(contents.title)}</title>`,
    "</head>",
    "<body>",
    `<div id="${PAGE_PARTS.explorer}">${WAITING[contents.language]}</div>`,
    `<noscript>${NO_SCRIPT[contents.language]}</noscript>`,
    ...holders,
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}
