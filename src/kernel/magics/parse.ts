import { MAGICS, magicHelp, unknownMagic } from "./catalog";
import { commandOf } from "./command-line";
import { inCode, type ScanState, START, scanLine, statementStart } from "./scan-line";

const CELL_MAGICS = ["bash", "html", "javascript", "latex", "markdown", "script", "svg", "writefile"] as const;
/** Other names of cell magics, and what they put before the argument. */
const ALIASES: Readonly<Record<string, readonly [name: string, before: string]>> = {
  file: ["writefile", ""],
  js: ["javascript", ""],
  python: ["script", "python3 "],
  sh: ["script", "sh "],
};

/** A cell magic that isn't about TypeScript: what stands below `%%name argument`. */
export interface CellMagic {
  readonly kind: "cell";
  readonly name: (typeof CELL_MAGICS)[number];
  readonly argument: string;
  readonly body: string;
}

export type ParsedCell =
  | {
      readonly kind: "typescript";
      /** Has as many lines as the cell: magics are calls of `__cell_magic__` in the lines where they stood. */
      readonly code: string;
      /** The whole cell is timed. */
      readonly time?: true;
      /** The cell begins with `%reset`: it is compiled without the declarations of the cells before it. */
      readonly reset?: true;
    }
  | CellMagic
  /** `name?`: what is documented of the name at `cursor` is to be shown, and nothing is run. */
  | { readonly kind: "inspect"; readonly code: string; readonly cursor: number; readonly detail: 0 | 1 }
  /** `%run FILE`: the file is to be run in the cell's place. */
  | { readonly kind: "run"; readonly file: string }
  /** Help that is known already. */
  | { readonly kind: "page"; readonly text: string }
  | { readonly kind: "error"; readonly message: string };

const LINE_MAGIC = /^\s*%([A-Za-z]\w*)(?=\s|$)/;
const CELL_MAGIC = /^\s*%%([A-Za-z]\w*)(?=\s|$)[ \t]*(.*)$/;
const HELP = /^(?:(\?\??)\s*([\w$%][\w$.]*|%%\w+)|([\w$%][\w$.]*|%%\w+)\s*(\?\??))$/;
const STATEMENT = /^(?:async\s+function|class|const|do|for|function|if|import|let|return|switch|throw|try|var|while)\b/;

/** A mistake in the use of a magic; caught in this file. */
class MagicMistake extends Error {}

/** Separates a cell's magics from its TypeScript. Never throws: a magic that is unknown or misused is the result `error`. */
export function parseMagics(code: string): ParsedCell {
  // Most cells have none, and are not scanned.
  if (!/^[ \t]*[%!?]|\?[ \t\r]*$/m.test(code)) return { kind: "typescript", code };
  try {
    return parseHelp(code.trim()) ?? parseRun(code) ?? parseCellMagic(code) ?? parseLines(code);
  } catch (error) {
    if (error instanceof MagicMistake) return { kind: "error", message: error.message };
    throw error;
  }
}

/** TypeScript that runs a cell magic, on one line. */
export function cellMagicCode({ name, argument, body }: CellMagic): string {
  return `await __cell_magic__.run(${[name, argument, body].map((text) => JSON.stringify(text)).join(", ")});`;
}

function parseHelp(cell: string): ParsedCell | null {
  const found = HELP.exec(cell);
  if (!found) return null;
  const name = (found[2] ?? found[3]) as string;
  const detail = (found[1] ?? found[4]) === "??" ? 1 : 0;
  if (!name.startsWith("%")) return { kind: "inspect", code: name, cursor: name.length, detail };
  const text = magicHelp(name);
  if (text === undefined) throw new MagicMistake(unknownMagic(name));
  return { kind: "page", text };
}

function parseCellMagic(code: string): ParsedCell | null {
  const lines = code.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const found = CELL_MAGIC.exec((lines[first] as string).trimEnd());
  if (!found) return null;
  const [, name, argument] = found as unknown as [string, string, string];
  const body = lines.slice(first + 1);
  const above = "\n".repeat(first);
  if (name === "time") {
    const inside = parseLines(body.join("\n"));
    if (inside.kind !== "typescript") return inside;
    return { ...inside, code: `${above}__cell_magic__.startCell(); ${argument}\n${inside.code}`, time: true };
  }
  if (name === "timeit") return { kind: "typescript", code: above + timedCell(argument, body) };
  if (name === "capture") {
    const inside = parseLines(body.join("\n"));
    if (inside.kind !== "typescript") return inside;
    return { ...inside, code: `${above}${capturing(argument)}\n${inside.code}` };
  }
  const [own, before] = ALIASES[name] ?? [name, ""];
  const known = CELL_MAGICS.find((each) => each === own);
  if (!known) throw new MagicMistake(unknownMagic(`%%${name}`));
  const whole = `${before}${argument}`.trim();
  if (whole === "" && (known === "script" || known === "writefile"))
    throw new MagicMistake(`%%${name} needs ${known === "script" ? "a command" : "a file name"} in its first line.`);
  return { kind: "cell", name: known, argument: whole, body: body.join("\n") };
}

/** `%run FILE` with nothing else in the cell. */
function parseRun(code: string): ParsedCell | null {
  const found = /^%run(?:[ \t]+(.*?))?[ \t]*;?$/.exec(code.trim());
  if (!found) return null;
  const file = (found[1] ?? "").replace(/^(["'])(.*)\1$/, "$2");
  if (file === "") throw new MagicMistake("%run needs the name of a file: %run helpers.ts");
  return { kind: "run", file };
}

/** The first line of a cell whose output is kept instead of shown. */
function capturing(argument: string): string {
  const words = argument.split(/\s+/).filter(Boolean);
  const options = words.filter((word) => word.startsWith("-"));
  const names = words.filter((word) => !word.startsWith("-"));
  const wrong = options.find((option) => !/^--no-(stdout|stderr|display)$/.test(option));
  if (wrong)
    throw new MagicMistake(`%%capture has no option ${wrong}: it takes --no-stdout, --no-stderr, --no-display.`);
  if (names.length > 1 || (names[0] !== undefined && !/^[A-Za-z_$][\w$]*$/.test(names[0])))
    throw new MagicMistake(`%%capture takes the name of one variable, not "${names.join(" ")}": %%capture output`);
  const shown = options.map((option) => option.slice("--no-".length));
  const call = `__cell_magic__.capture(${JSON.stringify(shown)});`;
  return names[0] === undefined ? call : `const ${names[0]} = ${call}`;
}

function timedCell(argument: string, body: readonly string[]): string {
  if (body.every((line) => line.trim() === ""))
    throw new MagicMistake("%%timeit needs code below its first line; %timeit EXPRESSION measures one line.");
  const { options, rest } = timeitOptions(argument);
  let state = START;
  let hasAwait = false;
  for (const line of body) {
    const scanned = scanLine(line, state);
    hasAwait ||= scanned.hasAwait;
    state = scanned;
  }
  const call = `await __cell_magic__.timeit(${hasAwait ? "async " : ""}() => {`;
  return `${rest === "" ? "" : `{ ${rest}; `}${call}\n${body.join("\n")}\n}, ${options});${rest === "" ? "" : " }"}`;
}

function parseLines(code: string): ParsedCell {
  const lines = code.split("\n");
  const output: string[] = [];
  let state: ScanState = START;
  let reset = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    const start = inCode(state) ? statementStart(state, line) : "no";
    const name = start === "no" ? undefined : LINE_MAGIC.exec(line)?.[1];
    const magic = MAGICS.find((one) => one.name === name && one.kind !== "cell");
    const indent = /^\s*/.exec(line)?.[0] ?? "";
    const command = start === "no" ? undefined : commandOf(line);

    if (magic?.kind === "expression") {
      const [from, base] = [line.indexOf("%") + 1 + magic.name.length, state.open.length];
      const taken = takeExpression(lines, i, from, state, base);
      output.push(...(indent + timed(magic.name, taken)).split("\n"));
      i += taken.text.split("\n").length - 1;
    } else if (magic) {
      if (magic.name === "run") throw new MagicMistake("%run FILE stands alone: put it into a cell of its own.");
      if (magic.name === "ls") {
        output.push(`${indent}await __cell_magic__.shell(${JSON.stringify(line.trim().slice(1))});`);
        state = { ...state, last: ";", indent: indent.length };
        continue;
      }
      if (magic.name === "reset") {
        if (state.last !== "")
          throw new MagicMistake("%reset forgets every variable: put it at the beginning of a cell.");
        reset = true;
      }
      const argument = line.slice(line.indexOf("%") + 1 + magic.name.length).trim();
      output.push(`${indent}__cell_magic__.${magic.name}(${argument === "" ? "" : JSON.stringify(argument)});`);
    } else if (command !== undefined) {
      output.push(`${indent}await __cell_magic__.shell(${JSON.stringify(command)});`);
    } else {
      refuse(line, name, start);
      output.push(line);
      state = scanLine(line, state);
      continue;
    }
    state = { ...state, last: ";", indent: indent.length };
  }
  return { kind: "typescript", code: output.join("\n"), ...(reset ? { reset } : {}) };
}

/** Says what is wrong with a line that can only be meant as a magic. */
function refuse(line: string, name: string | undefined, start: "yes" | "maybe" | "no"): void {
  if (start === "no") return;
  const cellMagic = CELL_MAGIC.exec(line)?.[1];
  if (cellMagic !== undefined)
    throw new MagicMistake(`%%${cellMagic} is for a whole cell: it must stand in the first line, before any code.`);
  if (name === undefined) return;
  // `a` and then `% b` in the next line is a remainder; two words without an operator between them are not.
  const twoWords = /^\s*%\w+\s+(?!(?:as|in|instanceof|of|satisfies)\b)[\w$"'`]/.test(line);
  if (start === "yes" || twoWords) throw new MagicMistake(unknownMagic(`%${name}`));
}

interface Taken {
  /** Everything from the magic's name to the end of the line in which its code ends. */
  readonly text: string;
  /** Where the code ends within `text`: a last semicolon and a comment aren't part of it. */
  readonly codeEnd: number;
  readonly hasAwait: boolean;
  readonly severalStatements: boolean;
}

/** The code of an expression magic goes on in the next lines as long as a bracket is open. */
function takeExpression(lines: readonly string[], first: number, from: number, before: ScanState, base: number): Taken {
  let state: ScanState = { ...before, last: "" };
  let text = "";
  let codeEnd = 0;
  let hasAwait = false;
  const semicolons: number[] = [];
  for (let i = first; i < lines.length; i++) {
    const line = (lines[i] as string).slice(i === first ? from : 0);
    const offset = i === first ? 0 : text.length + 1;
    const scanned = scanLine(line, state, base);
    text = i === first ? line : `${text}\n${line}`;
    codeEnd = offset + scanned.codeEnd;
    hasAwait ||= scanned.hasAwait;
    semicolons.push(...scanned.semicolons.map((at) => offset + at));
    state = scanned;
    if (state.open.length <= base) break;
  }
  codeEnd = text.slice(0, codeEnd).trimEnd().length;
  while (codeEnd > 0 && text[codeEnd - 1] === ";") codeEnd = text.slice(0, codeEnd - 1).trimEnd().length;
  return { text, codeEnd, hasAwait, severalStatements: semicolons.some((at) => at < codeEnd) };
}

function timed(name: string, { text, codeEnd, hasAwait, severalStatements }: Taken): string {
  const written = text.slice(0, codeEnd).trimStart();
  const comment = text
    .slice(codeEnd)
    .replace(/^[;\s]+/, " ")
    .trimEnd();
  const { options, rest: code } = name === "timeit" ? timeitOptions(written) : { options: "", rest: written };
  if (code === "") throw new MagicMistake(`%${name} needs an expression: %${name} model.forward(images)`);
  const arrow = hasAwait ? "async () =>" : "() =>";
  const statements = severalStatements || STATEMENT.test(code);
  if (name === "timeit")
    return `await __cell_magic__.timeit(${arrow} ${statements ? `{ ${code}; }` : `(${code})`}, ${options});${comment}`;
  // Statements stay where they are: what they declare belongs to the cell.
  if (statements) return `__cell_magic__.start(); ${code}; __cell_magic__.stop();${comment}`;
  return `await __cell_magic__.time(${arrow} (${code}));${comment}`;
}

/** The options of timeit as the text of an object, and what follows them. */
function timeitOptions(text: string): { options: string; rest: string } {
  const options: string[] = [];
  let rest = text;
  for (;;) {
    const found = /^-([A-Za-z])\s*(\S*)\s*/.exec(rest);
    if (!found) return { options: `{ ${options.join(", ")} }`.replace("{  }", "{}"), rest };
    const [whole, letter, value] = found as unknown as [string, string, string];
    // A minus before a name is part of the expression.
    if (letter !== "n" && letter !== "r") return { options: `{ ${options.join(", ")} }`.replace("{  }", "{}"), rest };
    if (!/^[1-9]\d*$/.test(value))
      throw new MagicMistake(`-${letter} of timeit takes a whole number from 1: %timeit -n 100 -r 5 f(x)`);
    options.push(`${letter === "n" ? "loops" : "runs"}: ${value}`);
    rest = rest.slice(whole.length);
  }
}
