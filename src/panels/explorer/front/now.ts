import type { ExplorerState } from "../explorer-state";
import type { ExplorerAbout, ExplorerView } from "../explorer-view";
import type { Words } from "./words";

/** What a click on a patch or a head does. */
export const TOOLS = ["look", "paint", "swap", "off"] as const;
export type Tool = (typeof TOOLS)[number];

/** A token that one can look from. */
export type Query = "class" | number;

/** All that is on the screen comes from this. */
export interface Now {
  readonly about: ExplorerAbout;
  /** What is chosen. */
  readonly state: ExplorerState;
  /** The last answer, perhaps to an earlier state, or to what the pointer is over. */
  readonly view: ExplorerView | null;
  readonly tool: Tool;
  /** The first of two patches to swap. */
  readonly armed: number | null;
  readonly waiting: boolean;
  /** Why there is no answer; empty where there is one. */
  readonly failure: string;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

/** A piece of the screen. */
export interface Piece {
  readonly root: HTMLElement;
  update(now: Now): void;
}

/** Place of a token among all tokens. */
export function tokenIndex(about: ExplorerAbout, query: Query): number {
  return query === "class" ? Math.max(0, about.prefix.indexOf("class")) : about.prefix.length + query;
}

/** What a token is called within a sentence: "the class token", "patch 27". */
export function queryName(words: Words, query: Query): string {
  return query === "class" ? words.ofClassToken : words.ofPatch(query);
}

/** What any token is called, by its place among all. */
export function tokenName(words: Words, { prefix }: ExplorerAbout, token: number): string {
  const name = prefix[token];
  if (name === undefined) return words.ofPatch(token - prefix.length);
  return prefixName(words, name);
}

export function prefixName(words: Words, name: string): string {
  if (name === "class") return words.classToken;
  return name === "distillation" ? words.distillationToken : words.registerToken;
}

/** Rows of a flat matrix. */
export function rowOf(values: Float32Array, row: number, columns: number): Float32Array {
  return values.subarray(row * columns, (row + 1) * columns);
}
