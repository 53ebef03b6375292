import type { Module } from "./module";

/** The class of each module, by path, and the settings that its answers depend on: "" is the whole. */
export type Structure = Record<string, { kind: string } & Readonly<Record<string, unknown>>>;

/** Change what training does and no answer. */
const TRAINING_ONLY = new Set(["dropout", "attentionDropout", "embeddingDropout", "dropPath"]);

/** What a module is made of, as a checkpoint keeps it: the weights alone don't tell a model with 4 heads from one with 8. */
export function structureOf(module: Module): Structure {
  const all: Structure = {};
  for (const [path, each] of [["", module] as const, ...module.namedModules()])
    all[path] = { kind: each.constructor.name, ...each.settings };
  return all;
}

/** The first way in which two structures would answer differently, in words; undefined where there is none. */
export function structureDifference(saved: Structure, given: Structure): string | undefined {
  for (const path of new Set([...Object.keys(saved), ...Object.keys(given)])) {
    const [before, now] = [saved, given].map((all) => (Object.hasOwn(all, path) ? all[path] : undefined));
    const what = path === "" ? "the model" : path;
    if (!before) return `${what} is a ${now?.kind}, and there was none`;
    if (!now) return `${what} was a ${before.kind}, and there is none`;
    for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const [was, is] = [before[key], now[key]].map((value) => JSON.stringify(value));
      if (was !== is && !TRAINING_ONLY.has(key))
        return key === "kind"
          ? `${what} was a ${before.kind} and is a ${now.kind}`
          : `${key} of ${what} was ${was} and is ${is}`;
    }
  }
  return undefined;
}
