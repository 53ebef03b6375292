import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { Explanation } from "../explanation";
import { checkAlike } from "./stacked";

/**
 * How two explanations differ, number by number: the first minus the second.
 *
 * @returns the axes of both
 * @throws VitlabError when they don't have the same axes and unit, or don't differ.
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
