import type { Completion, Completions } from "../compiler/protocol";
import { MAGICS, magicTitle } from "./catalog";
import { inCode, type ScanState, START, scanLine, statementStart } from "./scan-line";

/** The magics whose name begins with what stands before the cursor; null where no magic can stand. */
export function completeMagic(code: string, cursor: number): Completions | null {
  const before = code.slice(0, cursor).split("\n");
  const line = before.pop() as string;
  const found = /^\s*(%%?\w*)$/.exec(line);
  if (!found) return null;
  let state: ScanState = START;
  for (const one of before) state = scanLine(one, state);
  if (!inCode(state) || statementStart(state, line) === "no") return null;

  const prefix = found[1] as string;
  const first = before.every((one) => one.trim() === "");
  const [, percent, name] = /^(%%?)(.*)$/.exec(prefix) as unknown as [string, string, string];
  const matches = MAGICS.filter((magic) => magic.name.startsWith(name))
    .filter(({ kind }) => (kind === "cell" ? first : percent === "%"))
    .map(
      (magic): Completion => ({
        text: magicTitle(magic),
        kind: "magic",
        signature: magic.usage,
        documentation: magic.help,
      }),
    );
  return { matches, start: cursor - prefix.length, end: cursor };
}
