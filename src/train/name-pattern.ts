import { show } from "../base/check-options";
import { VitlabError } from "../base/error";

/**
 * The names that patterns choose: `*` stands for any letters, dots among them, `?` for one.
 *
 * @param option what the patterns are called in messages
 * @throws VitlabError when a pattern chooses nothing, listing the names that there are.
 */
export function namesMatching(
  option: string,
  patterns: string | readonly string[],
  names: readonly string[],
): Set<string> {
  const list = typeof patterns === "string" ? [patterns] : patterns;
  if (!Array.isArray(list) || !list.every((pattern) => typeof pattern === "string"))
    throw new VitlabError(`${option} is ${show(patterns)}: give names of parameters, such as "embeddings.*"`);
  const chosen = new Set<string>();
  for (const pattern of list) {
    const expression = globExpression(pattern);
    const found = names.filter((name) => expression.test(name));
    if (found.length === 0)
      throw new VitlabError(
        `${option} "${pattern}" is the name of no parameter: give a name or a pattern such as "${groupsOf(names)[0]}", ` +
          `out of ${groupsOf(names).join(", ")} (model.namedParameters() lists all)`,
      );
    for (const name of found) chosen.add(name);
  }
  return chosen;
}

function globExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`);
}

/** Patterns for the parts of a model: `embeddings.*`, `blocks.0.*`, … */
function groupsOf(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => `${(/^blocks\.\d+|^[^.]+/.exec(name) as RegExpExecArray)[0]}.*`))];
}
