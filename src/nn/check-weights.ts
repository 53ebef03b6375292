import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";

/** Shape of some weights, and their numbers where they are at hand. */
interface GivenWeights {
  shape: readonly number[];
  data?: ArrayLike<number>;
}

/**
 * Holds the weights that are given against those that a model has, before any is taken.
 *
 * @param wanted name and shape of each parameter
 * @throws VitlabError naming the parameters that are missing, unknown or of another shape.
 */
export function checkWeights(
  wanted: Iterable<readonly [name: string, shape: readonly number[]]>,
  given: ReadonlyMap<string, GivenWeights>,
): void {
  const problems: string[] = [];
  const known = new Set<string>();
  for (const [name, shape] of wanted) {
    known.add(name);
    const entry = given.get(name);
    const count = shape.reduce((product, size) => product * size, 1);
    if (!entry) problems.push(`${name} is missing`);
    else if (showShape(entry.shape) !== showShape(shape))
      problems.push(`${name} is ${showShape(entry.shape)}, expected ${showShape(shape)}`);
    else if (entry.data && entry.data.length !== count)
      problems.push(`${name} holds ${entry.data.length} numbers, expected ${count}`);
  }
  for (const name of given.keys()) if (!known.has(name)) problems.push(`${name} is unknown`);
  if (problems.length === 0) return;
  const shown = problems.slice(0, 5).join("; ");
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : "";
  throw new VitlabError(`the weights don't fit the model: ${shown}${more}; build the model from the same config`);
}
