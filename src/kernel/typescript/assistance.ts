import type { LiveValue } from "../child/live-values";
import type { Compiler, Completion, Completions, Inspection } from "../compiler/protocol";
import { magicHelp } from "../magics/catalog";
import { completeMagic } from "../magics/complete";
import { maskMagics } from "../magics/mask";
import { completePath } from "./complete-path";

/** Whom completion and inspection ask. */
export interface Helpers {
  readonly compiler: Pick<Compiler, "complete" | "inspect">;
  /** Declarations of the cells so far. */
  readonly previous: string;
  /** The working folder of the cells. */
  readonly folder: string;
  /** What a variable holds now; null where the process of the cells is busy. */
  look(path: readonly string[]): Promise<LiveValue | null>;
}

/** What may stand at `cursor`: magics, paths, what TypeScript knows, and the members that only the value itself has. */
export async function complete(code: string, cursor: number, helpers: Helpers): Promise<Completions> {
  const magic = completeMagic(code, cursor);
  if (magic && "typed" in magic) return paths(magic.typed, cursor, helpers.folder);
  if (magic) return magic;
  const found = await helpers.compiler.complete({ code: maskMagics(code), cursor, previous: helpers.previous });
  if (found.receiver) return withMembers(found, await helpers.look(found.receiver), { code, cursor });
  if (found.inString) return paths(/[^"'`]*$/.exec(code.slice(0, cursor))![0], cursor, helpers.folder);
  return found;
}

/** What is known of what stands at `cursor`: its type and documentation, and where it has no type what it holds now. */
export async function inspect(
  code: string,
  cursor: number,
  detail: 0 | 1,
  helpers: Helpers,
): Promise<Inspection | null> {
  const masked = maskMagics(code);
  const { previous } = helpers;
  const { found, untyped } = await helpers.compiler.inspect({ code: masked, cursor, previous, detail });
  const value = untyped ? await helpers.look(untyped) : null;
  if (value) return withValue(found, untyped!, value);
  return found ?? helpOfMagic(code, cursor);
}

function paths(typed: string, cursor: number, folder: string): Completions {
  return { matches: completePath(typed, folder), start: cursor - typed.length, end: cursor };
}

function withMembers(found: Completions, value: LiveValue | null, at: { code: string; cursor: number }): Completions {
  if (!value) return found;
  const inBrackets = /\[\s*["'`]([^"'`]*)$/.exec(at.code.slice(0, at.cursor));
  const typed = inBrackets ? inBrackets[1]! : /[\w$]*$/.exec(at.code.slice(0, at.cursor))![0];
  const start = at.cursor - typed.length;
  const end = at.cursor + (inBrackets ? 0 : /^[\w$]*/.exec(at.code.slice(at.cursor))![0].length);
  const known = new Set(found.matches.map(({ text }) => text));
  const members = value.members.filter(
    ({ name }) => name.startsWith(typed) && !known.has(name) && (inBrackets || /^[A-Za-z_$][\w$]*$/.test(name)),
  );
  const declared = found.matches.filter(({ text }) => text.startsWith(typed));
  const live = members.map(({ name, kind }): Completion => ({ text: name, kind }));
  return { matches: [...live, ...declared], start, end };
}

function withValue(found: Inspection | null, path: readonly string[], { type, text }: LiveValue): Inspection {
  const name = path.reduce((way, key) =>
    /^[A-Za-z_$][\w$]*$/.test(key) ? `${way}.${key}` : `${way}[${JSON.stringify(key)}]`,
  );
  const head = found ?? { text: name, markdown: `\`\`\`typescript\n${name}\n\`\`\`` };
  return {
    text: `${head.text}\n\nType: ${type}\nValue: ${text}`,
    markdown: `${head.markdown}\n\n${type}:\n\n\`\`\`javascript\n${text}\n\`\`\``,
  };
}

/** The help of the magic in whose line the cursor is. */
function helpOfMagic(code: string, cursor: number): Inspection | null {
  const start = code.lastIndexOf("\n", cursor - 1) + 1;
  const title = /^\s*(%%?[A-Za-z]\w*)/.exec(code.slice(start))?.[1];
  const text = title && magicHelp(title);
  return text ? { text, markdown: text } : null;
}
