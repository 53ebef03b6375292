import { relative, sep } from "node:path";
import { inspect } from "node:util";
import { codeFrame } from "../code-frame";
import { CYAN, DIM, OFF, RED } from "../colors";
import type { Position } from "../compiler/protocol";
import type { ErrorReport } from "../jupyter";
import { findSource, isKernelFile, originalPosition } from "./source-positions";

const LONGEST_MESSAGE = 8000;
const LONGEST_PROPERTY = 400;
const MOST_FRAMES = 20;
const MOST_LIBRARY_FRAMES = 4;
const DEEPEST_CAUSE = 5;
const MOST_ERRORS = 5;
/** Of a tree of causes and members, all levels together. */
const MOST_TOLD = 12;

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly position: Position;
}

/** What a person is shown of something that was thrown: a mapped, colored traceback. Never throws. */
export function describeError(error: unknown): ErrorReport {
  try {
    if (!isErrorLike(error)) {
      const evalue = cut(inspect(error, { depth: 3 }), LONGEST_MESSAGE);
      return { ename: "Uncaught", evalue, traceback: [`${RED}Uncaught${OFF} ${evalue}`] };
    }
    const [ename, evalue] = [nameOf(error), cut(messageOf(error), LONGEST_MESSAGE)];
    return { ename, evalue, traceback: withLastLine(explain(error, [], new Set()), ename, evalue) };
  } catch {
    const evalue = "an error that cannot be shown: its name, message or stack throws when it is read";
    return { ename: "Error", evalue, traceback: [`${RED}Error${OFF}: ${evalue}`] };
  }
}

/** The message once more at the end, as in Python: tools and people read the last line first. */
function withLastLine(lines: string[], name: string, message: string): string[] {
  if (lines.length < 2) return lines;
  const first = message.split("\n", 1)[0];
  return [...lines, `${RED}${name}${OFF}${first ? `: ${first}` : ""}`];
}

/** `path` leads from what was thrown to `error`; `told` holds all that was told so far. */
function explain(error: Error, path: readonly Error[], told: Set<Error>): string[] {
  const message = cut(messageOf(error), LONGEST_MESSAGE);
  const head = `${RED}${nameOf(error)}${OFF}${message ? `: ${message}` : ""}`;
  if (told.has(error)) return [`${head} ${DIM}[${path.includes(error) ? "circular" : "told above"}]${OFF}`];
  if (told.size === MOST_TOLD || path.length > DEEPEST_CAUSE) return [`${head} ${DIM}[not told any further]${OFF}`];
  told.add(error);
  const lines = [head];
  const stack = typeof error.stack === "string" ? error.stack : "";
  const frames = framesOf(stack, messageOf(error));
  const own = frames.find(({ file }) => findSource(file));
  lines.push(...syntaxFrame(stack));
  if (own) lines.push(codeFrame(findSource(own.file)!.source, own.position));
  lines.push(...frameLines(frames), ...propertyLines(error));
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const inside = [...path, error];
  const tell = (title: string, one: unknown): void => {
    lines.push("", `${DIM}${title}${OFF}`, ...explainAny(one, inside, told));
  };
  if (cause !== undefined && cause !== null) tell("caused by", cause);
  if (Array.isArray(errors) && error.name === "AggregateError") {
    for (const [i, one] of errors.slice(0, MOST_ERRORS).entries()) tell(`error ${i + 1} of ${errors.length}`, one);
    if (errors.length > MOST_ERRORS) lines.push("", `${DIM}… ${errors.length - MOST_ERRORS} more errors${OFF}`);
  }
  return lines;
}

function explainAny(error: unknown, path: readonly Error[], told: Set<Error>): string[] {
  if (isErrorLike(error)) return explain(error, path, told);
  return [cut(inspect(error, { depth: 2 }), LONGEST_MESSAGE)];
}

function framesOf(stack: string, message: string): Frame[] {
  const start = stack.indexOf(message);
  const lines = stack.slice(start < 0 ? 0 : start + message.length).split("\n");
  return lines.flatMap((line) => {
    const [, name = "", file, row, column] = /^\s+at (?:(.*) \()?(.+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
    if (!file || file.startsWith("node:") || isKernelFile(file)) return [];
    return [{ name, file: file.replace(/^async /, ""), position: { line: Number(row), column: Number(column) } }];
  });
}

function frameLines(frames: readonly Frame[]): string[] {
  const lines: string[] = [];
  let library = 0;
  for (const { name, file, position } of frames.slice(0, MOST_FRAMES)) {
    const called = name ? `${name} ` : "";
    const inLibrary = !findSource(file) && /[\\/]node_modules[\\/]/.test(file);
    const place = `${shortPath(file)}:${position.line}:${position.column}`;
    if (!inLibrary) lines.push(`    at ${called}${CYAN}${place}${OFF}`);
    else if (++library <= MOST_LIBRARY_FRAMES) lines.push(`${DIM}    at ${called}${place}${OFF}`);
    else if (library === MOST_LIBRARY_FRAMES + 1) lines.push(`${DIM}    …${OFF}`);
  }
  return lines;
}

/** V8 puts the place of a syntax error before the stack: `file:line`, the line, a row of ^. */
function syntaxFrame(stack: string): string[] {
  const found = /^(.+):(\d+)\n(.*)\n( *)\^+/.exec(stack);
  if (!found) return [];
  const [, file = "", row, text = "", indent = ""] = found;
  const source = findSource(file);
  const position = { line: Number(row), column: indent.length + 1 };
  if (source) return [codeFrame(source.source, originalPosition(source, position))];
  const most = 200;
  const shown = text.length > most || indent.length > most ? "" : `\n    ${text}\n    ${indent}${RED}^${OFF}`;
  return [`    ${CYAN}${shortPath(file)}:${row}${OFF}${shown}`];
}

function propertyLines(error: Error): string[] {
  const known = ["name", "message", "stack", "cause", "errors"];
  return Object.keys(error)
    .filter((key) => !known.includes(key))
    .slice(0, 10)
    .map((key) => `    ${DIM}${key}:${OFF} ${cut(property(error, key), LONGEST_PROPERTY)}`);
}

function property(error: Error, key: string): string {
  try {
    return inspect((error as unknown as Record<string, unknown>)[key], { depth: 1, maxStringLength: LONGEST_PROPERTY });
  } catch {
    return "(can't be read)";
  }
}

/** As seen from the notebook's folder; of a package, what comes after node_modules. */
function shortPath(file: string): string {
  const path = file.replace(/^file:\/\//, "");
  const packages = path.lastIndexOf(`${sep}node_modules${sep}`);
  if (packages >= 0) return path.slice(packages + 1);
  if (!path.startsWith(sep)) return path;
  const seen = relative(process.cwd(), path);
  return seen.startsWith(`..${sep}..${sep}..`) ? path : seen;
}

function isErrorLike(value: unknown): value is Error {
  if (value instanceof Error) return true;
  return value !== null && typeof value === "object" && "stack" in value && "message" in value;
}

function nameOf(error: Error): string {
  const name = String(error.name || error.constructor?.name || "Error");
  // class DataError extends Error {}: the name that it inherits says less.
  const own = error.constructor?.name;
  return name === "Error" && own && own !== "Object" ? own : name;
}

function messageOf(error: Error): string {
  return String(error.message);
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n… ${text.length - most} characters left out …\n${text.slice(-half)}`;
}
