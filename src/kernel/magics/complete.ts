import type { Completion, Completions } from "../compiler/protocol";
import { MAGICS, magicOf, magicTitle } from "./catalog";
import { commandOf } from "./command-line";
import { inCode, type ScanState, START, scanLine, statementStart } from "./scan-line";

/** Magics whose text is about files, and cell magics whose cell is. */
const WITH_PATHS = new Set(["cd", "load", "ls", "run", "file", "writefile", "script"]);
const SHELLS = new Set(["bash", "sh", "script"]);

/** What a magic is to be completed with: magics, or the paths that begin with `typed`, which starts at `start`. */
export type MagicCompletions = Completions | { readonly typed: string; readonly start: number };

/** What a line with a magic or a command of the shell is completed with; null where the line is TypeScript. */
export function completeMagic(code: string, cursor: number): MagicCompletions | null {
  const before = code.slice(0, cursor).split("\n");
  const line = before.pop() as string;
  const cell = cellMagicAbove(before);
  if (cell !== undefined) return SHELLS.has(cell) ? lastWord(line, cursor) : nothing(cursor);
  const found = /^\s*(?:(%%?\w*)|(%%?)([A-Za-z]\w*)\s.*|!.*)$/.exec(line);
  if (!found) return null;
  let state: ScanState = START;
  for (const one of before) state = scanLine(one, state);
  if (!inCode(state) || statementStart(state, line) === "no") return null;
  const [, prefix, percent, name] = found;
  if (prefix !== undefined) return { matches: magicsWith(prefix, before), start: cursor - prefix.length, end: cursor };
  // Behind the name of a program nothing is typed yet: what follows may be a file of a command.
  if (percent === undefined) return commandOf(`${line}x`) === undefined ? null : lastWord(line, cursor);
  const magic = magicOf(`${percent}${name}`);
  if (!magic || magic.kind === "expression" || magic.code) return null;
  return WITH_PATHS.has(magic.name) ? lastWord(line, cursor) : nothing(cursor);
}

function magicsWith(prefix: string, before: readonly string[]): Completion[] {
  const first = before.every((one) => one.trim() === "");
  const [, percent, name] = /^(%%?)(.*)$/.exec(prefix) as unknown as [string, string, string];
  return MAGICS.filter((magic) => magic.name.startsWith(name))
    .filter(({ kind }) => (kind === "cell" ? first : percent === "%"))
    .map(
      (magic): Completion => ({
        text: magicTitle(magic),
        kind: "magic",
        signature: magic.usage,
        documentation: magic.help,
      }),
    );
}

/** The cell magic that begins these lines and makes what follows something else than TypeScript. */
function cellMagicAbove(lines: readonly string[]): string | undefined {
  const title = /^\s*(%%[A-Za-z]\w*)/.exec(lines.find((line) => line.trim() !== "") ?? "")?.[1];
  const magic = title === undefined ? undefined : magicOf(title);
  return magic?.code ? undefined : magic?.name;
}

function nothing(cursor: number): Completions {
  return { matches: [], start: cursor, end: cursor };
}

function lastWord(line: string, cursor: number): { typed: string; start: number } {
  const typed = /(?:\\.|[^\s"'`=])*$/.exec(line)![0];
  return { typed, start: cursor - typed.length };
}
