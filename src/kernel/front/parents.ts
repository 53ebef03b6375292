import type { ParentId } from "../jupyter";
import type { Header, Message } from "./message";

/** A timer may print long after its cell; this many requests are remembered. */
const MOST = 5000;

/** Numbers requests for the process of the cells, so that every output finds the request that it belongs to. */
export class Parents {
  readonly #messages = new Map<ParentId, Message>();
  readonly #ids = new WeakMap<Message, ParentId>();
  #next: ParentId = 0;
  #latest: Partial<Header> = {};

  /** The request that was added last. */
  get latest(): Partial<Header> {
    return this.#latest;
  }

  add(message: Message): ParentId {
    const known = this.#ids.get(message);
    if (known !== undefined) return known;
    const id = ++this.#next;
    // Contents may be large, a whole notebook say; nobody asks for them again.
    const kept = { ...message, content: {}, buffers: [] };
    this.#messages.set(id, kept);
    this.#ids.set(message, id);
    if (message.header.msg_type === "execute_request") this.#latest = message.header;
    if (this.#messages.size > MOST) this.#messages.delete(this.#messages.keys().next().value!);
    return id;
  }

  id(message: Message): ParentId {
    return this.#ids.get(message) ?? 0;
  }

  message(id: ParentId): Message | undefined {
    return this.#messages.get(id);
  }

  header(id: ParentId): Partial<Header> {
    return this.#messages.get(id)?.header ?? this.#latest;
  }
}
