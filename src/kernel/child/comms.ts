import { randomUUID } from "node:crypto";
import type { Comm, CommMessage, CommSendOptions, OpenCommOptions } from "../api";
import { complain } from "./complain";
import { type Context, createContext, endContext, enterContext, leaveContext } from "./context";
import { KeyboardInterrupt } from "./keyboard-interrupt";
import { send } from "./output-pipe";
import type { ToChild } from "./protocol";
import { publish } from "./publish";
import { endSpawned } from "./spawned";
import { nextTurn } from "./turns";

type CommCall = Extract<ToChild, { type: "comm" }>;
type Listener = (message: CommMessage) => unknown;
type OpenListener = (comm: Comm, message: CommMessage) => unknown;

interface OpenComm {
  readonly comm: Comm;
  readonly messages: Set<Listener>;
  readonly closes: Set<Listener>;
  closed: boolean;
}

/** The comms between the code of the cells and the front ends. */
export class Comms {
  readonly #comms = new Map<string, OpenComm>();
  readonly #targets = new Map<string, OpenListener>();
  /** Comm messages whose handlers are at work, with what they wait for. */
  readonly #contexts = new Set<Context>();
  #running: { readonly call: CommCall; readonly context: Context } | null = null;

  open(target: string, data: unknown = {}, options: OpenCommOptions = {}): Comm {
    const id = options.commId ?? randomUUID().replaceAll("-", "");
    if (this.#comms.has(id))
      throw new Error(`A comm with the id ${id} is open already: close it, or leave out commId.`);
    const { comm } = this.#add(id, target);
    publish("comm_open", { comm_id: id, target_name: target, data }, { ...options, comm: { id, target } });
    return comm;
  }

  registerTarget(target: string, handler: OpenListener): () => void {
    this.#targets.set(target, handler);
    send({ type: "comm_target", name: target, registered: true });
    return () => {
      if (this.#targets.get(target) !== handler) return;
      this.#targets.delete(target);
      send({ type: "comm_target", name: target, registered: false });
    };
  }

  /** Calls the handlers of a comm message; says "handled" when they returned. */
  handle(call: CommCall): void {
    nextTurn(() => {
      const context = createContext(call.parent, call.requestId, false);
      this.#running = { call, context };
      enterContext(context);
      try {
        for (const result of this.#dispatch(call)) this.#follow(context, result);
      } catch (error) {
        complain(error);
      }
      this.#running = null;
      nextTurn(() => send({ type: "handled", id: call.id }));
      leaveContext();
    });
  }

  /** Rejects what asynchronous handlers wait for. */
  interrupt(): void {
    for (const context of this.#contexts) {
      context.state = "interrupted";
      for (const reject of context.waiters) reject();
      endSpawned(context);
    }
  }

  /** Ends the handler whose JavaScript was broken. */
  broken(): void {
    if (!this.#running) return;
    const { call, context } = this.#running;
    this.#running = null;
    enterContext(context);
    complain(new KeyboardInterrupt("the handler of a comm message was interrupted"));
    leaveContext();
    endContext(context);
    endSpawned(context);
    send({ type: "handled", id: call.id });
  }

  #follow(context: Context, result: unknown): void {
    if (!(result instanceof Promise)) return;
    this.#contexts.add(context);
    result
      .catch((error) => {
        enterContext(context);
        complain(error);
      })
      .finally(() => this.#contexts.delete(context));
  }

  #dispatch({ kind, content, metadata, buffers }: CommCall): unknown[] {
    const { comm_id: id, target_name: target = "", data = {} } = content;
    const message = { data, metadata, buffers };
    if (kind === "comm_open") {
      const handler = this.#targets.get(target);
      if (!handler) {
        publish("comm_close", { comm_id: id, data: {} }, { comm: { id } });
        return [];
      }
      const { comm } = this.#add(id, target);
      try {
        return [handler(comm, message)];
      } catch (error) {
        comm.close();
        throw error;
      }
    }
    const open = this.#comms.get(id);
    if (!open) return [];
    if (kind === "comm_msg") return [...open.messages].map((listener) => guarded(listener, message));
    this.#comms.delete(id);
    open.closed = true;
    return [...open.closes].map((listener) => guarded(listener, message));
  }

  #add(id: string, target: string): OpenComm {
    const requireOpen = (): void => {
      if (open.closed) throw new Error(`The comm "${target}" is closed: open another one with openComm().`);
    };
    const open: OpenComm = {
      messages: new Set(),
      closes: new Set(),
      closed: false,
      comm: {
        commId: id,
        targetName: target,
        get closed() {
          return open.closed;
        },
        onMessage: (listener) => listen(open.messages, listener),
        onClose: (listener) => listen(open.closes, listener),
        send: (data: unknown, options?: CommSendOptions) => {
          requireOpen();
          publish("comm_msg", { comm_id: id, data }, { ...options, comm: { id } });
        },
        close: (data: unknown = {}, options?: CommSendOptions) => {
          if (open.closed) return;
          open.closed = true;
          this.#comms.delete(id);
          publish("comm_close", { comm_id: id, data }, { ...options, comm: { id } });
        },
      },
    };
    this.#comms.set(id, open);
    return open;
  }
}

function listen(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** One listener that throws must not keep the others from the message. */
function guarded(listener: Listener, message: CommMessage): unknown {
  try {
    return listener(message);
  } catch (error) {
    complain(error);
    return undefined;
  }
}
