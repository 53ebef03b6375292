import { VitlabError } from "../../base/error";
import { showShape } from "../../base/shape";
import { type Axis, Explanation } from "../explanation";

/** @throws VitlabError unless two explanations have the same axes, names of their places and unit. */
export function checkAlike(a: Explanation, b: Explanation, [first, second]: readonly [string, string]): void {
  const differs = [
    [namesOf(a.axes), namesOf(b.axes)],
    [showShape(a.shape), showShape(b.shape)],
    [a.unit, b.unit],
    ...a.axes.flatMap(({ labels = [] }, i) => labels.map((label, j) => [label, b.axes[i]?.labels?.[j]])),
  ].find(([one, other]) => one !== other);
  if (!differs) return;
  const [one, other] = differs;
  throw new VitlabError(
    `${a.method} of ${first} and of ${second} don't compare: ${one || "numbers"} and ${other || "numbers"}; ask the same of both`,
  );
}

/**
 * Explanations of the same axes, one behind the other along a new first axis.
 *
 * @param axis what is counted, and a name for each explanation
 * @throws VitlabError when they don't have the same axes and unit, naming the two that differ.
 */
export function stacked(explanations: readonly Explanation[], axis: Axis & { labels: readonly string[] }): Explanation {
  const first = explanations[0] as Explanation;
  explanations.forEach((each, i) => {
    checkAlike(first, each, [axis.labels[0] as string, axis.labels[i] as string]);
  });
  const data = new Float32Array(first.data.length * explanations.length);
  explanations.forEach((each, i) => {
    data.set(each.data, i * first.data.length);
  });
  const { unit, uniform } = first;
  return new Explanation({
    method: [...new Set(explanations.map(({ method }) => method))].join("; "),
    unit,
    axes: [axis, ...first.axes],
    shape: [explanations.length, ...first.shape],
    data,
    notes: [...new Set(explanations.flatMap(({ notes }) => notes))],
    uniform: explanations.every((each) => each.uniform === uniform) ? uniform : undefined,
  });
}

function namesOf(axes: readonly Axis[]): string {
  return axes.map(({ name }) => name).join(", ");
}
