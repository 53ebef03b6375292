import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import type { ViT } from "../../vit/model";
import { checkWord } from "../choices";
import { Explanation } from "../explanation";
import { commonHeads } from "../heads";
import { checkLook, look, type Numbers, type TokenGrid, tokenGrid } from "../look";
import { tokenLabels } from "../patch-map";
import { linearHead } from "../read-out";
import { rowOf } from "../row-of";
import { type FrozenHead, frozenHead } from "./frozen-head";
import { headSources } from "./head-sources";
import { type StreamPart, streamParts } from "./stream-parts";

/** How logits are taken apart. */
export interface DirectAttributionOptions {
  /**
   * "parts": embedding, heads, biases and MLPs; "sources": each head's part by the token that it read it from. Default "parts".
   */
  by?: "parts" | "sources";
}

/** The logits may differ from the sum of their parts by rounding; more is a fault. */
const ROUNDING = 1e-3;

/**
 * Direct logit attribution: what each head, MLP and embedding writes into the residual stream, read by the head of the model
 * with the last normalization's scale held as it is, so that the parts add up to the logits (Elhage et al., "A Mathematical
 * Framework for Transformer Circuits", 2021; the scale is frozen as TransformerLens does).
 *
 * Heads carry their part of the value bias; the output projection's bias is a part of its own, an MLP has its biases in it, and
 * the last normalization's and the head's biases come last.
 *
 * @returns `[image, part, class]`, or by source `[image, block, head, token, class]`, in logits
 * @throws VitlabError when the model has post-norm blocks, or parts that aren't the usual ones.
 *
 * @example
 * ```ts
 * import { datasetToTensor, directLogitAttribution, presets, shapes, ViT } from "vitlab";
 *
 * // What each part writes for each class; together they are the class's logit.
 * const model = new ViT(presets.tiny);
 * const images = datasetToTensor(shapes({ count: 1 }));
 * const parts = directLogitAttribution(model, images);
 * console.log(parts.axes.map(({ name }) => name), parts.shape); // [ 'image', 'part', 'class' ] [ 1, 27, 10 ]
 * const [first] = model.forward(images).dataSync();
 * const sum = Array.from({ length: parts.shape[1] }, (_, part) => parts.at(0, part, 0)).reduce((a, b) => a + b);
 * console.log(Math.abs(sum - first) < 1e-4); // true
 * ```
 */
export function directLogitAttribution(
  model: ViT,
  images: Tensor4D,
  options: DirectAttributionOptions = {},
): Explanation {
  checkLook("directLogitAttribution", model, images);
  checkOptions("directLogitAttribution", options, { by: true });
  const by = checkWord("by", options.by ?? "parts", ["parts", "sources"]);
  const head = linearHead(model);
  const grid = tokenGrid(model, images);
  const sources = by === "sources" ? ["attention.weights", "attention.value"] : [];
  const ofBlock = ["attention.heads", "mlp.output", ...sources];
  const last = `blocks.${model.blocks.length - 1}.output`;
  const names = ["embeddings", last, ...model.blocks.flatMap((_, i) => ofBlock.map((name) => `blocks.${i}.${name}`))];
  const { values, logits } = look(model, images, names);
  const value = (name: string) => values[names.indexOf(name)] as Numbers;
  const frozen = frozenHead(model, grid, head, value(last));
  const parts = byPart(
    streamParts(model, grid, value),
    frozen,
    `${head.norm ? "last normalization's bias and " : ""}head's bias`,
  );
  // What the parts add up to tells whether the sources are all there is, too.
  checkSum(parts, logits);
  return by === "parts" ? parts : bySource(model, grid, value, frozen);
}

function byPart(parts: Iterable<StreamPart>, head: FrozenHead, last: string): Explanation {
  const labels: string[] = [];
  const seen: Float32Array[] = [];
  for (const { label, vectors } of parts) {
    labels.push(label);
    seen.push(head.see(vectors));
  }
  const said = head.say(seen);
  const classes = head.bias.length;
  const own = labels.length * classes;
  const batch = said.length / own;
  const data = new Float32Array(batch * (own + classes));
  for (let image = 0; image < batch; image++) {
    data.set(rowOf(said, image, own), image * (own + classes));
    data.set(head.bias, image * (own + classes) + own);
  }
  labels.push(last);
  return new Explanation({
    method: "direct logit attribution",
    unit: "logit",
    axes: [{ name: "image" }, { name: "part", labels }, { name: "class" }],
    shape: [batch, labels.length, classes],
    data,
  });
}

function bySource(model: ViT, grid: TokenGrid, value: (name: string) => Numbers, head: FrozenHead): Explanation {
  const blocks = [...model.blocks.keys()];
  const heads = commonHeads(model, blocks);
  const labels = tokenLabels(model, grid);
  const data = head.say(Array.from(headSources(model, heads, value), (vectors) => head.see(vectors)));
  const classes = head.bias.length;
  const ofImage = blocks.length * heads * labels.length * classes;
  return new Explanation({
    method: "direct logit attribution of heads, by source",
    unit: "logit",
    axes: [{ name: "image" }, { name: "block" }, { name: "head" }, { name: "token", labels }, { name: "class" }],
    shape: [data.length / ofImage, blocks.length, heads, labels.length, classes],
    data,
  });
}

/** @throws VitlabError when the parts don't add up to the logits: a part of the model isn't known then. */
function checkSum({ shape, data }: Explanation, logits: Numbers): void {
  const [batch, parts, classes] = shape as [number, number, number];
  for (let image = 0; image < batch; image++)
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let part = 0; part < parts; part++) sum += data[(image * parts + part) * classes + c] as number;
      const logit = logits.data[image * classes + c] as number;
      if (Math.abs(sum - logit) > ROUNDING * Math.max(1, Math.abs(logit)))
        throw new VitlabError(
          `the parts of the logit of class ${c} add up to ${sum} and not to ${logit}: a block of this model writes more into the residual stream than attention and MLP, which can't be attributed`,
        );
    }
}
