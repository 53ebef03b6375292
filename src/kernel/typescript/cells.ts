import type { LiveValue } from "../child/live-values";
import type { FromChild, ToChild } from "../child/protocol";
import { OFF, RED } from "../colors";
import type { CompiledCell, Diagnostic, LineMap, Position } from "../compiler/protocol";
import type { CommMessage, ErrorReport, Outcome, ParentId, Result } from "../jupyter";
import { startCellProcess } from "./child-process";
import type { CompilerProcess } from "./compiler-process";
import { diagnosticsReport } from "./diagnostics";
import { startFolder } from "./start-folder";

const ACKNOWLEDGE_MS = 150;
const GIVE_UP_MS = 5000;
/** How long completion waits for a value: a cell may be at work. */
const LOOK_MS = 150;

export interface CellRequest {
  /** TypeScript; magics in it are calls already. */
  readonly code: string;
  /** What the person wrote. */
  readonly source: string;
  /** The cell forgets all earlier ones before it runs. */
  readonly reset: boolean;
  /** The name that errors use, e.g. `Cell[3]`. */
  readonly cell: string;
  readonly parent: ParentId;
  /** The `msg_id` of the request. */
  readonly requestId: string;
  /** What the front end calls the cell, where it says so: the same when it runs again. */
  readonly cellId?: string;
  /** Cells that are gone from the notebook. */
  readonly deletedCells: readonly string[];
  readonly allowStdin: boolean;
  readonly showResult: boolean;
  /** An expression that is asked for beside the cells: what it declares is not kept. */
  readonly expression: boolean;
  /** A debugger may look at the variables at any line. */
  readonly debugged: boolean;
  /** 0 is the notebook's own; the cells of others run beside its. */
  readonly shell: number;
}

export interface CellEvents {
  /** Everything from the child but the ends of calls. */
  readonly frame: (head: FromChild, buffers: readonly Buffer[]) => void;
  readonly text: (name: "stdout" | "stderr", text: string) => void;
  /** Comes before a cell runs. */
  readonly prepare: (request: CellRequest, compiled: CompiledCell) => Promise<void>;
  /** All variables and comms are gone. */
  readonly lost: () => void;
}

/** Which names the cells under way have given a value, by the `id` of their call. */
type Assigned = Extract<FromChild, { type: "assigned" }>["names"];
type Done = Extract<FromChild, { type: "done" }>;
type Settled = { readonly head: Done; readonly buffers: readonly Buffer[] } | { readonly died: string };

interface Running {
  compiling: boolean;
  /** Is fulfilled when the process has it, or never will. */
  readonly begun: Promise<void>;
  /** Ends the cell that is still being compiled. */
  readonly leave: (left: { readonly error: ErrorReport }) => void;
}

/** A cell that is under way in the process. */
interface Executing {
  readonly compiled: CompiledCell;
  readonly previous: string;
}

/** Compiles cells and runs them in their process, one after the other in each shell; keeps what they declared. */
export class Cells {
  #declarations = "";
  readonly #undeclared = new Set<string>();
  #folder = startFolder();
  #next = 0;
  readonly #running = new Set<Running>();
  readonly #executing = new Map<number, Executing>();
  readonly #assigned = new Map<number, (names: Assigned) => void>();
  readonly #dones = new Map<number, (settled: Settled) => void>();
  readonly #handled = new Map<number, () => void>();
  readonly #acknowledged = new Map<number, () => void>();
  readonly #looks = new Map<number, (value: LiveValue | null) => void>();
  readonly #process;
  #stubborn = 0;

  constructor(
    private readonly compiler: CompilerProcess,
    private readonly events: CellEvents,
  ) {
    this.#process = startCellProcess({
      frame: (head, buffers) => this.#receive(head, buffers),
      text: events.text,
      died: (reason) => this.#died(reason),
    });
  }

  /** Declarations of the cells so far, and of those under way where they tell them at once: for completion and inspection. */
  async known(): Promise<string> {
    return (await Promise.race([this.#withThoseUnderWay(), wait(LOOK_MS)])) || this.#declarations;
  }

  /** Has later cells know a variable that was not declared in one. */
  declare(name: string): void {
    this.#undeclared.add(name);
    if (this.#running.size === 0) this.#declareAll();
  }

  /** The working folder, as of the end of the last cell. */
  get folder(): string {
    return this.#folder;
  }

  async run(request: CellRequest): Promise<Outcome> {
    let leave: (left: { readonly error: ErrorReport }) => void = () => {};
    const left = new Promise<{ readonly error: ErrorReport }>((resolve) => {
      leave = resolve;
    });
    let hasBegun = () => {};
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    const running: Running = { compiling: true, begun, leave };
    this.#running.add(running);
    try {
      const previous = request.reset ? "" : await this.#knownTo(running);
      const compiled = await Promise.race([
        request.expression ? this.#compileExpression(request, previous) : this.#compile(request, previous),
        left,
      ]);
      running.compiling = false;
      if ("error" in compiled) return { status: "error", error: compiled.error };
      if (!compiled.ok) return refused(compiled.diagnostics);
      if (compiled.output === "" && compiled.modules.length === 0) {
        if (!request.expression) await this.#came(request, previous, compiled.declarations);
        return { status: "ok", result: null };
      }
      return await this.#execute(request, compiled, previous, hasBegun);
    } catch (error) {
      const message = (error as Error).message;
      return { status: "error", error: { ename: "CompilerError", evalue: message, traceback: [message] } };
    } finally {
      hasBegun();
      this.#running.delete(running);
      this.#declareAll();
    }
  }

  /** What `path` leads to from a variable; null where nothing is there, or the process of the cells doesn't answer at once. */
  async look(path: readonly string[]): Promise<LiveValue | null> {
    const id = ++this.#next;
    const seen = new Promise<LiveValue | null>((resolve) => this.#looks.set(id, resolve));
    this.#process.send({ type: "look", id, path });
    const value = await Promise.race([seen, wait(LOOK_MS)]);
    this.#looks.delete(id);
    return value || null;
  }

  /** Hands a comm message to its handler; resolves when that returned. */
  comm(call: CommMessage): Promise<void> {
    return this.#call((id) => ({ type: "comm", id, ...call }));
  }

  /** Writes a line of the inspector protocol. */
  inspect(line: string): void {
    this.#process.inspect(line);
  }

  answerInput(id: number, value: string): void {
    this.#process.send({ type: "input_reply", id, value });
  }

  /** Ends the cell that runs: `await` rejects first, then the watchdog breaks in. Resolves when that is under way. */
  async interrupt(): Promise<void> {
    const running = [...this.#running];
    const compiling = running.filter((each) => each.compiling);
    if (compiling.length > 0) {
      const evalue = "interrupted while the cell was compiled";
      const traceback = [`${RED}KeyboardInterrupt${OFF}: ${evalue}`];
      for (const { leave } of compiling) leave({ error: { ename: "KeyboardInterrupt", evalue, traceback } });
      this.compiler.restart("interrupted");
      if (compiling.length === running.length) return;
    }
    if (this.#stubborn && Date.now() - this.#stubborn > GIVE_UP_MS) {
      this.#process.kill(
        "Interrupted a second time while the cell waited in native code: its process was ended, its variables are lost; a fresh process is ready.",
      );
      return;
    }
    const id = ++this.#next;
    const acknowledged = new Promise<true>((resolve) => this.#acknowledged.set(id, () => resolve(true)));
    this.#process.send({ type: "interrupt", id });
    const began = Date.now();
    while (Date.now() - began < GIVE_UP_MS) {
      if (await Promise.race([acknowledged, wait(ACKNOWLEDGE_MS)])) {
        this.#stubborn = 0;
        return;
      }
      this.#process.breakIn();
    }
    if (running.some((each) => this.#running.has(each))) {
      this.#stubborn ||= began;
      this.events.text(
        "stderr",
        "The cell doesn't stop: it waits in native code, which cannot be broken. Interrupt once more to end its process (its variables are lost then), or wait.\n",
      );
    }
  }

  /** Resolves when the process is gone, and all that cells started. */
  close(): Promise<void> {
    return this.#process.close();
  }

  #compile({ code, cell, debugged, shell }: CellRequest, previous: string) {
    return this.compiler.compile({ code, cell, previous, debugged, shell });
  }

  /** In brackets, so that `{ a: 1 }` is an object; errors show the expression without them. */
  async #compileExpression({ code, cell, source, shell }: CellRequest, previous: string) {
    // On a line of its own, for the expression may end in a comment.
    const compiled = await this.compiler.compile({ code: `(${code}\n)`, cell, previous, shell });
    if (compiled.ok) return { ...compiled, map: compiled.map.map(withoutBracket) };
    const move = ({ line, column }: Position) => ({ line, column: line === 1 ? Math.max(1, column - 1) : column });
    const diagnostics = compiled.diagnostics.map((each) =>
      each.file === cell ? { ...each, source, start: move(each.start), end: move(each.end) } : each,
    );
    return { ...compiled, diagnostics };
  }

  async #execute(
    request: CellRequest,
    compiled: CompiledCell,
    previous: string,
    hasBegun: () => void,
  ): Promise<Outcome> {
    await this.events.prepare(request, compiled);
    const id = ++this.#next;
    this.#executing.set(id, { compiled, previous });
    const settled = await new Promise<Settled>((resolve) => {
      this.#dones.set(id, resolve);
      const { output, map, names, hasTopLevelAwait, lastExpression, imports, modules } = compiled;
      const { parent, requestId, cellId, deletedCells, cell, source, allowStdin, showResult } = request;
      const run = {
        output,
        map,
        names,
        hasTopLevelAwait,
        imports,
        modules,
        ...(lastExpression ? { lastExpression } : {}),
      };
      const ids = { requestId, deletedCells, ...(cellId === undefined ? {} : { cellId }) };
      const asked = { parent, ...ids, cell, source, allowStdin, showResult };
      this.#process.send({ type: "execute", id, ...asked, ...run });
      hasBegun();
    });
    this.#executing.delete(id);
    this.#stubborn = 0;
    if ("died" in settled) {
      const error = {
        ename: "ProcessEnded",
        evalue: settled.died,
        traceback: [`${RED}ProcessEnded${OFF}: ${settled.died}`],
      };
      return { status: "error", error };
    }
    const { head, buffers } = settled;
    this.#folder = head.folder;
    if (!request.expression) {
      const own = head.status === "ok" ? compiled.declarations : await this.#kept({ compiled, previous }, head.ran);
      await this.#came(request, previous, own);
    }
    if (head.status === "error") return { status: "error", error: head.error! };
    return { status: "ok", result: buffers[0] ? (JSON.parse(buffers[0].toString()) as Result) : null };
  }

  /** The declarations after a cell as far as it came: `ran` has a new value. */
  #kept({ compiled, previous }: Executing, ran: readonly string[]): Promise<string> {
    const { declarations, names } = compiled;
    return this.compiler.keep({ declarations, previous, names, ran }).catch(() => previous);
  }

  /** What a new cell may use; one that came before it and is still compiled begins first. */
  async #knownTo(asking: Running): Promise<string> {
    for (const other of [...this.#running]) if (other !== asking) await other.begun;
    return this.#withThoseUnderWay();
  }

  /** What the cells before declared, and those under way have given a value. */
  async #withThoseUnderWay(): Promise<string> {
    if (this.#executing.size === 0) return this.#declarations;
    const id = ++this.#next;
    const names = new Promise<Assigned>((resolve) => this.#assigned.set(id, resolve));
    this.#process.send({ type: "assigned", id });
    let known = this.#declarations;
    for (const [call, ran] of await names) {
      const executing = this.#executing.get(call);
      if (!executing) continue;
      const declarations = await this.#kept(executing, ran);
      known = await this.compiler.merge({ declarations, previous: executing.previous, current: known });
    }
    return known;
  }

  /** A cell came to `declarations` from `previous`; others may have come to something else meanwhile. */
  async #came({ reset }: CellRequest, previous: string, declarations: string): Promise<void> {
    // Until no other cell came in between.
    for (let result: string | undefined; ; ) {
      const current = this.#declarations;
      if (reset || current === previous) result = declarations;
      else result = await this.compiler.merge({ declarations, previous, current }).catch(() => declarations);
      if (this.#declarations !== current) continue;
      this.#declarations = result;
      return;
    }
  }

  #declareAll(): void {
    for (const name of this.#undeclared) {
      const isKnown = new RegExp(`\\b(?:let|const|var|function|class|enum) ${name.replaceAll("$", "\\$")}\\b`);
      if (!isKnown.test(this.#declarations)) this.#declarations += `declare let ${name}: any;\n`;
    }
    this.#undeclared.clear();
  }

  #call(message: (id: number) => ToChild): Promise<void> {
    const id = ++this.#next;
    return new Promise((resolve) => {
      this.#handled.set(id, resolve);
      this.#process.send(message(id));
    });
  }

  #receive(head: FromChild, buffers: readonly Buffer[]): void {
    if (head.type === "done") take(this.#dones, head.id)?.({ head, buffers });
    else if (head.type === "handled") take(this.#handled, head.id)?.();
    else if (head.type === "assigned") take(this.#assigned, head.id)?.(head.names);
    else if (head.type === "seen") take(this.#looks, head.id)?.(head.value);
    else if (head.type === "interrupted") take(this.#acknowledged, head.id)?.();
    else if (head.type !== "ready") this.events.frame(head, buffers);
  }

  #died(reason: string): void {
    this.#declarations = "";
    this.#folder = startFolder();
    this.#stubborn = 0;
    for (const acknowledge of this.#acknowledged.values()) acknowledge();
    for (const handled of this.#handled.values()) handled();
    for (const assigned of this.#assigned.values()) assigned([]);
    const dones = [...this.#dones.values()];
    for (const calls of [this.#acknowledged, this.#handled, this.#assigned, this.#dones, this.#executing])
      calls.clear();
    this.events.lost();
    if (dones.length === 0) this.events.text("stderr", `${reason}\n`);
    for (const done of dones) done({ died: reason });
  }
}

/** The places of a line of JavaScript, as they are when the source begins a character later. */
function withoutBracket(places: LineMap[number]): LineMap[number] {
  return places.map((at, i) => (i % 3 === 2 && places[i - 1] === 0 ? Math.max(0, at - 1) : at));
}

function take<T>(calls: Map<number, T>, id: number): T | undefined {
  const call = calls.get(id);
  calls.delete(id);
  return call;
}

function refused(diagnostics: readonly Diagnostic[]): Outcome {
  return { status: "error", error: diagnosticsReport(diagnostics) };
}

function wait(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false));
}
