import ts from "typescript";
import type { Completion, Completions } from "./protocol";
import type { TslabCompletions } from "./tslab";
import type { CompletionEntryWithSymbol } from "./typescript-internals";

/** How many entries are described: those that are seen without scrolling far. */
const DESCRIBED = 40;
const LONGEST_SIGNATURE = 200;

const KINDS: Readonly<Record<string, string>> = {
  var: "variable",
  let: "variable",
  const: "variable",
  using: "variable",
  "await using": "variable",
  "local var": "variable",
  parameter: "variable",
  "local function": "function",
  "local class": "class",
  getter: "property",
  setter: "property",
  accessor: "property",
  construct: "method",
  call: "method",
  "external module name": "module",
  script: "module",
  directory: "module",
  "primitive type": "keyword",
  "type parameter": "type",
  "enum member": "enum",
  string: "text",
};

/** Kinds of entries that are parts of what an import is from. */
const PATHS = new Set<string>([
  ts.ScriptElementKind.externalModuleName,
  ts.ScriptElementKind.scriptElement,
  ts.ScriptElementKind.directory,
]);

/** tslab's completions in its order, with kinds, and for the first ones signatures and docstrings. */
export function describeCompletions(
  found: TslabCompletions,
  { program, code, cursor, hidden }: { program: ts.Program; code: string; cursor: number; hidden: number },
): Completions {
  const entries = new Map<string, CompletionEntryWithSymbol>();
  for (const entry of found.original?.entries ?? []) if (!entries.has(entry.name)) entries.set(entry.name, entry);
  const { start, end, names } = replaced(found, entries, { code, cursor, hidden });
  const likely = beginningWith(code.slice(start, cursor), names);
  const checker = program.getTypeChecker();
  const matches = likely.filter(isPublic).map((text, index): Completion => {
    const entry = entries.get(text);
    const kind = entry ? kindOf(entry, checker) : "text";
    const description = index < DESCRIBED && entry?.symbol ? describe(entry.symbol, checker) : {};
    return { text, kind, ...description };
  });
  return { matches, start, end };
}

/** The names that begin with what is typed; only where there are none those that merely contain it: a console completes what all have in common. */
function beginningWith(typed: string, names: readonly string[]): readonly string[] {
  for (const of of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    const found = names.filter((name) => of(name).startsWith(of(typed)));
    if (found.length > 0) return found;
  }
  return names;
}

/** The compiler's own names are none that a person would write. */
function isPublic(name: string): boolean {
  return !/^__cell_\w*__$/.test(name);
}

/** Inside of a string tslab's completions would be put after what is there already: find what they replace. */
function replaced(
  found: TslabCompletions,
  entries: ReadonlyMap<string, CompletionEntryWithSymbol>,
  { code, cursor, hidden }: { code: string; cursor: number; hidden: number },
): { start: number; end: number; names: readonly string[] } {
  const { start, end, candidates } = found;
  const first = entries.get(candidates[0] ?? "");
  const own = first?.replacementSpan;
  const isPath = first !== undefined && PATHS.has(first.kind);
  const span = own
    ? { start: own.start - hidden, length: own.length }
    : (found.original?.optionalReplacementSpan ?? (isPath ? lastSegment(code, cursor) : undefined));
  if (start !== end || !span || span.start > cursor) return { start, end, names: candidates };
  const typed = code.slice(span.start, cursor).toLowerCase();
  const isHidden = (name: string) => isPath && name.startsWith(".") && !typed.startsWith(".");
  const names = candidates.filter((name) => name.toLowerCase().startsWith(typed) && !isHidden(name));
  return { start: span.start, end: Math.max(cursor, span.start + span.length), names };
}

/** What of a path is typed behind its last slash, or behind the quote. */
function lastSegment(code: string, cursor: number): ts.TextSpan {
  const start = cursor - /[^/"'`]*$/.exec(code.slice(0, cursor))![0].length;
  return { start, length: cursor - start };
}

function kindOf(entry: CompletionEntryWithSymbol, checker: ts.TypeChecker): string {
  if (entry.kind !== ts.ScriptElementKind.alias || !entry.symbol) return KINDS[entry.kind] ?? entry.kind;
  const { flags } = aliased(entry.symbol, checker);
  if (flags & ts.SymbolFlags.Function) return "function";
  if (flags & ts.SymbolFlags.Class) return "class";
  if (flags & ts.SymbolFlags.Enum) return "enum";
  if (flags & ts.SymbolFlags.Variable) return "variable";
  if (flags & ts.SymbolFlags.Interface) return "interface";
  if (flags & ts.SymbolFlags.TypeAlias) return "type";
  return "module";
}

function describe(symbol: ts.Symbol, checker: ts.TypeChecker): { signature?: string; documentation?: string } {
  const target = aliased(symbol, checker);
  const signature = signatureOf(target, checker);
  const documentation = firstParagraph(ts.displayPartsToString(target.getDocumentationComment(checker)));
  return { ...(signature ? { signature } : {}), ...(documentation ? { documentation } : {}) };
}

function signatureOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  // A namespace alone has no type worth a line; merged with a function or a variable, that is what counts.
  if (!(symbol.flags & ts.SymbolFlags.Value & ~ts.SymbolFlags.ValueModule)) return "";
  const type = checker.getTypeOfSymbol(symbol);
  const calls = symbol.flags & ts.SymbolFlags.Class ? type.getConstructSignatures() : type.getCallSignatures();
  const [first] = calls;
  const text = first ? `${symbol.name}${checker.signatureToString(first)}` : checker.typeToString(type);
  const overloads = calls.length > 1 ? ` (+${calls.length - 1} overloads)` : "";
  return `${text.replace(/\s+/g, " ").slice(0, LONGEST_SIGNATURE)}${overloads}`;
}

function aliased(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function firstParagraph(text: string): string {
  return (text.trim().split(/\n\s*\n/)[0] ?? "").trim();
}
