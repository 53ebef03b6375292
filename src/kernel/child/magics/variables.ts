import { cutLine } from "../present/cut-text";
import { inspectText } from "../present/inspect-text";
import { isTensor, tensorTitle } from "../present/tensor";

const EMPTY = "Interactive namespace is empty.\n";
const MOST_CHARACTERS = 60;

/** Names of the variables, as `%who` prints them. */
export function whoText(locals: Readonly<Record<string, unknown>>): string {
  const names = variableNames(locals);
  return names.length === 0 ? EMPTY : `${names.join("\t ")}\n`;
}

/** A table of the variables, their types and the beginning of their values, as `%whos` prints it. */
export function whosText(locals: Readonly<Record<string, unknown>>): string {
  const names = variableNames(locals);
  if (names.length === 0) return EMPTY;
  const rows = [
    ["Variable", "Type", "Data/Info"] as const,
    ...names.map((name) => [name, typeName(locals[name]), shortText(locals[name])] as const),
  ];
  const [first, second] = [0, 1].map((i) => Math.max(...rows.map((row) => (row[i] as string).length))) as [
    number,
    number,
  ];
  const lines = rows.map(([name, type, info]) => `${name.padEnd(first)}   ${type.padEnd(second)}   ${info}`.trimEnd());
  lines.splice(1, 0, "-".repeat((lines[0] as string).length));
  return `${lines.join("\n")}\n`;
}

function variableNames(locals: Readonly<Record<string, unknown>>): string[] {
  // The compiler keeps the value of a cell's last expression beside the variables.
  return Object.keys(locals)
    .filter((name) => !name.startsWith("__") && !/^tsLastExpr\d*$/.test(name))
    .sort();
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  try {
    return Object.getPrototypeOf(value)?.constructor?.name || "Object";
  } catch {
    return "Object";
  }
}

function shortText(value: unknown): string {
  if (isTensor(value)) return tensorTitle(value);
  return cutLine(inspectText(value).slice(0, 500).replace(/\s+/g, " "), MOST_CHARACTERS);
}
