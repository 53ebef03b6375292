import type { FromChild } from "../child/protocol";
import { OFF, RED } from "../colors";
import { EDITING_TARGET, type EditingReply } from "../editing";
import { isCommKind } from "../front/comms";
import type { Completeness, Content, Execution, Front, Language, Matches } from "../front/language";
import type { CommMessage, MimeBundle, Outcome, ParentId } from "../jupyter";
import { cellMagicCompleteness } from "../magics/completeness";
import { cellMagicCode, parseMagics } from "../magics/parse";
import { complete, type Helpers, inspect } from "./assistance";
import { Cells } from "./cells";
import type { CompilerProcess } from "./compiler-process";
import { NotebookDebugger } from "./debugger/debugger";
import { InspectorLine } from "./debugger/inspector";
import { info } from "./info";
import { NotebookEditing } from "./notebook-editing";
import { cellsOfFile, type FileCell } from "./run-file";

/** TypeScript as the language of a kernel: cells are compiled in one process, run in another, and debugged there. */
export class TypeScript implements Language {
  readonly info = info;
  readonly #front: Front;
  readonly #compiler: CompilerProcess;
  readonly #cells: Cells;
  readonly #inspector: InspectorLine;
  readonly #debugger: NotebookDebugger;

  /** Who answers on the comm of each editor. */
  readonly #editors = new Map<string, NotebookEditing>();
  /** What cells ran to their end with, by the front end's ids. */
  readonly #ran = new Map<string, string>();

  /** Starts the process of the cells. */
  constructor(front: Front, compiler: CompilerProcess) {
    this.#front = front;
    this.#compiler = compiler;
    compiler.onTrouble = (sentence) => front.stream("stderr", sentence);
    this.#cells = new Cells(this.#compiler, {
      frame: (head, buffers) => this.#fromChild(head, buffers),
      text: (name, text) => front.stream(name, text),
      prepare: ({ cell, source }, { map, modules }) => this.#debugger.prepare(cell, source, map, modules),
      lost: () => this.#lost(),
    });
    this.#inspector = new InspectorLine(
      (line) => this.#cells.inspect(line),
      (method, params) => this.#debugger.hear(method, params),
    );
    this.#debugger = new NotebookDebugger({
      inspector: this.#inspector,
      event: (content) => front.publish("debug_event", content),
      present: (expression) => this.#present(expression),
      declare: (name) => this.#cells.declare(name),
    });
    front.noteTarget(EDITING_TARGET, true);
  }

  async execute(request: Execution & { readonly name?: string }): Promise<Outcome> {
    const { code, parent, count, silent, expression, shell } = request;
    const { name = expression ? `Expression[${count}]` : `Cell[${count}]` } = request;
    const parsed = expression ? ({ kind: "typescript", code } as const) : parseMagics(code);
    if (parsed.kind === "error") return failed("MagicError", parsed.message);
    if (parsed.kind === "run") return this.#noted(request, await this.#runFile(parsed.file, request));
    if (parsed.kind === "page") return this.#page(parent, parsed.text);
    if (parsed.kind === "inspect") {
      const found = await inspect(parsed.code, parsed.cursor, parsed.detail, await this.#helpers());
      return found ? this.#page(parent, found.text) : failed("MagicError", `There is nothing called ${parsed.code}.`);
    }
    const reset = parsed.kind === "typescript" && parsed.reset === true;
    const { cellId, deletedCells } = cellsOf(request.metadata);
    const outcome = await this.#cells.run({
      code: parsed.kind === "cell" ? cellMagicCode(parsed) : parsed.code,
      source: code,
      reset,
      cell: name,
      parent,
      requestId: request.requestId,
      ...(cellId === undefined ? {} : { cellId }),
      deletedCells,
      allowStdin: request.allowStdin,
      showResult: !silent || expression,
      expression,
      debugged: this.#debugger.isStarted,
      shell,
    });
    if (reset && outcome.status === "ok") this.#ran.clear();
    return expression ? outcome : this.#noted(request, outcome);
  }

  /** Keeps with which text a cell ran to its end, and forgets those that are gone. */
  #noted({ code, metadata }: Execution, outcome: Outcome): Outcome {
    const { cellId, deletedCells } = cellsOf(metadata);
    for (const cell of deletedCells) this.#ran.delete(cell);
    if (cellId === undefined) return outcome;
    if (outcome.status === "ok") this.#ran.set(cellId, code);
    else this.#ran.delete(cellId);
    return outcome;
  }

  async complete(code: string, cursor: number): Promise<Matches> {
    return complete(code, cursor, await this.#helpers());
  }

  async inspect(code: string, cursor: number, detail: 0 | 1): Promise<MimeBundle | null> {
    const found = await inspect(code, cursor, detail, await this.#helpers());
    return found && { "text/plain": found.text, "text/markdown": found.markdown };
  }

  async isComplete(code: string): Promise<Completeness> {
    const ofCellMagic = cellMagicCompleteness(code);
    if (ofCellMagic) return ofCellMagic;
    const parsed = parseMagics(code);
    if (parsed.kind !== "typescript") return { status: parsed.kind === "error" ? "invalid" : "complete" };
    return this.#compiler.isComplete({ code: parsed.code });
  }

  /** Ends the cell that runs; one that the debugger has stopped goes on first. */
  async interrupt(): Promise<void> {
    await this.#debugger.release();
    await this.#cells.interrupt();
  }

  async comm(message: CommMessage): Promise<void> {
    const { kind, content } = message;
    const { comm_id: comm, target_name: target } = content;
    const editor = this.#editors.get(comm);
    if (kind === "comm_open" && target === EDITING_TARGET) this.#editors.set(comm, this.#newEditor());
    else if (!editor) await this.#cells.comm(message);
    else if (kind === "comm_close") this.#editors.delete(comm);
    // Beside what else there is to do: a check of a long notebook keeps nobody.
    else
      void editor.answer(content.data, (data: EditingReply) => {
        if (this.#editors.has(comm)) this.#front.publish("comm_msg", { comm_id: comm, data }, message.parent);
      });
  }

  #newEditor(): NotebookEditing {
    const cells = this.#cells;
    return new NotebookEditing({
      compiler: this.#compiler,
      get folder() {
        return cells.folder;
      },
      known: () => cells.known(),
      hasRun: ({ id, source }) => this.#ran.get(id) === source,
    });
  }

  debug(content: Content): Promise<Content> {
    return this.#debugger.answer(content);
  }

  async close(): Promise<void> {
    const ended = this.#cells.close();
    this.#compiler.close();
    await ended;
  }

  /** Runs a file in the place of a cell; as in IPython its values are not shown. */
  async #runFile(file: string, request: Execution): Promise<Outcome> {
    let cells: readonly FileCell[];
    try {
      cells = cellsOfFile(file, this.#cells.folder);
    } catch (error) {
      return failed("MagicError", (error as Error).message);
    }
    for (const { code, name } of cells) {
      const outcome = await this.execute({ ...request, code, name, silent: true, expression: false });
      if (outcome.status === "error") return outcome;
    }
    return { status: "ok", result: null };
  }

  async #helpers(): Promise<Helpers> {
    const { folder } = this.#cells;
    const previous = await this.#cells.known();
    return { compiler: this.#compiler, previous, folder, look: (path) => this.#cells.look(path) };
  }

  /** Shows help below the cell, as IPython's pager. */
  #page(parent: ParentId, text: string): Outcome {
    this.#front.payload(parent, { source: "page", data: { "text/plain": text }, start: 0 });
    return { status: "ok", result: null };
  }

  async #present(expression: string): Promise<{ data: MimeBundle; metadata: Content }> {
    const outcome = await this.#cells.run({
      code: expression,
      source: expression,
      reset: false,
      cell: "Expression[0]",
      parent: 0,
      requestId: "",
      deletedCells: [],
      allowStdin: false,
      showResult: true,
      expression: true,
      debugged: true,
      shell: 0,
    });
    if (outcome.status === "error") throw new Error(outcome.error.evalue);
    return outcome.result ?? { data: {}, metadata: {} };
  }

  #fromChild(head: FromChild, buffers: readonly Buffer[]): void {
    const front = this.#front;
    switch (head.type) {
      case "inspector":
        this.#inspector.receive(head.message);
        break;
      case "stream":
        front.stream(head.name, head.text, head.parent);
        break;
      case "publish": {
        if (head.comm && isCommKind(head.kind)) front.noteComm({ kind: head.kind, ...head.comm });
        const [content, ...rest] = buffers;
        front.publish(head.kind, content!, head.parent, { metadata: head.metadata, buffers: rest });
        break;
      }
      case "input_request": {
        const { id, parent, prompt, password } = head;
        void front.ask(parent, { prompt, password }).then((value) => this.#cells.answerInput(id, value));
        break;
      }
      case "payload":
        front.payload(head.parent, head.payload);
        break;
      case "comm_target":
        front.noteTarget(head.name, head.registered);
    }
  }

  /** The process of the cells ended: no comm has another end any more, and the front ends are told so. */
  #lost(): void {
    this.#inspector.end();
    void this.#debugger.lost();
    this.#ran.clear();
    this.#editors.clear();
    this.#front.closeComms();
    this.#front.noteTarget(EDITING_TARGET, true);
  }
}

/** Which cell a front end runs, and which it has no more: JupyterLab and others say so. */
function cellsOf({ cellId, deletedCells }: Execution["metadata"]) {
  const deleted = Array.isArray(deletedCells) ? deletedCells.map(String) : [];
  return { cellId: typeof cellId === "string" ? cellId : undefined, deletedCells: deleted };
}

function failed(ename: string, evalue: string): Outcome {
  return { status: "error", error: { ename, evalue, traceback: [`${RED}${ename}${OFF}: ${evalue}`] } };
}
