import type { Draws } from "./initial";

/** How near the product of query and key weights starts to the identity. */
const QUERY_KEY = 0.3;
/** How near the product of value and projection weights starts to minus the identity. */
const VALUE_PROJECTION = 0.4;

/**
 * Starting weights of attention that look like trained ones: a token attends to what resembles it, since in every head
 * `query · keyᵀ ≈ 0.3 · identity`, and what it finds there is subtracted, since `value · projection ≈ -0.4 · identity`
 * (Trockman and Kolter, "Mimetic Initialization of Self-Attention Layers", 2023, section 3). Random matrices times their own
 * transposes stand in for the paper's singular value decompositions.
 *
 * @returns `qkv`, `[dim, 3 · dim]`, and `projection`, `[dim, dim]`, row by row; zeros where nothing is drawn
 */
export function mimeticAttention(
  dim: number,
  heads: number,
  random: Draws,
): { qkv: Float32Array; projection: Float32Array } {
  const qkv = new Float32Array(dim * 3 * dim);
  const projection = new Float32Array(dim * dim);
  if (!random) return { qkv, projection };
  const queryKey = Math.sqrt((QUERY_KEY * heads) / dim);
  const valueProjection = Math.sqrt(VALUE_PROJECTION / dim);
  for (let input = 0; input < dim; input++)
    for (let feature = 0; feature < dim; feature++) {
      const row = 3 * dim * input;
      const queryOrKey = queryKey * random.normal();
      const value = valueProjection * random.normal();
      qkv[row + feature] = queryOrKey;
      qkv[row + dim + feature] = queryOrKey;
      qkv[row + 2 * dim + feature] = value;
      projection[feature * dim + input] = -value;
    }
  return { qkv, projection };
}
