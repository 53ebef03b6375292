import { isIndex } from "../../base/check-number";
import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";

/** What is changed by hand before the model answers. Places are those of the patches, counted from 0, row by row. */
export interface ExplorerEdits {
  /** Pairs of places whose patches change places, one pair after the other. */
  readonly swapped: readonly (readonly [number, number])[];
  /** Seed of another order of all patches, after the swaps; null leaves them. */
  readonly shuffled: number | null;
  /** Places painted over with the image's mean color, after patches have moved. */
  readonly painted: readonly number[];
  /** Position embeddings as learned, none at all, or in another order by a seed. */
  readonly positions: "kept" | "dropped" | number;
  /** Heads that add nothing, each [block, head]. */
  readonly heads: readonly (readonly [number, number])[];
  /** Blocks whose MLP adds nothing. */
  readonly mlps: readonly number[];
  /** Blocks that hand on what they get. */
  readonly blocks: readonly number[];
  /** By which attention scores are divided before their softmax; 1 changes nothing. */
  readonly temperature: number;
}

/** What one looks at, and what is changed. */
export interface ExplorerState {
  /** Counted from 0. */
  readonly image: number;
  /** The token whose attention is shown: "class", or a patch. */
  readonly query: "class" | number;
  readonly block: number;
  readonly head: number;
  /** The part whose formula is open, by its name in a run, as "blocks.0.attention.scores"; null where none is. */
  readonly part: string | null;
  /** The patch (or class token) that the formula compares with: the key. */
  readonly key: "class" | number;
  readonly edits: ExplorerEdits;
}

/** How much there is of everything: the limits of a state. */
export interface ExplorerLimits {
  readonly images: number;
  readonly patches: number;
  readonly classToken: boolean;
  readonly depth: number;
  /** Of each block. */
  readonly heads: number;
}

/** Nothing changed. */
export const NO_EDITS: ExplorerEdits = {
  swapped: [],
  shuffled: null,
  painted: [],
  positions: "kept",
  heads: [],
  mlps: [],
  blocks: [],
  temperature: 1,
};

/** The smallest and the largest temperature. */
export const TEMPERATURES = { min: 0.1, max: 10 } as const;

/** Where an explorer starts: the first image, the class token, the last block. */
export function firstState(limits: ExplorerLimits): ExplorerState {
  return {
    image: 0,
    query: limits.classToken ? "class" : 0,
    block: limits.depth - 1,
    head: 0,
    part: null,
    key: 0,
    edits: NO_EDITS,
  };
}

export function isEdited(edits: ExplorerEdits): boolean {
  return JSON.stringify(edits) !== JSON.stringify(NO_EDITS);
}

const PAIRS = /^\d+-\d+(_\d+-\d+)*$/;
const LIST = /^\d+(-\d+)*$/;
const TOKEN = /^(\d+|c)$/;
const ONE = /^\d+$/;

/** How what stands behind each letter of a state's text is written. */
const WRITTEN: Readonly<Record<string, RegExp>> = {
  i: ONE,
  q: TOKEN,
  b: ONE,
  h: ONE,
  k: TOKEN,
  f: /^[A-Za-z0-9-]+$/,
  s: PAIRS,
  z: ONE,
  x: LIST,
  p: /^(\d+|d)$/,
  a: PAIRS,
  m: LIST,
  l: LIST,
  t: /^\d+(-\d+)?$/,
};

/**
 * A state on one line, to be copied: "i3.qc.b4.h0" and after it what isn't as at the start, "s3-60.x5-6".
 *
 * Letters: `i`mage, `q`uery, `b`lock, `h`ead, `k`ey, `f` the part of an open formula; of the edits `s`waps, `z` seed of the
 * shuffle, `x` painted, `p`ositions, `a` heads off, `m` MLPs off, `l` blocks off, `t`emperature.
 */
export function stateToText(state: ExplorerState): string {
  const { edits } = state;
  const token = (one: "class" | number) => (one === "class" ? "c" : `${one}`);
  const pairs = (all: readonly (readonly [number, number])[]) => all.map((pair) => pair.join("-")).join("_");
  const fields: [string, string][] = [
    ["i", `${state.image}`],
    ["q", token(state.query)],
    ["b", `${state.block}`],
    ["h", `${state.head}`],
    ["k", token(state.key)],
    ["f", (state.part ?? "").replaceAll(".", "-")],
    ["s", pairs(edits.swapped)],
    ["z", edits.shuffled === null ? "" : `${edits.shuffled}`],
    ["x", edits.painted.join("-")],
    ["p", edits.positions === "kept" ? "" : edits.positions === "dropped" ? "d" : `${edits.positions}`],
    ["a", pairs(edits.heads)],
    ["m", edits.mlps.join("-")],
    ["l", edits.blocks.join("-")],
    ["t", edits.temperature === 1 ? "" : `${edits.temperature}`.replace(".", "-")],
  ];
  return fields
    .filter(([, text]) => text !== "")
    .map(([letter, text]) => letter + text)
    .join(".");
}

/**
 * The state that `stateToText` wrote.
 *
 * @throws VitlabError when it is no such text, or names an image, patch, block or head that isn't there.
 */
export function stateFromText(text: string, limits: ExplorerLimits): ExplorerState {
  const start = firstState(limits);
  const fields = new Map<string, string>();
  for (const field of text.trim().replace(/^#/, "").split(".")) {
    const [letter, value] = [field.slice(0, 1), field.slice(1)];
    if (!WRITTEN[letter]?.test(value) || fields.has(letter))
      throw new VitlabError(
        `${show(text)} is no state of an explorer (at "${field}"): expected a text such as "i0.qc.b${start.block}.h0", as its copy button gives`,
      );
    fields.set(letter, value);
  }
  const read = <T>(letter: string, otherwise: T, parse: (value: string) => T): T => {
    const value = fields.get(letter);
    return value === undefined ? otherwise : parse(value);
  };
  const token = (value: string) => (value === "c" ? "class" : Number(value));
  const numbers = (value: string) => value.split("-").map(Number);
  const pairs = (value: string) =>
    value.split("_").map((pair) => numbers(pair) as unknown as readonly [number, number]);
  const state: ExplorerState = {
    image: read("i", start.image, Number),
    query: read("q", start.query, token),
    block: read("b", start.block, Number),
    head: read("h", start.head, Number),
    key: read("k", start.key, token),
    part: read("f", start.part, (value) => value.replaceAll("-", ".")),
    edits: {
      swapped: read("s", NO_EDITS.swapped, pairs),
      shuffled: read("z", NO_EDITS.shuffled, Number),
      painted: read("x", NO_EDITS.painted, numbers),
      positions: read("p", NO_EDITS.positions, (value) => (value === "d" ? "dropped" : Number(value))),
      heads: read("a", NO_EDITS.heads, pairs),
      mlps: read("m", NO_EDITS.mlps, numbers),
      blocks: read("l", NO_EDITS.blocks, numbers),
      temperature: read("t", NO_EDITS.temperature, (value) => Number(value.replace("-", "."))),
    },
  };
  return checkState(state, limits);
}

/**
 * A state as it is, where there is everything that it names.
 *
 * @throws VitlabError when it names an image, patch, block or head that isn't there, or a seed or temperature that can't be.
 */
export function checkState(state: ExplorerState, limits: ExplorerLimits): ExplorerState {
  const { images, patches, depth, heads, classToken } = limits;
  const { edits } = state;
  const one = (what: string, value: unknown, count: number) => {
    if (!isIndex(value, count))
      throw new VitlabError(
        `there is no ${what} ${show(value)}: give ${count === 1 ? "0" : `one from 0 to ${count - 1}`}`,
      );
  };
  const token = (what: string, value: unknown) => {
    if (value === "class" && classToken) return;
    one(what, value, patches);
  };
  const each = (what: string, values: readonly number[], count: number) => {
    for (const value of values) one(what, value, count);
    const twice = values.find((value, i) => values.indexOf(value) < i);
    if (twice !== undefined) throw new VitlabError(`${what} ${twice} is named twice: name each once`);
  };
  const seed = (what: string, value: unknown) => {
    if (!isIndex(value, 2 ** 32))
      throw new VitlabError(`the seed of the ${what} is ${show(value)}: give a whole number, 0 or more`);
  };
  one("image", state.image, images);
  token("query", state.query);
  token("key", state.key);
  one("block", state.block, depth);
  one("head", state.head, heads);
  if (state.part !== null && typeof state.part !== "string")
    throw new VitlabError(`the part is ${show(state.part)}: give its name in a run, or null`);
  for (const pair of edits.swapped) {
    if (pair.length !== 2 || pair[0] === pair[1])
      throw new VitlabError(`a swap of ${pair.join(" and ")} changes nothing: give two patches`);
    for (const patch of pair) one("patch", patch, patches);
  }
  if (edits.shuffled !== null) seed("shuffle", edits.shuffled);
  each("patch", edits.painted, patches);
  if (typeof edits.positions === "number") seed("positions", edits.positions);
  else if (edits.positions !== "kept" && edits.positions !== "dropped")
    throw new VitlabError(`positions is ${show(edits.positions)}: give "kept", "dropped" or a seed`);
  for (const [block, head] of edits.heads) {
    one("block", block, depth);
    one("head", head, heads);
  }
  each("block", edits.mlps, depth);
  each("block", edits.blocks, depth);
  const { min, max } = TEMPERATURES;
  if (!(edits.temperature >= min && edits.temperature <= max))
    throw new VitlabError(`the temperature is ${show(edits.temperature)}: give a number from ${min} to ${max}`);
  return state;
}
