import type { Compiler, Diagnostic, NameUse, Position, Span } from "../compiler/protocol";
import type {
  CellText,
  Definition,
  EditingDiagnostic,
  EditingReply,
  EditingRequest,
  NotebookEdit,
  Place,
  Range,
  SignatureHelp,
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
  readonly diagnostics: readonly EditingDiagnostic[];
  readonly declarations: string;
}

/** What can't be done, in a sentence; caught in this file. */
class Refusal extends Error {}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * Answers an editor about a notebook that is being written. A cell is checked as if those above it had run: what has run
 * counts as the kernel knows it, what hasn't, or has another text by now, as it stands there.
 */
export class NotebookEditing {
  #checked = new Map<string, Checked>();
  #latest = 0;

  constructor(private readonly host: EditingHost) {}

  /** Answers a request by calls of `send`. */
  async answer(request: EditingRequest, send: (reply: EditingReply) => void): Promise<void> {
    const { id } = request;
    try {
      if (request.method === "diagnostics") return await this.#tellDiagnostics(request, send);
      const at = await this.#locate(request);
      const result = {
        signatureHelp: () => this.#signatureHelp(at),
        definition: () => this.#definition(at),
        prepareRename: () => this.#prepareRename(at),
        rename: () => this.#rename(at, request.method === "rename" ? request.newName : ""),
      }[request.method];
      if (!result) throw new Refusal(`the kernel doesn't know the request "${request.method}"`);
      send({ id, result: await result() });
    } catch (error) {
      send({ id, error: (error as Error).message });
    }
  }

  async #tellDiagnostics(
    { id, cells, first }: Extract<EditingRequest, { method: "diagnostics" }>,
    send: (reply: EditingReply) => void,
  ): Promise<void> {
    this.#latest = id;
    const known = await this.host.known();
    let previous = known;
    const tell = ({ id: cell }: CellText, { diagnostics }: Checked) => send({ id, cell, diagnostics });
    const waiting: [CellText, string][] = [];
    // Those above the first are wanted for their declarations; what hasn't run costs a check anyway.
    for (const cell of cells) {
      if (this.#latest !== id) return;
      if (cell.id !== first && this.host.hasRun(cell)) {
        waiting.push([cell, previous]);
        continue;
      }
      const checked = await this.#check(cell, previous);
      tell(cell, checked);
      if (!this.host.hasRun(cell)) previous = checked.declarations;
    }
    for (const [cell, before] of waiting) {
      if (this.#latest !== id) return;
      tell(cell, await this.#check(cell, before));
    }
    const ids = new Set(cells.map((cell) => cell.id));
    for (const cell of this.#checked.keys()) if (!ids.has(cell)) this.#checked.delete(cell);
    send({ id, result: null });
  }

  /** A cell's errors and what it adds; known already where neither it nor what is before it changed. */
  async #check(cell: CellText, previous: string): Promise<Checked> {
    const { id, source } = cell;
    const last = this.#checked.get(id);
    if (last?.source === source && last.previous === previous) return last;
    const checked = { previous, source, ...(await this.#checkSource(source, previous)) };
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
    // A magic may declare something: `%%capture output`.
    const { declarations: withMagics } = await this.host.compiler.check({ code: parsed.code, previous });
    return { diagnostics: found, declarations: withMagics };
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

  /** The declarations before each cell up to `last`, and before the cells below where that is undefined. */
  async #previousOf(cells: readonly CellText[], last?: string): Promise<ReadonlyMap<string, string>> {
    let previous = await this.host.known();
    const found = new Map<string, string>();
    for (const cell of cells) {
      found.set(cell.id, previous);
      if (cell.id === last) break;
      if (!this.host.hasRun(cell)) previous = (await this.#check(cell, previous)).declarations;
    }
    return found;
  }

  async #locate({ cells, cell: id, place }: Exclude<EditingRequest, { method: "diagnostics" }>): Promise<Located> {
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
    const concerned = use.scope === "local" ? [cell] : cells;
    const previous = await this.#previousOf(cells);
    const found: [CellText, NameUse][] = [];
    for (const other of concerned) {
      const own = other === cell ? use : await this.#nameUse(other, use.name, previous.get(other.id) ?? "");
      if (own) found.push([other, own]);
    }
    if (!found.some(([, { uses }]) => uses.some(({ declares }) => declares)))
      throw new Refusal(`no cell declares ${use.name}: it can be renamed only together with what declares it`);
    for (const [other] of found) {
      if (await this.host.compiler.mentions({ code: maskMagics(other.source), name: newName }))
        throw new Refusal(
          `${newName} is a name already in cell ${cells.indexOf(other) + 1} of the notebook's code cells: choose another`,
        );
    }
    return Object.fromEntries(
      found.map(([other, { uses }]) => [
        other.id,
        uses.map(({ start, end, before }) => ({
          range: rangeOf(other.source, { start, end }),
          newText: before + newName,
        })),
      ]),
    );
  }

  async #canBeName(name: string): Promise<boolean> {
    if (!IDENTIFIER.test(name)) return false;
    const { diagnostics } = await this.host.compiler.check({ code: `let ${name} = 1;`, previous: "" });
    return diagnostics.length === 0;
  }

  async #renamed(request: Located["request"]): Promise<NameUse> {
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
    if (!source.includes(name) || parseMagics(source).kind !== "typescript") return null;
    return this.host.compiler.nameUse({ code: maskMagics(source), previous, name });
  }
}

interface Located {
  readonly cells: readonly CellText[];
  readonly cell: CellText;
  readonly request: { readonly code: string; readonly cursor: number; readonly previous: string };
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

function offsetOf(text: string, { line, character }: Place): number {
  const before = text.split("\n").slice(0, line);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + character;
}
