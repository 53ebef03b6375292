import type { InspectorMessage } from "../../child/protocol";

/** Node's inspector protocol, reached through the watchdog, which answers even while the cell is stopped. */
export interface Inspector {
  /** Rejects with the inspector's message. */
  post(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** One side of a conversation in lines of JSON: `{id, method, params}` out, `{id, result | error}` and `{method, params}` in. */
export class InspectorLine implements Inspector {
  #next = 0;
  readonly #waiting = new Map<number, { resolve: (r: Record<string, unknown>) => void; reject: (e: Error) => void }>();

  constructor(
    private readonly write: (line: string) => void,
    private readonly event: (method: string, params: Record<string, unknown>) => void,
  ) {}

  post(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#next;
      this.#waiting.set(id, { resolve, reject });
      this.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  receive({ id, method, params = {}, result = {}, error }: InspectorMessage): void {
    if (method !== undefined) {
      this.event(method, params);
      return;
    }
    const call = this.#waiting.get(id!);
    this.#waiting.delete(id!);
    if (error !== undefined) call?.reject(new Error(error));
    else call?.resolve(result);
  }

  /** The other side is gone: all calls reject. */
  end(): void {
    for (const call of this.#waiting.values()) call.reject(new Error("the process of the cells ended"));
    this.#waiting.clear();
  }
}
