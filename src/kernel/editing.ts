/**
 * What an editor asks of the kernel while a person types, and what it is told: data of comm messages to `EDITING_TARGET`,
 * in the shapes of the Language Server Protocol. Lines and characters (UTF-16 units) count from 0.
 */
export const EDITING_TARGET = "vitlab.editing.v1";

export interface Place {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Place;
  readonly end: Place;
}

/** A code cell, in the order of the notebook. */
export interface CellText {
  readonly id: string;
  readonly source: string;
}

/** The notebook, and where in it something is asked about. */
interface At {
  readonly cells: readonly CellText[];
  readonly cell: string;
  readonly place: Place;
}

/** `id` is repeated in the answer; a later request for diagnostics ends an earlier one. */
export type EditingRequest =
  /** `first`: the cell that is told of before all others. */
  | {
      readonly id: number;
      readonly method: "diagnostics";
      readonly cells: readonly CellText[];
      readonly first?: string;
    }
  | ({ readonly id: number; readonly method: "signatureHelp" | "definition" | "prepareRename" } & At)
  | ({ readonly id: number; readonly method: "rename"; readonly newName: string } & At);

export interface EditingDiagnostic {
  readonly range: Range;
  /** TypeScript's number, as in TS2322; none of magics. */
  readonly code?: number;
  readonly message: string;
}

/** The parameters of a call that is being written. */
export interface SignatureHelp {
  readonly signatures: readonly {
    readonly label: string;
    readonly documentation: string;
    /** `label`: where in the signature's label it stands. */
    readonly parameters: readonly {
      readonly label: readonly [start: number, end: number];
      readonly documentation: string;
    }[];
  }[];
  readonly activeSignature: number;
  readonly activeParameter: number;
}

/** In a cell of the notebook, or in a file: `text` is what stands there. */
export type Definition =
  | { readonly cell: string; readonly range: Range }
  | { readonly path: string; readonly range: Range; readonly text: string };

export interface Edit {
  readonly range: Range;
  readonly newText: string;
}

/** Edits by the id of the cell. */
export type NotebookEdit = Readonly<Record<string, readonly Edit[]>>;

export type EditingReply =
  /** One for each cell whose errors are known. */
  | { readonly id: number; readonly cell: string; readonly diagnostics: readonly EditingDiagnostic[] }
  /** The end of an answer; null where there is nothing. */
  | { readonly id: number; readonly result: SignatureHelp | Definition | Range | NotebookEdit | null }
  /** What was asked for is not possible; `error` says why, in a sentence. */
  | { readonly id: number; readonly error: string };

/** Where a place is in a text, counted from its beginning. */
export function offsetOf(text: string, { line, character }: Place): number {
  const before = text.split("\n").slice(0, line);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + character;
}

/** Edits by offsets, from the end of the text on: one of them must not move the places of the others. */
export function fromTheEnd(text: string, edits: readonly Edit[]) {
  return edits
    .map(({ range, newText }) => ({ start: offsetOf(text, range.start), end: offsetOf(text, range.end), newText }))
    .sort((a, b) => b.start - a.start);
}
