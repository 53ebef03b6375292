import { sentence } from "../../base/sentence";
import type { Compiler, Diagnostic, NameUse, Position, Span } from "../compiler/protocol";
import {
  type CellText,
  type Definition,
  type Edit,
  type EditingDiagnostic,
  type EditingReply,
  type EditingRequest,
  fromTheEnd,
  type NotebookEdit,
  offsetOf,
  type Place,
  type Range,
  type SignatureHelp,
} from "../editing";
import { maskMagics } from "../magics/mask";
import { parseMagics } from "../magics/parse";
import { cellsOfFile } from "./run-file";

/** What editing asks of the rest of the kernel. */
export interface EditingHost {
  readonly compiler: Pick<Compiler, "check" | "signatures" | "origin" | "nameUse" | "mentions">;
  /** The working folder of the cells. */
  readonly folder: string;
  /** Declarations of the cells that have run. */
  known(): Promise<string>;
  /** Whether a cell ran to its end with exactly this text. */
  hasRun(cell: CellText): boolean;
}

interface Checked {
  readonly previous: string;
  readonly source: string;
  /** What it depends on may change without a change of the notebook: a local file, a package. */
  readonly isPassing: boolean;
  readonly diagnostics: readonly EditingDiagnostic[];
  readonly declarations: string;
}

/** What can't be done, in a sentence; caught in this file. */
class Refusal extends Error {
  constructor(message: string) {
    super(sentence(message));
  }
}

/** A later request came, which is all that counts; caught in this file. */
class Superseded extends Error {}

/** As tslab reads it: in the comment that a cell begins with. */
const MODULE = /^\s*\/\*\*(?:(?!\*\/)[\s\S])*@module\s+(\S+)/;
const LOCAL_IMPORT = /["']\.{1,2}\//;
/** TypeScript's number of "Cannot find module". */
const NO_MODULE = 2307;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * Answers an editor about a notebook that is being written. A cell is checked as if those above it had run: what has run
 * counts as the kernel knows it, what hasn't, or has another text by now, as it stands there.
 */
export class NotebookEditing {
  readonly #checked = new Map<string, Checked>();
  /** What the editor has been told of each cell. */
  readonly #told = new Map<string, Checked>();
  #latest = 0;
  /** Cells of the notebook that are files for the others, whether they have run or not. */
  #modules: readonly string[] = [];

  constructor(private readonly host: EditingHost) {}

  /** Answers a request by calls of `send`; what is none is ignored. */
  async answer(given: unknown, send: (reply: EditingReply) => void): Promise<void> {
    if (!isRequest(given)) return;
    const { id } = given;
    try {
      send({ id, result: await this.#result(given, send) });
    } catch (error) {
      if (!(error instanceof Superseded)) send({ id, error: (error as Error).message });
    }
  }

  async #result(request: EditingRequest, send: (reply: EditingReply) => void) {
    const { method } = request;
    if (method === "diagnostics") return this.#tellDiagnostics(request, send);
    if (method === "signatureHelp") return this.#signatureHelp(await this.#locate(request));
    if (method === "definition") return this.#definition(await this.#locate(request));
    if (method === "prepareRename") return this.#prepareRename(await this.#locate(request));
    if (method === "rename") {
      const { newName } = request;
      if (typeof newName !== "string") throw new Refusal("the new name is no text");
      return this.#rename(await this.#locate(request), newName);
    }
    throw new Refusal(`the kernel doesn't know the request "${method}"`);
  }

  async #tellDiagnostics(
    { id, cells, first }: Extract<EditingRequest, { method: "diagnostics" }>,
    send: (reply: EditingReply) => void,
  ): Promise<null> {
    this.#latest = id;
    this.#modules = cells.flatMap(({ source }) => MODULE.exec(source)?.[1] ?? []);
    const later: Visit[] = [];
    const tell = async ({ cell, check }: Visit) => {
      if (this.#latest !== id) throw new Superseded();
      const checked = await check();
      const { source, diagnostics } = checked;
      const told = this.#told.get(cell.id);
      if (told?.source !== source || told.diagnostics !== diagnostics) send({ id, cell: cell.id, diagnostics });
      this.#told.set(cell.id, checked);
    };
    // What stands between a person and the cell that is being written comes first, then that cell.
    for await (const visit of this.#walk(cells)) {
      if (visit.isNeeded || visit.cell.id === first) await tell(visit);
      else later.push(visit);
    }
    for (const visit of later) await tell(visit);
    const ids = new Set(cells.map((cell) => cell.id));
    for (const known of [this.#checked, this.#told])
      for (const cell of known.keys()) if (!ids.has(cell)) known.delete(cell);
    return null;
  }

  /**
   * Goes through the cells with the declarations before each: those of the kernel, as long as all that stands above has run,
   * and from the first cell on that adds to them without having run, what the cells come to as they stand.
   */
  async *#walk(cells: readonly CellText[]): AsyncGenerator<Visit> {
    const known = await this.host.known();
    let previous = known;
    let isKnown = true;
    for (const cell of cells) {
      const hasRun = this.host.hasRun(cell);
      if (hasRun && isReset(cell.source)) [previous, isKnown] = [known, true];
      const isNeeded = !(hasRun && isKnown);
      const before = previous;
      let checked: Promise<Checked> | undefined;
      const check = () => {
        checked ??= this.#check(cell, before);
        return checked;
      };
      yield { cell, previous, isNeeded, check };
      if (!isNeeded) continue;
      const { declarations } = await check();
      isKnown &&= declarations === previous;
      previous = declarations;
    }
  }

  /** A cell's errors and what it adds; known already where neither it nor what is before it changed. */
  async #check(cell: CellText, previous: string): Promise<Checked> {
    const { id, source } = cell;
    const last = this.#checked.get(id);
    if (last?.source === source && last.previous === previous && !last.isPassing) return last;
    const { diagnostics: found, declarations } = await this.#checkSource(source, previous).catch(
      // Of what the compiler can't look at (nested thousands deep, say) nothing is said; the cells below may be right.
      () => ({ diagnostics: [], declarations: previous }),
    );
    const isToCome = ({ code, message }: EditingDiagnostic) =>
      code === NO_MODULE && this.#modules.some((name) => message.includes(`'./${name}'`));
    const diagnostics = found.filter((each) => !isToCome(each));
    const isPassing = LOCAL_IMPORT.test(source) || diagnostics.some(({ code }) => code === NO_MODULE);
    const isSame = last && JSON.stringify(last.diagnostics) === JSON.stringify(diagnostics);
    const checked = { previous, source, declarations, diagnostics: isSame ? last.diagnostics : diagnostics, isPassing };
    this.#checked.set(id, checked);
    return checked;
  }

  async #checkSource(source: string, before: string): Promise<Pick<Checked, "diagnostics" | "declarations">> {
    const parsed = parseMagics(source);
    if (parsed.kind === "error") return { diagnostics: [mistake(source, parsed.message)], declarations: before };
    if (parsed.kind === "run")
      return { diagnostics: [], declarations: await this.#declarationsOfFile(parsed.file, before) };
    if (parsed.kind !== "typescript" || source.trim() === "") return { diagnostics: [], declarations: before };
    const previous = parsed.reset ? "" : before;
    const { diagnostics, declarations } = await this.host.compiler.check({ code: maskMagics(source), previous });
    const found = diagnostics.map(diagnosticOf);
    if (parsed.code === source) return { diagnostics: found, declarations };
    // As the cell would run: a magic may declare something (`%%capture output`), and make sense of what stands behind it.
    const whole = await this.host.compiler.check({ code: parsed.code, previous });
    return { diagnostics: whole.diagnostics.length > 0 ? found : [], declarations: whole.declarations };
  }

  async #declarationsOfFile(file: string, before: string): Promise<string> {
    let previous = before;
    try {
      for (const { code } of cellsOfFile(file, this.host.folder))
        previous = (await this.#checkSource(code, previous)).declarations;
    } catch {
      // There is no such file: the cell itself will say so when it runs.
    }
    return previous;
  }

  /** The declarations before each cell, up to `last` where that is said. */
  async #previousOf(cells: readonly CellText[], last?: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for await (const { cell, previous } of this.#walk(cells)) {
      found.set(cell.id, previous);
      if (cell.id === last) break;
    }
    return found;
  }

  async #locate({ cells, cell: id, place }: Exclude<EditingRequest, { method: "diagnostics" }>): Promise<Located> {
    if (typeof id !== "string" || !isPlace(place))
      throw new Refusal("the request names no cell, or no place in it by line and character");
    const cell = cells.find((each) => each.id === id);
    if (!cell) throw new Refusal(`the notebook that was sent has no cell ${id}`);
    const code = maskMagics(cell.source);
    const previous = (await this.#previousOf(cells, id)).get(id) ?? "";
    return { cells, cell, request: { code, cursor: offsetOf(cell.source, place), previous } };
  }

  #signatureHelp({ request }: Located): Promise<SignatureHelp | null> {
    return this.host.compiler.signatures(request);
  }

  async #definition({ cells, cell, request }: Located): Promise<Definition | null> {
    const origin = await this.host.compiler.origin(request);
    if (origin?.kind === "cell") return { cell: cell.id, range: rangeOf(cell.source, origin.span) };
    if (origin?.kind === "file") {
      const { path, start, end, text } = origin;
      return { path, range: { start: placeFrom(start), end: placeFrom(end) }, text };
    }
    if (!origin) return null;
    const at = cells.indexOf(cell);
    // The one above counts; what runs below it, though it ran before, only where there is none.
    for (const other of [...cells.slice(0, at).reverse(), ...cells.slice(at + 1)]) {
      const use = await this.#nameUse(other, origin.name, "");
      const declared = use?.uses.find(({ declares }) => declares);
      if (declared) return { cell: other.id, range: rangeOf(other.source, declared) };
    }
    return null;
  }

  async #prepareRename({ cell, request }: Located): Promise<Range> {
    return rangeOf(cell.source, (await this.#renamed(request)).span);
  }

  async #rename({ cells, cell, request }: Located, newName: string): Promise<NotebookEdit> {
    const use = await this.#renamed(request);
    if (!(await this.#canBeName(newName)))
      throw new Refusal(`"${newName}" can't be a name of a variable, a function or a type: choose another`);
    if (newName === use.name) return {};
    const previous = await this.#previousOf(cells);
    const found: Renamed[] = [];
    for (const other of use.scope === "local" ? [cell] : cells) {
      const own = other === cell ? use : await this.#nameUse(other, use.name, previous.get(other.id) ?? "");
      if (own)
        found.push({
          cell: other,
          edits: editsOf(other, own, newName),
          declares: own.uses.some(isDeclaration),
        });
    }
    if (!found.some(({ declares }) => declares))
      throw new Refusal(`no cell declares ${use.name}: it can be renamed only together with what declares it`);
    await this.#refuseTaken(use.scope === "local" ? [cell] : cells, newName);
    if (use.scope === "notebook") await this.#refuseGlobal(newName);
    await this.#refuseBroken(cells, found, previous);
    return Object.fromEntries(found.map(({ cell: { id }, edits }) => [id, edits]));
  }

  async #refuseTaken(cells: readonly CellText[], name: string): Promise<void> {
    for (const cell of cells) {
      if (
        new RegExp(`%%capture[^\\n]*\\b${name.replaceAll("$", "\\$")}\\b`).test(cell.source) ||
        (await this.#mentions(cell, name))
      )
        throw new Refusal(
          `${name} stands in cell ${1 + cells.indexOf(cell)} of the notebook's code cells already: choose another`,
        );
    }
  }

  /** A variable of the notebook would stand before it in every cell to come. */
  async #refuseGlobal(name: string): Promise<void> {
    const use = await this.host.compiler.nameUse({ code: name, previous: "", cursor: 0 });
    if (use) throw new Refusal(`${name} is a global of the language already: choose another`);
  }

  async #mentions({ source }: CellText, name: string): Promise<boolean> {
    if (!source.includes(name) || parseMagics(source).kind !== "typescript") return false;
    return this.host.compiler.mentions({ code: maskMagics(source), name });
  }

  /** No cell may have an error by it that it hadn't: the last word on whether a renaming is right. */
  async #refuseBroken(
    cells: readonly CellText[],
    found: readonly Renamed[],
    previous: ReadonlyMap<string, string>,
  ): Promise<void> {
    let after = await this.host.known();
    for (const cell of cells) {
      const renamed = found.find((each) => each.cell === cell);
      if (!renamed && this.host.hasRun(cell)) continue;
      const source = renamed ? applied(cell.source, renamed.edits) : cell.source;
      const { diagnostics, declarations } = await this.#checkSource(source, after);
      after = declarations;
      if (!renamed) continue;
      const before = await this.#check(cell, previous.get(cell.id) ?? "");
      if (diagnostics.length > before.diagnostics.length)
        throw new Refusal(
          `cell ${1 + cells.indexOf(cell)} of the notebook's code cells would have an error by it (${diagnostics[0]!.message}): rename by hand`,
        );
    }
  }

  async #canBeName(name: string): Promise<boolean> {
    if (!IDENTIFIER.test(name)) return false;
    if (/^__cell_|^_\d*$/.test(name)) return false;
    const { diagnostics } = await this.host.compiler.check({
      code: `let ${name} = 1;\ntype ${name} = 1;`,
      previous: "",
    });
    return diagnostics.length === 0;
  }

  async #renamed(request: Located["request"]): Promise<NameUse> {
    if (isModule(request.code)) throw new Refusal("this cell is a module, a file of its own: rename by hand");
    const use = await this.host.compiler.nameUse(request);
    if (!use) throw new Refusal("here is no name: put the cursor on one");
    if (use.scope === "property")
      throw new Refusal(`${use.name} is a property, which other cells may use by other ways: rename it by hand`);
    if (use.scope === "elsewhere")
      throw new Refusal(
        `${use.name} is declared outside of this notebook: only names that its cells declare can be renamed`,
      );
    return use;
  }

  /** Where a cell has a name of the notebook; null where it hasn't, or is no TypeScript. */
  async #nameUse({ source }: CellText, name: string, previous: string): Promise<NameUse | null> {
    if (isModule(source) || parseMagics(source).kind !== "typescript") return null;
    return this.host.compiler.nameUse({ code: maskMagics(source), previous, name });
  }
}

/** A cell, and what is known where it stands. */
interface Visit {
  readonly cell: CellText;
  readonly previous: string;
  /** The cells below are checked by what this one declares as it stands. */
  readonly isNeeded: boolean;
  /** Looks at it, once. */
  readonly check: () => Promise<Checked>;
}

interface Renamed {
  readonly cell: CellText;
  readonly edits: readonly Edit[];
  readonly declares: boolean;
}

interface Located {
  readonly cells: readonly CellText[];
  readonly cell: CellText;
  readonly request: { readonly code: string; readonly cursor: number; readonly previous: string };
}

function isRequest(given: unknown): given is EditingRequest {
  const { id, method, cells } = (given ?? {}) as Partial<EditingRequest>;
  const isCell = (cell: unknown) => {
    const { id, source } = (cell ?? {}) as Partial<CellText>;
    return typeof id === "string" && typeof source === "string";
  };
  return typeof id === "number" && typeof method === "string" && Array.isArray(cells) && cells.every(isCell);
}

function isPlace(given: unknown): given is Place {
  const { line, character } = (given ?? {}) as Partial<Place>;
  return [line, character].every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
}

function isReset(source: string): boolean {
  const parsed = parseMagics(source);
  return parsed.kind === "typescript" && parsed.reset === true;
}

/** A cell that other cells import as a file. */
function isModule(source: string): boolean {
  return MODULE.test(source);
}

function isDeclaration({ declares }: NameUse["uses"][number]): boolean {
  return declares;
}

/** @throws Refusal where the name doesn't stand where the compiler saw it: a cell may be compiled as another text. */
function editsOf({ source }: CellText, { name, uses }: NameUse, newName: string): Edit[] {
  return uses.map(({ start, end, before }) => {
    if (source.slice(start, end) !== name)
      throw new Refusal(`a use of ${name} can't be found in the text of its cell: rename by hand`);
    return { range: rangeOf(source, { start, end }), newText: before + newName };
  });
}

function applied(source: string, edits: readonly Edit[]): string {
  return fromTheEnd(source, edits).reduce(
    (text, { start, end, newText }) => text.slice(0, start) + newText + text.slice(end),
    source,
  );
}

function diagnosticOf({ start, end, code, message }: Diagnostic): EditingDiagnostic {
  return { range: { start: placeFrom(start), end: placeFrom(end) }, code, message };
}

/** The compiler counts from 1. */
function placeFrom({ line, column }: Position): Place {
  return { line: line - 1, character: column - 1 };
}

/** A magic that is misused, at its line: the first up to which the cell is wrong. */
function mistake(source: string, message: string): EditingDiagnostic {
  const lines = source.split("\n");
  const upTo = lines.findIndex((_, index) => parseMagics(lines.slice(0, index + 1).join("\n")).kind === "error");
  const line = Math.max(upTo, 0);
  const text = lines[line] ?? "";
  const start = text.length - text.trimStart().length;
  return { range: { start: { line, character: start }, end: { line, character: text.trimEnd().length } }, message };
}

function rangeOf(text: string, { start, end }: Span): Range {
  return { start: placeOf(text, start), end: placeOf(text, end) };
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)!.length };
}
