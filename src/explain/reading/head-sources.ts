import type { ViT } from "../../vit/model";
import { headOutputs } from "../head-outputs";
import type { Numbers } from "../look";
import { rowOf } from "../row-of";
import type { TokenVectors } from "./frozen-head";

/**
 * What each head of each block writes into the residual stream of what it reads from each token, without biases: by block, head
 * and token read.
 *
 * @param value the numbers of a named value: of each block "attention.weights" and "attention.value"
 */
export function* headSources(model: ViT, heads: number, value: (name: string) => Numbers): Generator<TokenVectors> {
  const { dim } = model.config;
  for (const block of model.blocks.keys()) {
    const { shape, data: weights } = value(`blocks.${block}.attention.weights`);
    const outputs = headOutputs(model, block, value(`blocks.${block}.attention.value`));
    const tokens = shape[3] as number;
    for (let head = 0; head < heads; head++)
      for (let source = 0; source < tokens; source++)
        yield (image, token) => {
          const ofHead = image * heads + head;
          const weight = weights[(ofHead * tokens + token) * tokens + source] as number;
          return rowOf(outputs, ofHead * tokens + source, dim).map((number) => number * weight);
        };
  }
}
