import { Explanation } from "../explanation";
import { commonCount } from "../heads";
import type { Numbers } from "../look";
import { rowOf } from "../row-of";

/**
 * Numbers of each head of each block: `[image, block, head]`.
 *
 * @param weights of each block, `[image, heads, tokens, tokens]`
 * @throws VitlabError when some blocks have more heads than others.
 */
export function byHead(
  weights: readonly Numbers[],
  measure: (matrix: Float32Array, tokens: number) => number,
  about: { method: string; unit: string; uniform?: number },
): Explanation {
  const [batch, , tokens] = (weights[0] as Numbers).shape as [number, number, number];
  const heads = commonCount(weights.map(({ shape }) => shape[1] as number));
  const data = new Float32Array(batch * weights.length * heads);
  const size = tokens * tokens;
  weights.forEach(({ data: all }, block) => {
    for (let image = 0; image < batch; image++)
      for (let head = 0; head < heads; head++) {
        const matrix = rowOf(all, image * heads + head, size);
        data[(image * weights.length + block) * heads + head] = measure(matrix, tokens);
      }
  });
  const axes = [{ name: "image" }, { name: "block" }, { name: "head" }];
  return new Explanation({ ...about, axes, shape: [batch, weights.length, heads], data });
}
