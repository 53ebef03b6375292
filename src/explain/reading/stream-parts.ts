import { Embeddings } from "../../vit/embeddings";
import type { ViT } from "../../vit/model";
import { attentionOf, headOutputs } from "../head-outputs";
import { headsOf } from "../heads";
import { type Numbers, numbersOf, type TokenGrid } from "../look";
import { rowOf } from "../row-of";
import type { TokenVectors } from "./frozen-head";

/** One of what the residual stream is the sum of. */
export interface StreamPart {
  label: string;
  vectors: TokenVectors;
}

/**
 * All that is written into the residual stream, in its order: embeddings, and of each block its heads, the bias of the attention's
 * output, and the MLP. One at a time, as heads' parts are large.
 *
 * @param value the numbers of a named value: "embeddings", and of each block "attention.heads" and "mlp.output"
 */
export function* streamParts(model: ViT, grid: TokenGrid, value: (name: string) => Numbers): Generator<StreamPart> {
  const embeddings = value("embeddings");
  const [, tokens, dim] = embeddings.shape as [number, number, number];
  yield* embeddingParts(model, grid, embeddings);
  for (const block of model.blocks.keys()) {
    const outputs = headOutputs(model, block, value(`blocks.${block}.attention.heads`));
    const heads = headsOf(model, block);
    for (let head = 0; head < heads; head++)
      yield {
        label: `block ${block} head ${head}`,
        vectors: (image, token) => rowOf(outputs, (image * heads + head) * tokens + token, dim),
      };
    const { bias } = attentionOf(model, block).projection;
    const added = bias ? numbersOf(bias).data : new Float32Array(dim);
    yield { label: `block ${block} attention output bias`, vectors: () => added };
    yield { label: `block ${block} MLP`, vectors: tokenVectors(value(`blocks.${block}.mlp.output`)) };
  }
}

/** What the embeddings put in: for a class token itself and its position, for patches what was made of their pixels, and positions. */
function embeddingParts({ embeddings, config }: ViT, grid: TokenGrid, value: Numbers): StreamPart[] {
  const all = tokenVectors(value);
  if (!(embeddings instanceof Embeddings)) return [{ label: "embeddings", vectors: all }];
  const isClass = config.pool === "cls";
  const label = isClass ? "class token" : "patch embeddings";
  const table = embeddings.positions(grid);
  if (!table) return [{ label, vectors: all }];
  const { shape, data } = numbersOf(table);
  table.dispose();
  // Registers stand between the tokens that have places.
  const placeOf = (token: number) =>
    token < grid.prefix - config.registerTokens ? token : token - config.registerTokens;
  const position = (token: number) => rowOf(data, placeOf(token), shape[1] as number);
  return [
    {
      label,
      vectors: (image, token) => {
        const own = position(token);
        return all(image, token).map((number, i) => number - (own[i] as number));
      },
    },
    {
      label: `position embedding of the ${isClass ? "class token" : "patches"}`,
      vectors: (_, token) => position(token),
    },
  ];
}

/** The vectors of a value `[image, token, dim]`. */
function tokenVectors({ shape, data }: Numbers): TokenVectors {
  const [, tokens, dim] = shape as [number, number, number];
  return (image, token) => rowOf(data, image * tokens + token, dim);
}
