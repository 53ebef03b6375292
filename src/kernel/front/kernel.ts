import type { FromChild, ParentId } from "../child/protocol";
import { OFF, RED } from "../colors";
import { cellMagicCompleteness } from "../magics/completeness";
import { cellMagicCode, parseMagics } from "../magics/parse";
import { complete, type Helpers, inspect } from "./assistance";
import { type CellOutcome, Cells } from "./cells";
import { type CommKind, Comms } from "./comms";
import type { CompilerProcess } from "./compiler-process";
import type { Connection } from "./connection";
import { NotebookDebugger } from "./debugger/debugger";
import { InspectorLine } from "./debugger/inspector";
import { ExecutionQueue } from "./execution";
import { History, historyFile } from "./history";
import { kernelInfo } from "./kernel-info";
import type { Message } from "./message";
import { Parents } from "./parents";
import { Publisher } from "./publisher";
import { cellsOfFile, type FileCell } from "./run-file";
import { bindSockets, type RequestChannel, type Sockets } from "./sockets";
import { Subshells } from "./subshells";
import { Usage } from "./usage";

type Content = Record<string, unknown>;
/** Answers a request; null where the protocol has no reply. */
type Handler = (message: Message) => Content | null | Promise<Content | null>;

/** The front of the kernel: takes requests from the sockets, has cells compiled and run, answers. */
export class Kernel {
  readonly #compiler: CompilerProcess;
  readonly #cells: Cells;
  readonly #comms = new Comms(() => this.#queue.busy);
  readonly #parents = new Parents();
  readonly #publisher = new Publisher((message) => this.#sockets?.send("iopub", message));
  readonly #history = new History(historyFile());
  readonly #count = { next: 1 };
  readonly #queue: ExecutionQueue;
  readonly #subshells: Subshells;
  readonly #channels = new WeakMap<Message, RequestChannel>();
  readonly #inspector: InspectorLine;
  readonly #debugger: NotebookDebugger;
  readonly #usage = new Usage();
  readonly #payloads = new Map<ParentId, Content[]>();
  #sockets: Sockets | null = null;
  #exit: () => void = () => {};

  /** Starts the process of the cells. */
  constructor(compiler: CompilerProcess) {
    const say = (name: "stdout" | "stderr", text: string) => this.#publisher.stream(name, text, this.#parents.latest);
    this.#compiler = compiler;
    compiler.onTrouble = (sentence) => say("stderr", sentence);
    this.#cells = new Cells(this.#compiler, {
      frame: (head, buffers) => this.#fromChild(head, buffers),
      text: say,
      prepare: ({ cell, source }, { map, modules }) => this.#debugger.prepare(cell, source, map, modules),
      lost: () => this.#lost(),
    });
    this.#inspector = new InspectorLine(
      (line) => this.#cells.inspect(line),
      (method, params) => this.#debugger.hear(method, params),
    );
    this.#debugger = new NotebookDebugger({
      inspector: this.#inspector,
      event: (content) => this.#publisher.publish("debug_event", content, this.#parents.latest),
      present: (expression) => this.#present(expression),
      declare: (name) => this.#cells.declare(name),
    });
    this.#queue = this.#newQueue(0);
    this.#subshells = new Subshells((shell) => this.#newQueue(shell));
  }

  #newQueue(shell: number): ExecutionQueue {
    return new ExecutionQueue(
      {
        run: (code, request) => this.#run(code, { ...request, shell }),
        publish: (type, content, parent) => this.#publisher.publish(type, content, parent),
        busy: (message) => this.#status("busy", message),
        idle: (message) => this.#idle(message),
        reply: (message, content) => this.#reply(message, content),
        remember: (count, code) => this.#history.add(count, code),
        payloads: (message) => this.#takePayloads(message),
        drained: () => this.#comms.release(),
      },
      this.#count,
    );
  }

  /** Binds the sockets and serves until a client asks for shutdown. Rejects when an address is taken. */
  async serve(connection: Connection): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#exit = resolve;
    });
    this.#sockets = await bindSockets(
      connection,
      (channel, message) => void this.#receive(channel, message),
      (channel, reason) => process.stderr.write(`vitlab kernel: dropped on ${channel}: ${reason}\n`),
    );
    this.#publisher.publish("status", { execution_state: "starting" }, {});
    await ended;
  }

  /** Ends the cell that runs; one that the debugger has stopped goes on first. */
  async interrupt(): Promise<void> {
    await this.#debugger.release();
    await this.#cells.interrupt();
  }

  /** Ends the other processes and sends what is still to be sent. */
  async close(): Promise<void> {
    this.#history.flush();
    this.#publisher.flush();
    const ended = this.#cells.close();
    this.#compiler.close();
    await Promise.all([ended, this.#sockets?.flushed()]);
    this.#sockets?.close();
    this.#exit();
  }

  async #receive(channel: RequestChannel, message: Message): Promise<void> {
    this.#channels.set(message, channel);
    const type = message.header.msg_type;
    if (channel === "stdin") {
      if (type === "input_reply") this.#answerInput(message);
      return;
    }
    const { subshell_id: subshell } = message.header;
    const queue = subshell ? this.#subshells.queue(subshell) : this.#queue;
    if (!queue)
      return this.#refuse(
        message,
        "UnknownSubshell",
        `there is no subshell ${subshell}: it was deleted, or belonged to the kernel before a restart`,
      );
    if (type === "execute_request") return queue.add(message);
    const handler = Object.hasOwn(this.#handlers, type) ? this.#handlers[type] : undefined;
    if (isCommKind(type)) await this.#comms.arrive(commHead(type, message));
    this.#status("busy", message);
    try {
      const content = handler ? await handler(message) : null;
      if (content) this.#reply(message, content);
    } catch (error) {
      const { name: ename, message: evalue } = error as Error;
      this.#reply(message, { status: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] });
    }
    this.#idle(message);
    if (type === "shutdown_request") return this.close();
  }

  #refuse(message: Message, ename: string, evalue: string): void {
    this.#status("busy", message);
    this.#reply(message, { status: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] });
    this.#idle(message);
  }

  #idle(message: Message): void {
    this.#status("idle", message);
    // Front ends show the latest status, whatever it is about: a cell that runs is not over.
    const { current } = this.#queue;
    if (current && current !== message) this.#status("busy", current);
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    kernel_info_request: () => kernelInfo(),
    connect_request: () => ({ status: "ok" }),

    complete_request: async ({ content }) => {
      const { code, cursor, toPoints } = cursorOf(content);
      const found = await complete(code, cursor, await this.#helpers());
      const [start, end] = [toPoints(found.start), toPoints(found.end)];
      return {
        status: "ok",
        matches: found.matches.map((match) => match.text),
        cursor_start: start,
        cursor_end: end,
        metadata: {
          _jupyter_types_experimental: found.matches.map(({ text, kind, signature, documentation }) => ({
            text,
            type: kind,
            start,
            end,
            ...(signature ? { signature } : {}),
            ...(documentation ? { documentation } : {}),
          })),
        },
      };
    },

    inspect_request: async ({ content }) => {
      const { code, cursor } = cursorOf(content);
      const detail = content.detail_level === 1 ? 1 : 0;
      const found = await inspect(code, cursor, detail, await this.#helpers());
      const data = found ? { "text/plain": found.text, "text/markdown": found.markdown } : {};
      return { status: "ok", found: found !== null, data, metadata: {} };
    },

    is_complete_request: async ({ content }) => {
      const code = String(content.code);
      const ofCellMagic = cellMagicCompleteness(code);
      if (ofCellMagic) return { ...ofCellMagic };
      const parsed = parseMagics(code);
      if (parsed.kind !== "typescript") return { status: parsed.kind === "error" ? "invalid" : "complete" };
      return { ...(await this.#compiler.isComplete({ code: parsed.code })) };
    },

    history_request: ({ content }) => ({
      status: "ok",
      history: this.#history
        .find(content)
        .map(([session, line, source]) => [session, line, content.output ? [source, null] : source]),
    }),

    comm_info_request: ({ content }) => ({ status: "ok", comms: this.#comms.list(content.target_name) }),
    comm_open: (message) => this.#comm("comm_open", message),
    comm_msg: (message) => this.#comm("comm_msg", message),
    comm_close: (message) => this.#comm("comm_close", message),

    interrupt_request: async () => {
      await this.interrupt();
      return { status: "ok" };
    },

    create_subshell_request: () => ({ status: "ok", subshell_id: this.#subshells.create() }),
    delete_subshell_request: ({ content }) => {
      const id = String(content.subshell_id);
      if (this.#subshells.delete(id)) return { status: "ok" };
      const [ename, evalue] = ["UnknownSubshell", `there is no subshell ${id}`];
      return { status: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] };
    },
    list_subshell_request: () => ({ status: "ok", subshell_id: this.#subshells.list() }),

    debug_request: ({ content }) => this.#debugger.answer(content),

    usage_request: () => this.#usage.read(),

    shutdown_request: ({ content, header }) => {
      const reply = { status: "ok", restart: content.restart === true };
      this.#publisher.publish("shutdown_reply", reply, header);
      return reply;
    },
  };

  async #run(
    code: string,
    request: {
      message: Message;
      count: number;
      silent: boolean;
      expression: boolean;
      shell: number;
      name?: string;
    },
  ): Promise<CellOutcome> {
    const {
      message,
      count,
      silent,
      expression,
      shell,
      name = expression ? `Expression[${count}]` : `Cell[${count}]`,
    } = request;
    const parent = this.#parents.add(message);
    const parsed = expression ? ({ kind: "typescript", code } as const) : parseMagics(code);
    if (parsed.kind === "error") return failed("MagicError", parsed.message);
    if (parsed.kind === "run") return this.#runFile(parsed.file, message, count, shell);
    if (parsed.kind === "page") return this.#page(parent, parsed.text);
    if (parsed.kind === "inspect") {
      const found = await inspect(parsed.code, parsed.cursor, parsed.detail, await this.#helpers());
      return found ? this.#page(parent, found.text) : failed("MagicError", `There is nothing called ${parsed.code}.`);
    }
    return this.#cells.run({
      code: parsed.kind === "cell" ? cellMagicCode(parsed) : parsed.code,
      source: code,
      reset: parsed.kind === "typescript" && "reset" in parsed && parsed.reset === true,
      cell: name,
      parent,
      requestId: message.header.msg_id,
      ...cellsOf(message),
      allowStdin: message.content.allow_stdin !== false,
      showResult: !silent || expression,
      expression,
      debugged: this.#debugger.isStarted,
      shell,
    });
  }

  /** Runs a file in the place of a cell; as in IPython its values are not shown. */
  async #runFile(file: string, message: Message, count: number, shell: number): Promise<CellOutcome> {
    let cells: readonly FileCell[];
    try {
      cells = cellsOfFile(file, this.#cells.folder);
    } catch (error) {
      return failed("MagicError", (error as Error).message);
    }
    for (const { code, name } of cells) {
      const outcome = await this.#run(code, { message, count, silent: true, expression: false, shell, name });
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
  #page(parent: ParentId, text: string): CellOutcome {
    this.#addPayload(parent, { source: "page", data: { "text/plain": text }, start: 0 });
    return { status: "ok", result: null };
  }

  #addPayload(parent: ParentId, payload: Content): void {
    this.#payloads.set(parent, [...(this.#payloads.get(parent) ?? []), payload]);
  }

  async #present(expression: string): Promise<{ data: Content; metadata: Content }> {
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

  async #comm(kind: CommKind, message: Message): Promise<null> {
    const { metadata, buffers } = message;
    const content = message.content as { comm_id: string; target_name?: string; data?: unknown };
    const { msg_id: requestId } = message.header;
    await this.#cells.comm({ kind, parent: this.#parents.add(message), requestId, content, metadata, buffers });
    return null;
  }

  #fromChild(head: FromChild, buffers: readonly Buffer[]): void {
    switch (head.type) {
      case "inspector":
        this.#inspector.receive(head.message);
        break;
      case "stream":
        this.#publisher.stream(head.name, head.text, this.#parents.header(head.parent));
        break;
      case "publish": {
        if (head.comm && isCommKind(head.kind)) this.#comms.note({ kind: head.kind, ...head.comm });
        const [content, ...rest] = buffers;
        const options = { metadata: head.metadata, buffers: rest };
        this.#publisher.publish(head.kind, content!, this.#parents.header(head.parent), options);
        break;
      }
      case "input_request":
        this.#askInput(head.id, head.parent, { prompt: head.prompt, password: head.password });
        break;
      case "payload":
        this.#addPayload(head.parent, head.payload);
        break;
      case "comm_target":
        this.#comms.noteTarget(head.name, head.registered);
    }
  }

  #askInput(id: number, parent: ParentId, content: Content): void {
    const request = this.#parents.message(parent);
    if (!request) return;
    this.#publisher.flush();
    this.#asked.set(request.header.session, id);
    const { header, identities } = request;
    this.#sockets?.send("stdin", { type: "input_request", content, parent: header, identities });
  }

  /** The input_request that each client has open. */
  readonly #asked = new Map<string, number>();

  #answerInput(message: Message): void {
    const id = this.#asked.get(message.header.session) ?? [...this.#asked.values()].pop();
    if (id !== undefined) this.#cells.answerInput(id, String(message.content.value ?? ""));
  }

  #takePayloads(message: Message): Content[] {
    const id = this.#parents.id(message);
    const payloads = this.#payloads.get(id) ?? [];
    this.#payloads.delete(id);
    return payloads;
  }

  /** The process of the cells ended: no comm has another end any more, and the front ends are told so. */
  #lost(): void {
    this.#inspector.end();
    void this.#debugger.lost();
    for (const id of this.#comms.clear()) {
      this.#publisher.publish("comm_close", { comm_id: id, data: {} }, this.#parents.latest);
    }
  }

  #status(state: "busy" | "idle", message: Message): void {
    this.#publisher.publish("status", { execution_state: state }, message.header);
  }

  #reply(message: Message, content: Content): void {
    this.#publisher.flush();
    this.#sockets?.send(this.#channels.get(message) ?? "shell", {
      type: message.header.msg_type.replace(/_request$/, "_reply"),
      content,
      parent: message.header,
      identities: message.identities,
    });
  }
}

function isCommKind(type: string): type is CommKind {
  return type === "comm_open" || type === "comm_msg" || type === "comm_close";
}

function commHead(kind: CommKind, { content }: Message) {
  const { comm_id, target_name } = content as { comm_id: string; target_name?: string };
  return { kind, id: comm_id, target: target_name };
}

/** Which cell a front end runs, and which it has no more: JupyterLab and others say so. */
function cellsOf({ metadata }: Message): { cellId?: string; deletedCells: readonly string[] } {
  const { cellId, deletedCells } = metadata;
  const deleted = Array.isArray(deletedCells) ? deletedCells.map(String) : [];
  return typeof cellId === "string" ? { cellId, deletedCells: deleted } : { deletedCells: deleted };
}

function failed(ename: string, evalue: string): CellOutcome {
  return { status: "error", error: { ename, evalue, traceback: [`${RED}${ename}${OFF}: ${evalue}`] } };
}

/** Where the cursor is in JavaScript's UTF-16 units; the protocol counts Unicode code points. */
function cursorOf(content: Content) {
  const code = String(content.code ?? "");
  const points = typeof content.cursor_pos === "number" ? content.cursor_pos : [...code].length;
  const cursor = [...code].slice(0, points).join("").length;
  return { code, cursor, toPoints: (units: number) => [...code.slice(0, units)].length };
}
