import { Linear } from "../../../nn/linear";
import { answerFunction } from "../../../vit/problem-type";
import { digits, sum } from "./arithmetic";
import { normPart } from "./norm-part";
import { linearPart, ownModule, type PartContext, type PartNumbers, plainPart, vector } from "./part-context";

const MODEL = "src/vit/model.ts";

const SOURCES = {
  normalized: {
    file: MODEL,
    code: 'const normalized = this.norm ? context.tap("normalized", this.norm.forward(tokens)) : tokens;',
  },
  cls: {
    file: MODEL,
    code: 'if (pool === "cls") return tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, 1, dim]), [batch, dim]) as Tensor2D;',
  },
  mean: { file: MODEL, code: "return tf.mean(patches, 1) as Tensor2D;" },
  logits: {
    file: MODEL,
    code: 'const scores = this.head.forward(features, context.at("head"));',
  },
  answers: {
    file: "src/vit/as-answers.ts",
    code: 'return answer === "none" ? logits : answer === "sigmoid" ? tf.sigmoid(logits) : tf.softmax(logits);',
  },
} as const;

/** The parts after the last block. */
export const lastParts: Readonly<Record<string, (context: PartContext) => PartNumbers>> = {
  normalized({ run, token }) {
    const last = run.row(`blocks.${run.model.blocks.length - 1}.output`, token);
    const { norm } = run.model;
    if (!norm) return plainPart("y = x: there is no last normalization", last, { source: SOURCES.normalized });
    return normPart(norm, last, run.row("normalized", token), SOURCES.normalized);
  },
  pooled({ run, prefix }) {
    const { pool } = run.model.config;
    const output = run.row("pooled");
    const tokens = run.model.norm ? "normalized" : `blocks.${run.model.blocks.length - 1}.output`;
    if (pool === "cls") {
      const token = run.row(tokens, 0);
      return {
        ...plainPart("y = the class token", output, { inputs: [vector("input", token)], source: SOURCES.cls }),
        computed: token[0] as number,
      };
    }
    const all = run.all(tokens);
    const width = output.length;
    const first = Array.from({ length: all.length / width - prefix }, (_, i) => all[(prefix + i) * width] as number);
    const computed = first.reduce((a, b) => a + b, 0) / first.length;
    return {
      formula: "y = mean of the patch tokens",
      lines: [
        `y[0] = (${sum(first.length, (i) => digits(first[i] as number))}) / ${first.length} = ${digits(computed)}`,
      ],
      vectors: [vector("output", output)],
      computed,
      value: output[0] as number,
      source: SOURCES.mean,
    };
  },
  logits({ run }) {
    const [input, output] = [run.row("pooled"), run.row("logits")];
    const { head } = run.model;
    if (!((head as unknown) instanceof Linear))
      return plainPart("head(x)", output, { inputs: [vector("input", input)], source: ownModule(head) });
    const column = largest(output);
    return linearPart(head, input, output, {
      column,
      formula: `y = x W + b, of class ${column}`,
      source: SOURCES.logits,
    });
  },
  answers({ run }) {
    const logits = run.row("logits");
    const kind = answerFunction(run.model.config);
    const best = largest(logits);
    const logit = logits[best] as number;
    const powers = logits.map((one) => Math.exp(one - logit));
    const total = powers.reduce((a, b) => a + b, 0);
    const answers =
      kind === "none" ? logits : kind === "sigmoid" ? logits.map(sigmoid) : powers.map((power) => power / total);
    const value = answers[best] as number;
    const written = {
      none: { formula: "y = logit", line: `y[${best}] = ${digits(logit)}` },
      sigmoid: {
        formula: "p = 1 / (1 + exp(−logit))",
        line: `p[${best}] = 1 / (1 + exp(−${digits(logit)})) = ${digits(value)}`,
      },
      softmax: {
        formula: "p = exp(logit) / (sum of exp(logit) over all classes)",
        line: `p[${best}] = 1 / ${digits(total)} = ${digits(value)}, with the largest logit, ${digits(logit)}, taken off`,
      },
    }[kind];
    return {
      formula: written.formula,
      lines: [written.line],
      vectors: [vector("logits", logits), vector("output", answers)],
      computed: value,
      value,
      source: SOURCES.answers,
    };
  },
};

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function largest(values: Float32Array): number {
  return values.indexOf(values.reduce((a, b) => Math.max(a, b)));
}
