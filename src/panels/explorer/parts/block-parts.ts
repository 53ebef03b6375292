import { EncoderBlock } from "../../../nn/encoder-block";
import { Mlp } from "../../../nn/mlp";
import { activate } from "../../../tensor/activation";
import { dataOf } from "../../../tensor/data-of";
import { tf } from "../../../tensor/tf";
import { digits } from "./arithmetic";
import { attentionParts } from "./attention-parts";
import { normPart } from "./norm-part";
import { linearPart, ownModule, type PartContext, type PartNumbers, plainPart, sumPart, vector } from "./part-context";

const BLOCK = "src/nn/encoder-block.ts";
const MLP = "src/nn/mlp.ts";

const SOURCES = {
  norm1: {
    file: BLOCK,
    code: 'norm1: (tokens: Tensor3D) => context.tap("norm1.output", this.norm1.forward(tokens)),',
  },
  norm2: {
    file: BLOCK,
    code: 'norm2: (tokens: Tensor3D) => context.tap("norm2.output", this.norm2.forward(tokens)),',
  },
  hidden: { file: MLP, code: 'const hidden = context.tap("hidden", activate(this.fc1.forward(x), this.activation));' },
  mlp: { file: MLP, code: "return this.fc2.forward(drop ? dropout(hidden, drop) : hidden, context, residual);" },
  pre: {
    middle: { file: BLOCK, code: "tokens = middle(add(tokens, attention(norm1(tokens))));" },
    output: { file: BLOCK, code: "tokens = add(tokens, mlp(norm2(tokens)));" },
  },
  post: {
    middle: { file: BLOCK, code: "tokens = norm1(middle(add(tokens, attention(tokens))));" },
    output: { file: BLOCK, code: "tokens = norm2(add(tokens, mlp(tokens)));" },
  },
} as const;

/** A part of a block; `part` is its name in the block, as "mlp.hidden". */
export function blockPart(context: PartContext, part: string): PartNumbers {
  const { run, token, block: index, name } = context;
  const block = run.model.blocks[index] as unknown;
  if (!(block instanceof EncoderBlock))
    return plainPart(name, run.row(name, token), { source: ownModule(block as object) });
  const { norm } = run.model.config;
  const value = (which: string) => run.row(`blocks.${index}.${which}`, token);
  if (part.startsWith("attention.")) {
    const of = attentionParts[part.slice("attention.".length)];
    if (of) return of(context, value(norm === "pre" ? "norm1.output" : "input"));
  }
  // What each part reads, as the block's formula has it.
  const read =
    norm === "pre"
      ? { norm1: "input", norm2: "middle", mlp: "norm2.output", around: "middle" }
      : { norm1: "middle", norm2: null, mlp: "norm1.output", around: "norm1.output" };
  const mlpSum = () => value(read.around).map((x, i) => x + (value("mlp.output")[i] as number));
  switch (part) {
    case "norm1.output":
      return normPart(block.norm1, value(read.norm1), value(part), SOURCES.norm1);
    case "norm2.output":
      return normPart(block.norm2, read.norm2 ? value(read.norm2) : mlpSum(), value(part), SOURCES.norm2);
    case "middle":
      return sumPart(
        "y = x + attention",
        [vector("input", value("input")), vector("attention", value("attention.output"))],
        value(part),
        SOURCES[norm].middle,
      );
    case "mlp.hidden":
      return hiddenPart(block.mlp, value(read.mlp), value(part));
    case "mlp.output":
      return mlpPart(block.mlp, value("mlp.hidden"), value(part));
    default:
      return outputPart(context, value, read.around);
  }
}

function hiddenPart(mlp: object, input: Float32Array, output: Float32Array): PartNumbers {
  if (!(mlp instanceof Mlp))
    return plainPart("hidden layer", output, { inputs: [vector("input", input)], source: ownModule(mlp) });
  const { activation } = mlp.settings;
  const map = linearPart(mlp.fc1, input, output, { formula: `y = ${activation}(x W + b)`, source: SOURCES.hidden });
  const computed = dataOf(() => activate(tf.tensor1d([map.computed]), activation))[0] as number;
  return { ...map, lines: [...map.lines, `${activation}(${digits(map.computed)}) = ${digits(computed)}`], computed };
}

function mlpPart(mlp: object, hidden: Float32Array, output: Float32Array): PartNumbers {
  if (output.every((number) => number === 0))
    return { ...plainPart("y = 0: the MLP is switched off", output, { source: SOURCES.mlp }), computed: 0 };
  if (!(mlp instanceof Mlp))
    return plainPart("MLP", output, { inputs: [vector("hidden", hidden)], source: ownModule(mlp) });
  return linearPart(mlp.fc2, hidden, output, { formula: "y = h W + b", source: SOURCES.mlp });
}

function outputPart(
  { run, block, token }: PartContext,
  value: (which: string) => Float32Array,
  around: string,
): PartNumbers {
  const { norm } = run.model.config;
  const [input, output] = [value("input"), value("output")];
  const source = SOURCES[norm].output;
  const isOff = input.every((number, i) => number === output[i]);
  if (isOff) return plainPart("y = x: the block is switched off", output, { inputs: [vector("input", input)], source });
  if (norm === "post")
    return plainPart("y = norm2(x + MLP)", run.row(`blocks.${block}.norm2.output`, token), { source });
  return sumPart("y = x + MLP", [vector("input", value(around)), vector("mlp", value("mlp.output"))], output, source);
}
