import type { Tensor4D } from "@tensorflow/tfjs";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { dataOf } from "../../tensor/data-of";
import { tf } from "../../tensor/tf";
import { Embeddings } from "../../vit/embeddings";
import type { ViT } from "../../vit/model";
import { checkWord } from "../choices";
import { Explanation } from "../explanation";
import { attentionOf, headOutputs } from "../head-outputs";
import { commonHeads, headsOf } from "../heads";
import { checkLook, look, type Numbers, type TokenGrid, tokenGrid } from "../look";
import { patchTokens, tokenLabels } from "../patch-map";
import { type LinearHead, linearHead } from "../read-out";

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
  // What the parts add up to tells whether the sources are all there is, too.
  const parts = byPart(model, images, grid, head);
  return by === "parts" ? parts : bySource(model, images, grid, head);
}

function byPart(model: ViT, images: Tensor4D, grid: TokenGrid, head: LinearHead): Explanation {
  const { blocks, config } = model;
  const names = blocks.flatMap((_, i) => [`blocks.${i}.attention.heads`, `blocks.${i}.mlp.output`]);
  const last = `blocks.${blocks.length - 1}.output`;
  const found = look(model, images, ["embeddings", last, ...names]);
  const [embeddings, output, ...parts] = found.values as [Numbers, Numbers, ...Numbers[]];
  const frozen = frozenNorm(model, grid, head, output);
  const [batch, tokens, dim] = output.shape as [number, number, number];
  const components: { label: string; seen: Float32Array }[] = [];
  const add = (label: string, vectors: (image: number, token: number) => Float32Array) =>
    components.push({ label, seen: frozen(vectors) });
  const at =
    (data: Float32Array, offset = 0) =>
    (image: number, token: number) =>
      data.subarray(offset + (image * tokens + token) * dim, offset + (image * tokens + token + 1) * dim);

  for (const { label, vectors } of embeddingParts(model, grid, embeddings)) add(label, vectors);
  blocks.forEach((_, block) => {
    const outputs = headOutputs(model, block, parts[2 * block] as Numbers);
    const heads = headsOf(model, block);
    for (let h = 0; h < heads; h++)
      add(`block ${block} head ${h}`, (image, token) => {
        const from = ((image * heads + h) * tokens + token) * dim;
        return outputs.subarray(from, from + dim);
      });
    const bias = attentionOf(model, block).projection.bias?.dataSync() as Float32Array | undefined;
    add(`block ${block} attention output bias`, () => bias ?? new Float32Array(dim));
    add(`block ${block} MLP`, at((parts[2 * block + 1] as Numbers).data));
  });
  const { classes } = config;
  const shares = throughHead(
    components.map(({ seen }) => seen),
    batch,
    head,
  );
  const bias = lastBias(head, classes, dim);
  const own = components.length * classes;
  const data = new Float32Array(batch * (own + classes));
  for (let image = 0; image < batch; image++) {
    data.set(shares.subarray(image * own, (image + 1) * own), image * (own + classes));
    data.set(bias, image * (own + classes) + own);
  }
  const labels = [
    ...components.map(({ label }) => label),
    `${head.norm ? "last normalization's bias and " : ""}head's bias`,
  ];
  checkSum(data, found.logits, labels.length);
  return new Explanation({
    method: "direct logit attribution",
    unit: "logit",
    axes: [{ name: "image" }, { name: "part", labels }, { name: "class" }],
    shape: [batch, labels.length, classes],
    data,
  });
}

function bySource(model: ViT, images: Tensor4D, grid: TokenGrid, head: LinearHead): Explanation {
  const { blocks, config } = model;
  const last = `blocks.${blocks.length - 1}.output`;
  const names = blocks.flatMap((_, i) => [`blocks.${i}.attention.weights`, `blocks.${i}.attention.value`]);
  const [output, ...parts] = look(model, images, [last, ...names]).values as [Numbers, ...Numbers[]];
  const frozen = frozenNorm(model, grid, head, output);
  const [batch, tokens, dim] = output.shape as [number, number, number];
  const { classes } = config;
  const heads = commonHeads(
    model,
    blocks.map((_, block) => block),
  );
  const seen = blocks.flatMap((_, block) => {
    const weights = (parts[2 * block] as Numbers).data;
    const values = headOutputs(model, block, parts[2 * block + 1] as Numbers);
    return Array.from({ length: heads * tokens }, (_, i) => {
      const [h, source] = [Math.floor(i / tokens), i % tokens];
      return frozen((image, token) => {
        const from = ((image * heads + h) * tokens + source) * dim;
        const weight = weights[((image * heads + h) * tokens + token) * tokens + source] as number;
        return values.subarray(from, from + dim).map((value) => value * weight);
      });
    });
  });
  const data = throughHead(seen, batch, head);
  return new Explanation({
    method: "direct logit attribution of heads, by source",
    unit: "logit",
    axes: [
      { name: "image" },
      { name: "block" },
      { name: "head" },
      { name: "token", labels: tokenLabels(model, grid) },
      { name: "class" },
    ],
    shape: [batch, blocks.length, heads, tokens, classes],
    data,
  });
}

/**
 * What turns vectors of the tokens that are pooled, one part of the stream each, into what the head sees of that part:
 * centered, over the scale that the last state has, times the normalization's weight; `[image · dim]`.
 */
function frozenNorm(model: ViT, grid: TokenGrid, { norm }: LinearHead, { shape, data }: Numbers) {
  const [batch, tokens, dim] = shape as [number, number, number];
  const pooled = model.config.pool === "cls" ? [0] : patchTokens(grid);
  const scales = Float32Array.from({ length: batch * tokens }, (_, i) =>
    norm ? Math.sqrt(variance(data.subarray(i * dim, (i + 1) * dim)) + norm.epsilon) : 1,
  );
  return (vectors: (image: number, token: number) => Float32Array): Float32Array => {
    const seen = new Float32Array(batch * dim);
    for (let image = 0; image < batch; image++)
      for (const token of pooled) {
        const vector = vectors(image, token);
        const center = norm ? mean(vector) : 0;
        const scale = (scales[image * tokens + token] as number) * pooled.length;
        for (let i = 0; i < dim; i++) {
          const at = image * dim + i;
          const weight = norm ? (norm.weight[i] as number) : 1;
          seen[at] = (seen[at] as number) + (((vector[i] as number) - center) / scale) * weight;
        }
      }
    return seen;
  };
}

/** What the head makes of vectors, without its bias: `[parts]` of `[image · dim]` to `[image, part, class]`, row by row. */
function throughHead(parts: readonly Float32Array[], batch: number, { weight }: LinearHead): Float32Array {
  const dim = (parts[0] as Float32Array).length / batch;
  const rows = new Float32Array(batch * parts.length * dim);
  parts.forEach((part, i) => {
    for (let image = 0; image < batch; image++)
      rows.set(part.subarray(image * dim, (image + 1) * dim), (image * parts.length + i) * dim);
  });
  return dataOf(() => {
    const seen = tf.tensor2d(rows, [batch * parts.length, dim]);
    return tf.matMul(seen, tf.tensor2d(weight, [dim, weight.length / dim]));
  });
}

/** What the embeddings put in: for a class token itself and its position, for patches what was made of their pixels, and positions. */
function embeddingParts(model: ViT, grid: TokenGrid, { shape, data }: Numbers) {
  const { embeddings, config } = model;
  const [, tokens, dim] = shape as [number, number, number];
  const what = config.pool === "cls" ? "class token" : "patch embeddings";
  if (!(embeddings instanceof Embeddings))
    return [
      {
        label: "embeddings",
        vectors: (image: number, token: number) =>
          data.subarray((image * tokens + token) * dim, (image * tokens + token + 1) * dim),
      },
    ];
  const table = embeddings.positions(grid);
  const positions = table?.dataSync() as Float32Array | undefined;
  table?.dispose();
  // Registers stand between the tokens that have places.
  const placeOf = (token: number) =>
    token < grid.prefix - config.registerTokens ? token : token - config.registerTokens;
  const position = (token: number) =>
    positions?.subarray(placeOf(token) * dim, (placeOf(token) + 1) * dim) ?? new Float32Array(dim);
  const own = (image: number, token: number) =>
    data
      .subarray((image * tokens + token) * dim, (image * tokens + token + 1) * dim)
      .map((value, i) => value - (position(token)[i] as number));
  return [
    { label: what, vectors: own },
    ...(positions
      ? [
          {
            label: `position embedding of the ${config.pool === "cls" ? "class token" : "patches"}`,
            vectors: (_: number, token: number) => position(token),
          },
        ]
      : []),
  ];
}

/** What the biases behind the last block bring. */
function lastBias({ norm, weight, bias }: LinearHead, classes: number, dim: number): Float32Array {
  return bias.map((value, c) => {
    let sum = value;
    for (let i = 0; norm && i < dim; i++) sum += (norm.bias[i] as number) * (weight[i * classes + c] as number);
    return sum;
  });
}

/** @throws VitlabError when the parts don't add up to the logits: a part of the model isn't known then. */
function checkSum(data: Float32Array, logits: Numbers, parts: number): void {
  const [batch, classes] = logits.shape as [number, number];
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

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: Float32Array): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
}
