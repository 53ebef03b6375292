import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { Explanation } from "../explanation";
import { checkAlike } from "./stacked";

/**
 * How two explanations differ, number by number: the first minus the second.
 *
 * @returns the axes of both
 * @throws VitlabError when they don't have the same axes and unit, or don't differ.
 *
 * @example
 * ```ts
 * import { attentionMap, datasetToTensor, difference, presets, shapes, ViT } from "vitlab";
 *
 * const images = datasetToTensor(shapes({ count: 1 }));
 * const [one, other] = [1, 2].map((seed) => attentionMap(new ViT(presets.tiny, { seed }), images));
 * console.log(difference(one, other).at(0, 0, 0) === Math.fround(one.at(0, 0, 0) - other.at(0, 0, 0))); // true
 * ```
 */
export function difference(a: Explanation, b: Explanation): Explanation {
  const wrong = [a, b].find((each) => !(each instanceof Explanation));
  if (wrong !== undefined || a === undefined || b === undefined)
    throw new VitlabError(`difference got ${show(wrong)}: give two explanations`);
  checkAlike(a, b, ["the first", "the second"]);
  const data = a.data.map((value, i) => value - (b.data[i] as number));
  if (data.every((value) => value === 0))
    throw new VitlabError(`both explanations are the same everywhere, so that there is no difference: ${a.method}`);
  const { axes, shape, unit } = a;
  const method = a.method === b.method ? `difference of ${a.method}` : `${a.method} minus ${b.method}`;
  const notes = [...new Set([...a.notes, ...b.notes])];
  return new Explanation({ method, unit, axes, shape, data, notes });
}
