import type { CommKind, Outcome, ParentId } from "../jupyter";
import { KernelError } from "../kernel-error";
import { Comms, isCommKind } from "./comms";
import type { Connection } from "./connection";
import { ExecutionQueue } from "./execution";
import { History, historyFile } from "./history";
import type { Content, Front, Language } from "./language";
import { type Message, PROTOCOL_VERSION } from "./message";
import { Parents } from "./parents";
import { Publisher } from "./publisher";
import { bindSockets, type RequestChannel, type Sockets } from "./sockets";
import { Subshells } from "./subshells";
import { Usage } from "./usage";

/** Answers a request; null where the protocol has no reply. */
type Handler = (message: Message) => Content | null | Promise<Content | null>;

/** A Jupyter kernel but for its language: takes requests from the sockets, has the language answer, keeps the protocol. */
export class KernelServer {
  readonly #language: Language;
  readonly #comms = new Comms(() => this.#queue.busy);
  readonly #parents = new Parents();
  readonly #publisher = new Publisher((message) => this.#sockets?.send("iopub", message));
  readonly #history = new History(historyFile());
  readonly #count = { next: 1 };
  readonly #queue = this.#newQueue(0);
  readonly #subshells = new Subshells((shell) => this.#newQueue(shell));
  readonly #channels = new WeakMap<Message, RequestChannel>();
  readonly #usage = new Usage();
  readonly #payloads = new Map<ParentId, Content[]>();
  /** Who waits for the input_reply of each client. */
  readonly #asked = new Map<string, (value: string) => void>();
  #sockets: Sockets | null = null;
  #exit: () => void = () => {};

  constructor(makeLanguage: (front: Front) => Language) {
    this.#language = makeLanguage(this.#front());
  }

  /** Binds the sockets and serves until a client asks for shutdown. Rejects when an address is taken. */
  async serve(connection: Connection): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#exit = resolve;
    });
    this.#sockets = await bindSockets(
      connection,
      (channel, message) => void this.#receive(channel, message),
      (channel, reason) =>
        process.stderr.write(`${this.#language.info.implementation} kernel: dropped on ${channel}: ${reason}\n`),
    );
    this.#publisher.publish("status", { execution_state: "starting" }, {});
    await ended;
  }

  async interrupt(): Promise<void> {
    await this.#language.interrupt?.();
  }

  /** Ends the language and sends what is still to be sent. */
  async close(): Promise<void> {
    this.#history.flush();
    this.#publisher.flush();
    const ended = this.#language.close?.();
    await Promise.all([ended, this.#sockets?.flushed()]);
    this.#sockets?.close();
    this.#exit();
  }

  #front(): Front {
    const header = (parent?: ParentId) => (parent === undefined ? this.#parents.latest : this.#parents.header(parent));
    return {
      stream: (name, text, parent) => this.#publisher.stream(name, text, header(parent)),
      publish: (type, content, parent, options) => this.#publisher.publish(type, content, header(parent), options),
      payload: (parent, payload) => void this.#payloads.set(parent, [...(this.#payloads.get(parent) ?? []), payload]),
      ask: (parent, question) => this.#ask(parent, { ...question }),
      noteComm: (comm) => this.#comms.note(comm),
      noteTarget: (target, registered) => this.#comms.noteTarget(target, registered),
      closeComms: () => {
        for (const id of this.#comms.clear()) {
          this.#publisher.publish("comm_close", { comm_id: id, data: {} }, this.#parents.latest);
        }
      },
    };
  }

  #newQueue(shell: number): ExecutionQueue {
    return new ExecutionQueue(
      {
        run: (code, request) => this.#run(code, request, shell),
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

  #run(
    code: string,
    { message, ...request }: { message: Message; count: number; silent: boolean; expression: boolean },
    shell: number,
  ): Promise<Outcome> {
    const { header, content, metadata } = message;
    return this.#language.execute({
      ...request,
      code,
      parent: this.#parents.add(message),
      requestId: header.msg_id,
      allowStdin: content.allow_stdin !== false,
      shell,
      metadata,
    });
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
    if (isCommKind(type) && !isCommContent(message)) return this.#pass(message);
    if (isCommKind(type) && this.#language.comm) await this.#comms.arrive(commHead(type, message));
    this.#status("busy", message);
    try {
      const content = handler ? await handler(message) : null;
      if (content) this.#reply(message, content);
    } catch (error) {
      const { name: ename, message: evalue } = error as Error;
      this.#reply(message, failure(ename, evalue));
    }
    this.#idle(message);
    if (type === "shutdown_request") return this.close();
  }

  #refuse(message: Message, ename: string, evalue: string): void {
    this.#status("busy", message);
    this.#reply(message, failure(ename, evalue));
    this.#idle(message);
  }

  /** What has no meaning, and no reply in which that could be said. */
  #pass(message: Message): void {
    this.#status("busy", message);
    this.#idle(message);
  }

  #idle(message: Message): void {
    this.#status("idle", message);
    // Front ends show the latest status, whatever it is about: a cell that runs is not over.
    const { current } = this.#queue;
    if (current && current !== message) this.#status("busy", current);
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    kernel_info_request: () => ({
      status: "ok",
      protocol_version: PROTOCOL_VERSION,
      ...this.#language.info,
      supported_features: [...(this.#language.debug ? ["debugger"] : []), "kernel subshells"],
    }),
    connect_request: () => ({ status: "ok" }),

    complete_request: async ({ content }) => {
      const { code, cursor, toPoints } = cursorOf(content);
      const found = (await this.#language.complete?.(code, cursor)) ?? { matches: [], start: cursor, end: cursor };
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
      const data = await this.#language.inspect?.(code, cursor, content.detail_level === 1 ? 1 : 0);
      return { status: "ok", found: data != null, data: data ?? {}, metadata: {} };
    },

    is_complete_request: async ({ content }) => ({
      ...((await this.#language.isComplete?.(textOf(content, "code"))) ?? { status: "unknown" }),
    }),

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
      const id = textOf(content, "subshell_id");
      return this.#subshells.delete(id) ? { status: "ok" } : failure("UnknownSubshell", `there is no subshell ${id}`);
    },
    list_subshell_request: () => ({ status: "ok", subshell_id: this.#subshells.list() }),

    debug_request: async ({ content }) => (await this.#language.debug?.(content)) ?? null,

    usage_request: () => this.#usage.read(),

    shutdown_request: ({ content, header }) => {
      const reply = { status: "ok", restart: content.restart === true };
      this.#publisher.publish("shutdown_reply", reply, header);
      return reply;
    },
  };

  async #comm(kind: CommKind, message: Message): Promise<null> {
    const { header, metadata, buffers } = message;
    const content = message.content as { comm_id: string; target_name?: string; data?: unknown };
    const parent = this.#parents.add(message);
    if (this.#language.comm) {
      await this.#language.comm({ kind, parent, requestId: header.msg_id, content, metadata, buffers });
    } else if (kind === "comm_open") {
      this.#publisher.publish("comm_close", { comm_id: content.comm_id, data: {} }, header);
    }
    return null;
  }

  #ask(parent: ParentId, question: Content): Promise<string> {
    return new Promise((resolve) => {
      const request = this.#parents.message(parent);
      if (!request) return;
      this.#publisher.flush();
      const { header, identities } = request;
      this.#asked.set(header.session, resolve);
      this.#sockets?.send("stdin", { type: "input_request", content: question, parent: header, identities });
    });
  }

  #answerInput({ header, content }: Message): void {
    const answer = this.#asked.get(header.session) ?? [...this.#asked.values()].pop();
    answer?.(typeof content.value === "string" ? content.value : "");
  }

  #takePayloads(message: Message): Content[] {
    const id = this.#parents.id(message);
    const payloads = this.#payloads.get(id) ?? [];
    this.#payloads.delete(id);
    return payloads;
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

function failure(ename: string, evalue: string): Content {
  return { status: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

/** A text of a request; none is the empty one. */
function textOf(content: Content, name: string): string {
  const text = content[name] ?? "";
  if (typeof text !== "string") throw new KernelError(`the request's ${name} is no text`);
  return text;
}

function isCommContent({ content }: Message): boolean {
  const { comm_id: id, target_name: target } = content;
  return typeof id === "string" && (target === undefined || typeof target === "string");
}

function commHead(kind: CommKind, { content }: Message) {
  const { comm_id, target_name } = content as { comm_id: string; target_name?: string };
  return { kind, id: comm_id, target: target_name };
}

/** Where the cursor is in JavaScript's UTF-16 units; the protocol counts Unicode code points. */
function cursorOf(content: Content) {
  const code = textOf(content, "code");
  const points = typeof content.cursor_pos === "number" ? content.cursor_pos : [...code].length;
  const cursor = [...code].slice(0, points).join("").length;
  return { code, cursor, toPoints: (units: number) => [...code.slice(0, units)].length };
}
