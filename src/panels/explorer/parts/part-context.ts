import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Linear } from "../../../nn/linear";
import { dataOf } from "../../../tensor/data-of";
import { tf } from "../../../tensor/tf";
import type { ExplorerPart, PartVector } from "../explorer-view";
import { digits, dot, products } from "./arithmetic";
import type { RecordedRun } from "./recorded-run";

/** Of which token of a run a part is asked for. */
export interface PartContext {
  readonly run: RecordedRun;
  /** The name of the part. */
  readonly name: string;
  /** Where the query's token stands among all, and the key's. */
  readonly token: number;
  readonly key: number;
  /** Tokens in front of the patches. */
  readonly prefix: number;
  readonly block: number;
  readonly head: number;
  readonly temperature: number;
}

/** A part but for its name; `file` is a file of src/ and `code` its line. */
export type PartNumbers = Omit<ExplorerPart, "name">;

export function vector(label: string, values: Float32Array): PartVector {
  return { label, values };
}

/** A linear map's first number, or another: the products of its column with what comes in, and the bias. */
export function linearPart(
  layer: Linear,
  input: Float32Array,
  output: Float32Array,
  options: { column?: number; at?: number; formula: string; source: PartNumbers["source"] },
): PartNumbers {
  const { column = 0, at = column, formula, source } = options;
  const weight = columnOf(layer.weight, column);
  const bias = layer.bias ? (dataOf(() => tf.slice(layer.bias as Tensor, [column], [1]))[0] as number) : 0;
  const computed = dot(input, weight) + bias;
  return {
    formula,
    lines: [
      `y[${at}] = ${products(input, weight)}${layer.bias ? ` + b[${at}]` : ""}`,
      `= ${digits(computed - bias)}${layer.bias ? ` + ${digits(bias)} = ${digits(computed)}` : ""}`,
    ],
    vectors: [vector("input", input), vector("weight", weight), vector("output", output)],
    computed,
    value: output[at] as number,
    source,
  };
}

/** A column of a weight `[inputs, outputs]`. */
function columnOf(weight: Tensor2D, column: number): Float32Array {
  return dataOf(() => tf.reshape(tf.slice(weight, [0, column], [weight.shape[0], 1]), [-1]));
}

/** The sum of two vectors, number by number. */
export function sumPart(
  formula: string,
  [a, b]: readonly [PartVector, PartVector],
  output: Float32Array,
  source: PartNumbers["source"],
): PartNumbers {
  const [x, y] = [a.values[0] as number, b.values[0] as number];
  return {
    formula,
    lines: [`y[0] = ${digits(x)} + ${digits(y)} = ${digits(x + y)}`],
    vectors: [a, b, vector("output", output)],
    computed: x + y,
    value: output[0] as number,
    source,
  };
}

/** What a module computes of which there is no formula here, or which an edit replaced. */
export function plainPart(
  formula: string,
  output: Float32Array,
  { inputs = [], source }: { inputs?: readonly PartVector[]; source: PartNumbers["source"] },
): PartNumbers {
  const value = output[0] as number;
  return {
    formula,
    lines: [`y[0] = ${digits(value)}`],
    vectors: [...inputs, vector("output", output)],
    computed: value,
    value,
    source,
  };
}

/** Where a module of the user's own computes. */
export function ownModule(module: object): PartNumbers["source"] {
  return { file: "", code: module.constructor.name };
}
