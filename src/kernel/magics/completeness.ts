import type { Completeness } from "../compiler/protocol";

/** Spaces of a tab, as IPython counts them. */
const TAB = 4;

/** Whether a cell that begins with a cell magic is complete, as IPython has it: an empty line ends it. Null for other cells. */
export function cellMagicCompleteness(code: string): Completeness | null {
  if (!/^\s*%%[A-Za-z]/.test(code)) return null;
  if (/\n[ \t]*\n[ \t]*$/.test(code)) return { status: "complete" };
  const last = code.trimEnd().split("\n").at(-1)!;
  const spaces = /^[ \t]*/.exec(last)![0].replaceAll("\t", " ".repeat(TAB));
  return { status: "incomplete", indent: spaces };
}
