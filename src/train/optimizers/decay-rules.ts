/**
 * Weight decay for matrices alone: not for biases, layer normalizations, positions and the class token, which have no
 * redundancy to lose (as in timm's and Hugging Face's recipes for ViT). Give it as `adamW({ decay: matricesOnly })`.
 */
export function matricesOnly(name: string): boolean {
  return name.endsWith(".weight") && !/(^|\.)norm\d?\.weight$/.test(name);
}

/** The weight matrices of the encoder blocks: query, key and value, projection, feed-forward network. */
export function hiddenMatrices(name: string): boolean {
  return /(^|\.)blocks\.\d+\./.test(name) && matricesOnly(name);
}
