import type { ParameterRole } from "../../nn/module";

/** Which parameters a rule applies to, by name and by what they are for. */
export type ChooseParameters = (name: string, role: ParameterRole) => boolean;

/**
 * Weight decay for matrices alone: not for biases, normalizations, positions and tokens, which have no redundancy to lose (as
 * in timm's and Hugging Face's recipes for ViT). Give it as `adamW({ decay: matricesOnly })`.
 *
 * @example
 * ```ts
 * import { matricesOnly, presets, ViT } from "vitlab";
 *
 * const kinds = [...new ViT(presets.tiny).parameterKinds()];
 * const left = kinds.filter(([name, { role }]) => !matricesOnly(name, role)).map(([name]) => name);
 * console.log(left.slice(0, 3).join(", "));
 * // embeddings.classToken, embeddings.positionEmbedding, embeddings.patchEmbedding.bias
 * ```
 */
export function matricesOnly(_name: string, role: ParameterRole): boolean {
  return role === "matrix" || role === "input" || role === "head";
}
