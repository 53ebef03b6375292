import { Embeddings } from "../../../vit/embeddings";
import { digits, term } from "./arithmetic";
import { linearPart, ownModule, type PartContext, type PartNumbers, plainPart, sumPart, vector } from "./part-context";

/** What the tokens in front of the patches start from. */
const LEARNED = "a learned token: it comes from no patch";

const SOURCES = {
  patches: {
    file: "src/vit/model.ts",
    code: 'const patches = context.tap("patches", patchify(images, patchSize, { order: patchOrder }));',
  },
  patchEmbeddings: {
    file: "src/vit/embeddings.ts",
    code: 'let tokens = context.tap("patchEmbeddings", this.patchEmbedding.forward(patches));',
  },
  embeddings: { file: "src/vit/embeddings.ts", code: "if (positions) tokens = tf.add(tokens, positions);" },
} as const;

/** The parts before the first block. */
export const firstParts: Readonly<Record<string, (context: PartContext) => PartNumbers>> = {
  patches(context) {
    const { run, token, prefix } = context;
    if (token < prefix) return learned(context);
    const numbers = run.row("patches", token - prefix);
    const { mean, std } = run.model.config.normalize;
    const [m, s, value] = [mean[0], std[0], numbers[0]] as [number, number, number];
    const byte = Math.round((value * s + m) * 255);
    const computed = (byte / 255 - m) / s;
    const isByte = Math.abs(computed - value) < 1e-5;
    return {
      formula: "x = (byte / 255 − mean) / std",
      lines: [
        isByte
          ? `x[0] = (${byte} / 255 − ${term(m)}) / ${term(s)} = ${digits(computed)}`
          : `x[0] = ${digits(value)}, the mean color of the image`,
      ],
      vectors: [vector("output", numbers)],
      computed: isByte ? computed : value,
      value,
      source: SOURCES.patches,
    };
  },
  patchEmbeddings(context) {
    const { run, token, prefix } = context;
    if (token < prefix) return learned(context);
    const [input, output] = [run.row("patches", token - prefix), run.row("patchEmbeddings", token - prefix)];
    const { embeddings } = run.model;
    if (!((embeddings as unknown) instanceof Embeddings))
      return plainPart("embed(x)", output, { inputs: [vector("input", input)], source: ownModule(embeddings) });
    return linearPart(embeddings.patchEmbedding, input, output, {
      formula: "y = x W + b",
      source: SOURCES.patchEmbeddings,
    });
  },
  embeddings(context) {
    const { run, token, prefix } = context;
    const output = run.row("embeddings", token);
    if (token < prefix) return learned(context);
    const patch = run.row("patchEmbeddings", token - prefix);
    if (!((run.model.embeddings as unknown) instanceof Embeddings))
      return plainPart("embed(x)", output, {
        inputs: [vector("input", patch)],
        source: ownModule(run.model.embeddings),
      });
    // What is added is read off, because an edit may have put another position here.
    const position = output.map((value, i) => value - (patch[i] as number));
    return sumPart(
      "y = patch + position",
      [vector("input", patch), vector("position", position)],
      output,
      SOURCES.embeddings,
    );
  },
};

/** The token as it enters the first block. */
function learned({ run, token }: PartContext): PartNumbers {
  return plainPart(LEARNED, run.row("embeddings", token), { source: SOURCES.embeddings });
}
