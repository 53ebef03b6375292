import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { edgeMap, randomMap } from "./baselines";
import { type Explainer, explainers } from "./explainers";

/** Which explanations are judged: explainers by name, names of `explainers`, or "all" of these. */
export type Methods = "all" | readonly string[] | Readonly<Record<string, Explainer>>;

/** What every judgement has beside the methods. */
export const BASELINES: Record<string, (seed: number) => Explainer> = {
  random: (seed) => (model, images) => randomMap(model, images, { seed }),
  edges: () => (model, images) => edgeMap(model, images),
};

/**
 * The methods that were asked for, after the baselines.
 *
 * @throws VitlabError when there is no method of a name, or one is named as a baseline.
 */
export function chosenMethods(asked: Methods, seed: number): Record<string, Explainer> {
  const methods = methodsOf(asked);
  const taken = Object.keys(BASELINES).find((name) => Object.hasOwn(methods, name));
  if (taken)
    throw new VitlabError(`a method is named ${taken}, as a baseline that judge adds is: give it another name`);
  const baselines = Object.entries(BASELINES).map(([name, make]) => [name, make(seed)]);
  return { ...Object.fromEntries(baselines), ...methods };
}

function methodsOf(methods: Methods): Record<string, Explainer> {
  const known: Record<string, Explainer> = explainers;
  if (methods === "all") return known;
  const list = Array.isArray(methods) ? (methods as readonly string[]) : undefined;
  const given = list
    ? Object.fromEntries(list.map((name) => [name, Object.hasOwn(known, name) ? known[name] : undefined]))
    : methods;
  if (typeof given !== "object" || given === null || Object.keys(given).length === 0)
    throw new VitlabError(
      `judge got ${show(methods)} for its methods: give "all", names such as ["relevance"], or { name: (model, images, classes) => map }`,
    );
  for (const [name, method] of Object.entries(given))
    if (typeof method !== "function")
      throw new VitlabError(`there is no method ${show(name)}: the methods are ${Object.keys(known).join(", ")}`);
  return given as Record<string, Explainer>;
}
