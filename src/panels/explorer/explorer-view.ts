import type { ProblemType } from "../../vit/problem-type";
import type { ExplorerLimits, ExplorerState } from "./explorer-state";

/** What stays the same while one explores: the model's shape and the names of things. */
export interface ExplorerAbout {
  /** What the model is called. */
  readonly title: string;
  readonly limits: ExplorerLimits;
  readonly classNames: readonly string[];
  /** What each image is called. */
  readonly imageNames: readonly string[];
  /** "single_label_classification": answers are probabilities that add up to 1; see `ViTConfig.problemType`. */
  readonly problemType: ProblemType;
  /** Pixels. */
  readonly height: number;
  readonly width: number;
  readonly patchSize: number;
  /** Of patches. */
  readonly rows: number;
  readonly columns: number;
  /** Tokens in front of the patches, in order: "class", "distillation", "register". */
  readonly prefix: readonly string[];
  readonly dim: number;
  readonly headDim: number;
}

/** Numbers that belong together, of one token. */
export interface PartVector {
  /** What it is, as the parts of a run are called: "query", "key", "weights", "input", "output", … */
  readonly label: string;
  readonly values: Float32Array;
}

/** What became of one token in one part of the model, with its numbers. */
export interface ExplorerPart {
  /** Name in a run: "blocks.0.attention.scores". */
  readonly name: string;
  /** In symbols: "q · k / sqrt(d)". */
  readonly formula: string;
  /** The same with this token's numbers in it, one step a line: "(0.31 · 0.12 + … ) / sqrt(32) = 0.57". */
  readonly lines: readonly string[];
  readonly vectors: readonly PartVector[];
  /** What the formula's arithmetic comes to, and what the model computed: the same but for rounding. */
  readonly computed: number;
  readonly value: number;
  /** The line of the library that computes it. */
  readonly source: { readonly file: string; readonly code: string };
}

/** The model's answer to a state. */
export interface ExplorerView {
  /** What it answers to. */
  readonly state: ExplorerState;
  /** The image as the model sees it, edits included: `[height, width, 3]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** What the model answers to it, `[classes]`, as `model.predict` does. */
  readonly answers: Float32Array;
  /** What it answers without edits, `[classes]`. */
  readonly unedited: Float32Array;
  /** How much the query's token reads from each token, `[depth, heads, tokens]`; rows add up to 1. */
  readonly attention: Float32Array;
  /** What the model would answer if it stopped there and its head read the query's token: `[depth + 1, classes]`. */
  readonly lens: Float32Array;
  /** The query's token before the first block and after each, `[depth + 1, dim]`. */
  readonly stream: Float32Array;
  /** Lengths of all tokens before the first block and after each, `[depth + 1, tokens]`. */
  readonly lengths: Float32Array;
  /** The open formula. */
  readonly part: ExplorerPart | null;
}

/** What answers states: a kernel beside a notebook, or the page itself. */
export interface ExplorerSource {
  readonly about: ExplorerAbout;
  /** @throws VitlabError when the state names what isn't there, or the model was disposed. */
  view(state: ExplorerState): ExplorerView | Promise<ExplorerView>;
}
