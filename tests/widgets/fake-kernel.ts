import { afterEach, beforeEach } from "vitest";
import type { CommMessage } from "../../src/widgets/kernel-comms";

/** A message of the kernel to the front end: of a comm_open, `target` is there. */
export interface Sent {
  readonly target?: string;
  readonly id: string;
  readonly data: Record<string, unknown>;
  readonly metadata?: Record<string, unknown>;
  readonly buffers?: readonly Uint8Array[];
}

/** What was shown, by `display` of the kernel. */
export interface Shown {
  readonly value: unknown;
  readonly displayId?: string;
  readonly update?: boolean;
}

const KERNEL = Symbol.for("vitlab.kernel");
const global = globalThis as Record<symbol, unknown>;

/** A kernel whose comms are lists: what was sent, what was closed, and messages of a front end. */
export class FakeKernel {
  sent: Sent[] = [];
  readonly closed: string[] = [];
  readonly shown: Shown[] = [];
  readonly reruns = new Set<() => void>();
  readonly #listeners = new Map<string, (message: CommMessage) => void>();

  /** For each test a new one; `remove` leaves none. */
  install(): void {
    global[KERNEL] = {
      requestId: "request-1",
      present: async (value: unknown) => ({ data: { "text/plain": String(value) }, metadata: {} }),
      onRerun: (listener: () => void) => {
        this.reruns.add(listener);
        return () => this.reruns.delete(listener);
      },
      openComm: (target: string, data: Record<string, unknown>, options: Omit<Sent, "id" | "data">) => {
        const id = `comm-${this.sent.filter((one) => one.target !== undefined).length}`;
        this.sent.push({ target, id, data, ...options });
        return {
          commId: id,
          onMessage: (listener: (message: CommMessage) => void) => this.#listeners.set(id, listener),
          send: (message: Record<string, unknown>, more: Omit<Sent, "id" | "data">) =>
            this.sent.push({ id, data: message, ...more }),
          close: () => this.closed.push(id),
        };
      },
      show: async (value: unknown, options: Omit<Shown, "value"> = {}) => {
        const shown = await value;
        if (typeof shown === "object" && shown !== null && "toJSON" in shown) throw new TypeError("no JSON");
        this.shown.push({ value: shown, ...options });
      },
    };
  }

  remove(): void {
    delete global[KERNEL];
  }

  /** The states that the comms were opened with, by their ids. */
  get opened(): ReadonlyMap<string, Record<string, unknown>> {
    const opens = this.sent.filter(({ target }) => target !== undefined);
    return new Map(opens.map(({ id, data }) => [id, data.state as Record<string, unknown>]));
  }

  /** What the kernel said of a widget after it was opened: method and state of each message. */
  said({ modelId }: { readonly modelId: string | undefined }): [unknown, unknown][] {
    const messages = this.sent.filter(({ id, target }) => id === modelId && target === undefined);
    return messages.map(({ data }) => [data.method, data.state]);
  }

  /** A message of the front end. */
  receive(id: string | undefined, data: unknown, buffers: readonly Uint8Array[] = []): void {
    this.#listeners.get(id ?? "")?.({ data, buffers });
  }

  /** The front end changes values of a widget. */
  update({ modelId }: { readonly modelId: string | undefined }, state: Record<string, unknown>): void {
    this.receive(modelId, { method: "update", state, buffer_paths: [] });
  }
}

/** A fake kernel for each test of a file. */
export function fakeKernel(): () => FakeKernel {
  let kernel: FakeKernel;
  beforeEach(() => {
    kernel = new FakeKernel();
    kernel.install();
  });
  afterEach(() => kernel.remove());
  return () => kernel;
}
