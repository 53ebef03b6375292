import type { Header, Outgoing } from "./message";

const INTERVAL_MS = 20;
const LARGEST_TEXT = 65_536;

interface Pending {
  readonly name: string;
  readonly parent: Partial<Header>;
  readonly texts: string[];
  size: number;
}

/**
 * What goes out on iopub, in order. Stream text is collected for 20 ms or 64 KB: 100,000 lines become some dozens of
 * messages, and no subscriber drowns.
 */
export class Publisher {
  #pending: Pending | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly send: (message: Outgoing) => void) {}

  publish(
    type: string,
    content: Record<string, unknown> | Buffer,
    parent: Partial<Header>,
    options: { readonly metadata?: Record<string, unknown>; readonly buffers?: readonly Uint8Array[] } = {},
  ): void {
    this.flush();
    this.send({ type, content, parent, identities: [Buffer.from(type)], ...options });
  }

  stream(name: "stdout" | "stderr", text: string, parent: Partial<Header>): void {
    if (text === "") return;
    if (this.#pending && (this.#pending.name !== name || this.#pending.parent !== parent)) this.flush();
    this.#pending ??= { name, parent, texts: [], size: 0 };
    this.#pending.texts.push(text);
    this.#pending.size += text.length;
    if (this.#pending.size >= LARGEST_TEXT) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const pending = this.#pending;
    this.#pending = null;
    if (!pending) return;
    const content = { name: pending.name, text: pending.texts.join("") };
    this.send({ type: "stream", content, parent: pending.parent, identities: [Buffer.from("stream")] });
  }
}
