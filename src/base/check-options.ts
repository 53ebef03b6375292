import { editDistance } from "./edit-distance";
import { VitlabError } from "./error";

/** What other libraries call the same thing, in lower case without separators. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  lr: "learningRate",
  rate: "learningRate",
  stepsize: "learningRate",
  wd: "weightDecay",
  l2: "weightDecay",
  bs: "batchSize",
  batch: "batchSize",
  eps: "epsilon",
  gradclip: "clipNorm",
  clip: "clipNorm",
  maxnorm: "clipNorm",
  smoothing: "labelSmoothing",
  warmup: "warmupSteps",
  valdata: "validation",
  data: "train",
  dataset: "train",
  force: "overwrite",
  folder: "dir",
  path: "dir",
  hiddensize: "dim",
  dmodel: "dim",
  layers: "depth",
  numlayers: "depth",
  numhiddenlayers: "depth",
  numattentionheads: "heads",
  intermediatesize: "mlpDim",
  hiddendim: "mlpDim",
  numlabels: "classes",
  labels: "classNames",
  n: "count",
  num: "count",
  number: "count",
  amount: "count",
  length: "count",
  images: "count",
  samples: "count",
  limit: "count",
};

/** An entry for each option of an interface: a name too many or too few doesn't compile. */
export type OptionNames<Options> = Readonly<Record<keyof Options, unknown>>;

/**
 * Refuses options that nothing reads, so that a slip of the pen doesn't pass for a setting:
 * `checkOptions("flip", options, { probability: true })`.
 *
 * @param what whose options they are, as in "fit"
 * @param names an entry for each option that there is; their values don't matter
 * @param kind what one of them is called
 * @throws VitlabError naming the nearest option that there is.
 */
export function checkOptions<Options>(
  what: string,
  given: Options,
  names: OptionNames<NoInfer<Options>>,
  kind = "option",
): void {
  const known = Object.keys(names);
  if (typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given))
    throw new VitlabError(
      `${what} got ${show(given)} for its ${kind}s: give one object with ${known.join(", ")}, such as { ${known[0]}: … }`,
    );
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    throw new VitlabError(
      `${what} has no ${kind} ${name}: ${near ? `did you mean ${near}? ` : ""}the ${kind}s are ${known.join(", ")}`,
    );
  }
}

/** A value in a few words, for a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object" || value === null) return String(value);
  if (isThenable(value)) return "a promise";
  const { name } = (value.constructor ?? {}) as { name?: unknown };
  // A field of JSON may be called "constructor", too.
  return typeof name === "string" && name !== "" && name !== "Object" ? `an object of class ${name}` : "an object";
}

/** Whether a value must be awaited first. */
export function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** The name among those known that was meant by another one. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = simplify(name);
  const same = known.find((other) => simplify(other) === plain) ?? ELSEWHERE[plain];
  if (same !== undefined && known.includes(same)) return same;
  const ranked = known
    .map((other) => ({ other, distance: editDistance(plain, simplify(other)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best && best.distance <= Math.max(1, Math.floor(plain.length / 4))) return best.other;
  // The longest name inside the other: embedDim is about dim.
  const inside = ({ other }: { other: string }) => other.length > 2 && plain.includes(simplify(other));
  const around = ({ other }: { other: string }) => plain.length > 2 && simplify(other).includes(plain);
  return (ranked.filter(inside).sort((a, b) => b.other.length - a.other.length)[0] ?? ranked.find(around))?.other;
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
