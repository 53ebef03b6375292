import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf";

/** A named value as TransformerLens calls it. */
export interface Hook {
  /** TransformerLens' name; N is the block's number. */
  hook: string;
  /** vitlab's own name of the same value. */
  name: string;
  /** Whether the axes of heads and tokens are the other way round there: `[batch, tokens, heads, headDim]`. */
  tokensFirst?: true;
  /** Where `TransformerBridge` does otherwise with a ViT than TransformerLens says elsewhere; vitlab does as it says. */
  differs?: string;
}

/**
 * The hooks of a Vision Transformer in TransformerLens (`TransformerBridge`, version 4.3), beside vitlab's names. A trace and
 * `edit` take either; under TransformerLens' name a value has TransformerLens' shape. Where several hooks stand for a value,
 * the first is the usual one.
 *
 * Not among them are hooks of values that vitlab doesn't name (inside a normalization, before the activation) and those whose
 * edits reach one reader of a value only (`ln1.hook_in`, `attn.q.hook_in`).
 *
 * @example
 * ```ts
 * import { HOOKS } from "vitlab";
 *
 * console.log(HOOKS.find(({ name }) => name.endsWith("attention.weights"))?.hook); // blocks.N.attn.hook_pattern
 * ```
 */
export const HOOKS: readonly Hook[] = [
  { hook: "hook_embed", name: "embeddings" },
  { hook: "embed.hook_out", name: "embeddings" },
  { hook: "blocks.N.hook_resid_pre", name: "blocks.N.input" },
  { hook: "blocks.N.hook_in", name: "blocks.N.input" },
  { hook: "blocks.N.ln1.hook_out", name: "blocks.N.norm1.output" },
  { hook: "blocks.N.attn.hook_in", name: "blocks.N.norm1.output" },
  { hook: "blocks.N.attn.hook_q", name: "blocks.N.attention.query", tokensFirst: true },
  { hook: "blocks.N.attn.q.hook_out", name: "blocks.N.attention.query", tokensFirst: true },
  { hook: "blocks.N.attn.hook_k", name: "blocks.N.attention.key", tokensFirst: true },
  { hook: "blocks.N.attn.k.hook_out", name: "blocks.N.attention.key", tokensFirst: true },
  { hook: "blocks.N.attn.hook_v", name: "blocks.N.attention.value", tokensFirst: true },
  { hook: "blocks.N.attn.v.hook_out", name: "blocks.N.attention.value", tokensFirst: true },
  {
    hook: "blocks.N.attn.hook_attn_scores",
    name: "blocks.N.attention.scores",
    differs: "holds the pattern, after the softmax, and its edits are discarded with a warning",
  },
  {
    hook: "blocks.N.attn.hook_pattern",
    name: "blocks.N.attention.weights",
    differs: "edits are discarded with a warning",
  },
  { hook: "blocks.N.attn.hook_z", name: "blocks.N.attention.heads", tokensFirst: true },
  { hook: "blocks.N.attn.o.hook_in", name: "blocks.N.attention.heads", tokensFirst: true },
  { hook: "blocks.N.hook_attn_out", name: "blocks.N.attention.output" },
  { hook: "blocks.N.attn.hook_out", name: "blocks.N.attention.output" },
  { hook: "blocks.N.attn.o.hook_out", name: "blocks.N.attention.output" },
  {
    hook: "blocks.N.hook_resid_mid",
    name: "blocks.N.middle",
    differs: "edits reach the second normalization only, not the residual stream",
  },
  { hook: "blocks.N.ln2.hook_out", name: "blocks.N.norm2.output" },
  { hook: "blocks.N.hook_mlp_in", name: "blocks.N.norm2.output" },
  { hook: "blocks.N.mlp.hook_in", name: "blocks.N.norm2.output" },
  { hook: "blocks.N.mlp.in.hook_in", name: "blocks.N.norm2.output" },
  { hook: "blocks.N.mlp.hook_post", name: "blocks.N.mlp.hidden" },
  { hook: "blocks.N.mlp.out.hook_in", name: "blocks.N.mlp.hidden" },
  { hook: "blocks.N.hook_mlp_out", name: "blocks.N.mlp.output" },
  { hook: "blocks.N.mlp.hook_out", name: "blocks.N.mlp.output" },
  { hook: "blocks.N.mlp.out.hook_out", name: "blocks.N.mlp.output" },
  { hook: "blocks.N.hook_resid_post", name: "blocks.N.output" },
  { hook: "blocks.N.hook_out", name: "blocks.N.output" },
  { hook: "ln_final.hook_out", name: "normalized" },
  { hook: "unembed.hook_in", name: "pooled" },
  { hook: "unembed.hook_out", name: "logits" },
  { hook: "hook_unembed", name: "logits" },
];

/** What a name of TransformerLens' stands for. */
export interface Alias {
  /** vitlab's own name. */
  name: string;
  /** The value in the other one's shape; there and back it is the same turn. */
  turned: (value: Tensor) => Tensor;
}

/** What a name stands for; undefined where it is no hook of TransformerLens. */
export function aliasOf(name: string): Alias | undefined {
  const block = /^blocks\.(\d+)\./.exec(name)?.[1];
  const pattern = block === undefined ? name : name.replace(`blocks.${block}.`, "blocks.N.");
  const hook = HOOKS.find((one) => one.hook === pattern);
  if (!hook) return undefined;
  return {
    name: hook.name.replace("blocks.N.", `blocks.${block}.`),
    turned: (value) => (hook.tokensFirst ? tf.transpose(value, [0, 2, 1, 3]) : tf.clone(value)),
  };
}
