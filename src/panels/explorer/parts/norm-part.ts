import { LayerNorm } from "../../../nn/layer-norm";
import { dataOf } from "../../../tensor/data-of";
import { tf } from "../../../tensor/tf";
import { digits, term } from "./arithmetic";
import { ownModule, type PartNumbers, plainPart, vector } from "./part-context";

/** A layer normalization of one token. */
export function normPart(
  norm: object,
  input: Float32Array,
  output: Float32Array,
  source: PartNumbers["source"],
): PartNumbers {
  if (!(norm instanceof LayerNorm))
    return plainPart("norm(x)", output, { inputs: [vector("input", input)], source: ownModule(norm) });
  const mean = input.reduce((sum, x) => sum + x, 0) / input.length;
  const variance = input.reduce((sum, x) => sum + (x - mean) ** 2, 0) / input.length;
  const [scale, shift] = [norm.weight, norm.bias].map((all) => dataOf(() => tf.slice(all, [0], [1]))[0] as number) as [
    number,
    number,
  ];
  const first = input[0] as number;
  const computed = ((first - mean) / Math.sqrt(variance + norm.epsilon)) * scale + shift;
  return {
    formula: "y = (x − mean) / sqrt(variance + ε) · γ + β",
    lines: [
      `mean = ${digits(mean)}, variance = ${digits(variance)}, ε = ${digits(norm.epsilon)}`,
      `y[0] = (${digits(first)} − ${term(mean)}) / sqrt(${digits(variance + norm.epsilon)}) · ${term(scale)} + ${term(shift)} = ${digits(computed)}`,
    ],
    vectors: [vector("input", input), vector("output", output)],
    computed,
    value: output[0] as number,
    source,
  };
}
