import type { Tensor3D } from "@tensorflow/tfjs-core";
import { SelfAttention } from "../../../nn/attention";
import { dataOf } from "../../../tensor/data-of";
import { tf } from "../../../tensor/tf";
import { digits, dot, products, sum, term } from "./arithmetic";
import { linearPart, ownModule, type PartContext, type PartNumbers, plainPart, vector } from "./part-context";

const ATTEND = "src/nn/attend.ts";
const ATTENTION = "src/nn/attention.ts";

const SOURCES = {
  qkv: { file: ATTENTION, code: "const qkv = this.qkv.forward(input);" },
  scores: { file: ATTEND, code: "const unbiased = attentionScores(query, key);" },
  weights: {
    file: ATTEND,
    code: "const seen = (mask ? maskedSoftmax(scores, mask) : tf.softmax(scores)) as Tensor4D;",
  },
  heads: {
    file: ATTEND,
    code: "const mixed = unstackGroups(tf.matMul(dropped, value) as Tensor4D, weights.shape[1]);",
  },
  output: {
    file: ATTENTION,
    code: "if (!this.attentionOverBatch) return this.projection.forward(mixed, context, residual);",
  },
} as const;

/** The parts of a block's attention, under their names in it. */
export const attentionParts: Readonly<Record<string, (context: PartContext, input: Float32Array) => PartNumbers>> = {
  query: (context, input) => projected(context, input, "query"),
  key: (context, input) => projected(context, input, "key"),
  value: (context, input) => projected(context, input, "value"),
  scores(context) {
    const { run, token, key, head, temperature } = context;
    const { attention, at, value, shared } = parts(context);
    const q = value("query", head, token);
    const k = value("key", shared, key);
    const scores = value("scores", head, token);
    const product = dot(q, k);
    const root = Math.sqrt(q.length);
    const bias = attention?.positionBias
      ? biasOf(attention, run.get(`${at}.scores`).shape[3] as number, [head, token, key])
      : 0;
    const computed = (product / root + bias) / temperature;
    const cooled = temperature === 1 ? "" : ` / ${digits(temperature)}`;
    return {
      formula: `s = q · k / sqrt(d)${attention?.positionBias ? " + bias" : ""}${temperature === 1 ? "" : " / temperature"}`,
      lines: [
        `q · k = ${products(q, k)} = ${digits(product)}`,
        bias === 0
          ? `s = ${digits(product)} / sqrt(${q.length})${cooled} = ${digits(computed)}`
          : `s = (${digits(product)} / sqrt(${q.length}) + ${term(bias)})${cooled} = ${digits(computed)}`,
      ],
      vectors: [vector("query", q), vector("key", k), vector("scores", scores)],
      computed,
      value: scores[key] as number,
      source: SOURCES.scores,
    };
  },
  weights(context) {
    const { token, key, head } = context;
    const { value } = parts(context);
    const scores = value("scores", head, token);
    const weights = value("weights", head, token);
    // The largest is taken off first, so that nothing overflows; it cancels.
    const most = scores.reduce((a, b) => Math.max(a, b));
    const powers = scores.map((score) => Math.exp(score - most));
    const total = powers.reduce((a, b) => a + b, 0);
    const computed = (powers[key] as number) / total;
    return {
      formula: "a = exp(s) / (sum of exp(s) over all tokens)",
      lines: [
        `exp(${digits(scores[key] as number)} − ${term(most)}) = ${digits(powers[key] as number)}, with the largest score taken off`,
        `sum = ${digits(total)}`,
        `a = ${digits(powers[key] as number)} / ${digits(total)} = ${digits(computed)}`,
      ],
      vectors: [vector("scores", scores), vector("weights", weights)],
      computed,
      value: weights[key] as number,
      source: SOURCES.weights,
    };
  },
  heads(context) {
    const { run, token, head } = context;
    const { at, value, shared } = parts(context);
    const weights = value("weights", head, token);
    const output = value("heads", head, token);
    const all = run.all(`${at}.value`, shared);
    const width = output.length;
    const first = weights.map((_, i) => all[i * width] as number);
    const computed = dot(weights, first);
    const off = output.every((number) => number === 0);
    const order = [...weights.keys()].sort((a, b) => (weights[b] as number) - (weights[a] as number));
    const written = sum(order.length, (i) => {
      const one = order[i] as number;
      return `${term(weights[one] as number)} · ${term(first[one] as number)}`;
    });
    return {
      formula: "h = (sum of a · v over all tokens)",
      lines: off
        ? ["h = 0: the head is switched off"]
        : [`h[0] = ${written}, the largest weights first`, `= ${digits(computed)}`],
      vectors: [vector("weights", weights), vector("value", first), vector("output", output)],
      computed: off ? 0 : computed,
      value: output[0] as number,
      source: SOURCES.heads,
    };
  },
  output(context) {
    const { run, token } = context;
    const { attention, at, module } = parts(context);
    const [input, output] = [run.row(`${at}.context`, token), run.row(`${at}.output`, token)];
    if (!attention)
      return plainPart("attention(x)", output, { inputs: [vector("input", input)], source: ownModule(module) });
    return linearPart(attention.projection, input, output, {
      formula: "y = [h of all heads, side by side] W + b",
      source: SOURCES.output,
    });
  },
};

/** What a block's attention is, and how its values are read. */
function parts({ run, block, head }: PartContext) {
  const at = `blocks.${block}.attention`;
  const { attention: module } = run.model.blocks[block] as unknown as { attention: object };
  const attention = module instanceof SelfAttention ? module : undefined;
  const shared = attention ? Math.floor(head / (attention.heads / attention.kvHeads)) : head;
  const value = (name: string, ...place: number[]) => run.row(`${at}.${name}`, ...place);
  return { at, module, attention, shared, value };
}

/** The first number of a token's query, key or value in a head: a column of the one matrix that makes all three. */
function projected(context: PartContext, input: Float32Array, which: "query" | "key" | "value"): PartNumbers {
  const { attention, module, value, shared } = parts(context);
  const own = which === "query" ? context.head : shared;
  const output = value(which, own, context.token);
  // Rotary positions turn query and key after the map.
  const turned = which !== "value" && attention?.settings.rotary !== undefined;
  if (!attention || turned)
    return plainPart(turned ? `${which} = x W + b, turned by its place` : `${which} of x`, output, {
      inputs: [vector("input", input)],
      source: attention ? SOURCES.qkv : ownModule(module),
    });
  const { heads, kvHeads } = attention;
  const width = output.length;
  const start = { query: 0, key: heads * width, value: (heads + kvHeads) * width }[which];
  return linearPart(attention.qkv, input, output, {
    column: start + own * width,
    at: 0,
    formula: `${which} = x W + b, of head ${own}`,
    source: SOURCES.qkv,
  });
}

/** What a relative position bias adds to one score. */
function biasOf(attention: SelfAttention, tokens: number, place: [number, number, number]): number {
  return dataOf(() => tf.slice(attention.positionBias?.forward(tokens) as Tensor3D, place, [1, 1, 1]))[0] as number;
}
