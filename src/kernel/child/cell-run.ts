import { encodeJson } from "../encode-json";
import { mendBuiltIns } from "./built-ins";
import { keeperOf } from "./capture";
import type { CellImports } from "./cell-imports";
import { addModules } from "./cell-modules";
import { type Context, createContext, endContext, enterContext, leaveContext, startCellContext } from "./context";
import { setTimeout } from "./context-timers";
import { KeyboardInterrupt } from "./keyboard-interrupt";
import type { DeclaringCell, Locals } from "./locals";
import { loadPresent } from "./notebook-globals";
import { send } from "./output-pipe";
import type { ToChild } from "./protocol";
import type { Reruns } from "./reruns";
import { cellNumber, type Results } from "./results";
import { SharedState, shared } from "./shared-state";
import { registerSource } from "./source-positions";
import { endSpawned } from "./spawned";
import { describeError } from "./traceback";
import { type Executor, executorPrefix } from "./tslab-executor";
import { nextTurn } from "./turns";

type Execute = Extract<ToChild, { type: "execute" }>;

/** What the cells share. */
export interface Notebook {
  readonly executor: Executor;
  readonly imports: CellImports;
  readonly locals: Locals;
  readonly results: Results;
  readonly reruns: Reruns;
  /** The cell came to its end. */
  readonly onEnd: (run: CellRun) => void;
}

/** How long the `finally` blocks of an interrupted cell may take. */
const FINALLY_MS = 30;

/**
 * One run of a cell. Nothing here may depend on a promise of the kernel's: breaking JavaScript drops those that are
 * about to continue.
 */
export class CellRun {
  readonly context: Context;
  /** Of a cell whose value is shown. */
  readonly #count: number | undefined;
  readonly #breaks = breaks();
  #declaring: DeclaringCell | undefined;
  #ended = false;
  #graceful = false;

  constructor(
    private readonly request: Execute,
    private readonly notebook: Notebook,
  ) {
    this.#count = request.showResult ? cellNumber(request.cell) : undefined;
    this.context = createContext(request.parent, request.requestId, request.allowStdin, request.cellId);
  }

  start(): void {
    const { cell, source, map, output, modules, imports, hasTopLevelAwait } = this.request;
    startCellContext(this.context);
    if (this.#count !== undefined) this.notebook.results.begin(this.#count, source);
    const lines = output.split("\n").length;
    registerSource(cell, { map, source, lines, prefix: executorPrefix(hasTopLevelAwait).length });
    nextTurn(() => {
      if (this.#ended) return;
      enterContext(this.context);
      this.notebook.reruns.begin(this.context, this.request.deletedCells);
      this.#declaring = this.notebook.locals.begin(this.request.names);
      try {
        addModules(modules);
        const preloaded = this.notebook.imports.preload(imports, modules);
        if (preloaded) preloaded.then(() => nextTurn(() => this.#execute()));
        else this.#execute();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** The call of the front that it answers. */
  get id(): number {
    return this.request.id;
  }

  /** The names that it has given a value so far. */
  get assigned(): readonly string[] {
    return this.#declaring?.assigned() ?? [];
  }

  /** Has every await of the cell reject, those under way as well; the cell is over a moment later. */
  interrupt(): void {
    this.context.state = "interrupted";
    for (const reject of [...this.context.waiters]) reject();
    setTimeout(() => this.broken(), FINALLY_MS);
  }

  /** Lets what is under way come to an end of its own, and rejects every further await. */
  settle(within: number): void {
    this.#graceful = true;
    this.context.state = "settling";
    setTimeout(() => {
      if (this.#ended || this.context.state !== "settling") return;
      this.#graceful = false;
      this.interrupt();
    }, within);
  }

  /** The cell is over, however far it came. */
  broken(): void {
    mendBuiltIns();
    this.#end({ error: new KeyboardInterrupt() });
  }

  #execute(): void {
    if (this.#ended) return;
    enterContext(this.context);
    const { cell, output, hasTopLevelAwait } = this.request;
    const end = this.notebook.executor.run({ cell, output, hasTopLevelAwait });
    // The cell may have taken that away.
    mendBuiltIns();
    end.then(
      () => this.#succeed(),
      (error) => this.#fail(error),
    );
  }

  #succeed(): void {
    mendBuiltIns();
    if (this.#ended || this.#waitsFor(() => this.#succeed())) return;
    const { lastExpression, showResult } = this.request;
    const value = lastExpression === undefined ? undefined : this.notebook.locals.take(lastExpression);
    if (this.#interrupted) {
      this.#end({ error: new KeyboardInterrupt() });
      return;
    }
    if (value !== undefined && this.#count !== undefined) this.notebook.results.add(this.#count, value);
    if (value === undefined || !showResult) {
      this.#end();
      return;
    }
    // Displaying a value may run code of the user.
    enterContext(this.context);
    try {
      const shown = loadPresent()(value);
      if (shown instanceof Promise) shown.then((later) => this.#show(later)).catch((error) => this.#fail(error));
      else this.#show(shown);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Whether something displayed is still being drawn; `then` is called after it. */
  #waitsFor(then: () => void): boolean {
    const { displays } = this.context;
    if (displays.size === 0 || this.#interrupted) return false;
    Promise.allSettled(displays).then(then);
    return true;
  }

  #show(shown: Awaited<ReturnType<ReturnType<typeof loadPresent>>>): void {
    const keeper = keeperOf(this.context.captured, "display");
    // A value may have nothing to show.
    if (shown === null || Object.keys(shown.data).length === 0) this.#end();
    else if (keeper) {
      keeper.outputs.push(shown);
      this.#end();
    } else this.#done("ok", undefined, [encodeJson(shown)]);
  }

  /** JavaScript that a broken wait (execSync) came back to may get this far. */
  get #interrupted(): boolean {
    return this.context.state !== "running" || breaks() > this.#breaks;
  }

  #fail(error: unknown): void {
    mendBuiltIns();
    if (this.#ended || this.#waitsFor(() => this.#fail(error))) return;
    // `throw undefined` is an error as well.
    this.#end({ error });
  }

  #end(thrown?: { readonly error: unknown }): void {
    if (this.#ended) return;
    if (!thrown) {
      this.#done("ok");
      return;
    }
    const { error } = thrown;
    const interrupted = breaks() > this.#breaks || (this.#interrupted && isInterruption(error));
    const report = interrupted ? this.#interruption(error) : describeError(error);
    this.#done("error", report);
  }

  #interruption(error: unknown) {
    const message = this.#graceful
      ? "the cell was interrupted; what it waited for came to its end by itself"
      : "the cell was interrupted";
    const shown = new KeyboardInterrupt(message);
    shown.stack =
      error instanceof KeyboardInterrupt && error.stack?.includes(" at ")
        ? error.stack.replace(error.message, message)
        : "";
    return describeError(shown);
  }

  #done(status: "ok" | "error", error?: ReturnType<typeof describeError>, buffers: readonly Buffer[] = []): void {
    const { id } = this.request;
    const ran = this.#declaring?.end() ?? [];
    this.#ended = true;
    // What a timer prints later is shown.
    this.context.captured = undefined;
    if (this.#interrupted) {
      endContext(this.context);
      endSpawned(this.context);
    }
    leaveContext();
    this.notebook.onEnd(this);
    send({ type: "done", id, status, ran, folder: workingFolder(), ...(error ? { error } : {}) }, buffers);
  }
}

/** It may have been removed. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

/** How many times the watchdog broke in. */
function breaks(): number {
  return Atomics.load(shared, SharedState.breaks);
}

function isInterruption(error: unknown): boolean {
  return error instanceof KeyboardInterrupt || (error as Error | null)?.name === "AbortError";
}
