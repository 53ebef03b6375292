/** Node's inspector protocol, reached through the watchdog, which answers even while the cell is stopped. */
export interface Inspector {
  /** Rejects with the inspector's message. */
  post(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** One side of a conversation in lines of JSON: `{id, method, params}` out, `{id, result | error}` and `{method, params}` in. */
export class InspectorLine implements Inspector {
  #next = 0;
  #rest = "";
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

  /** Takes what came over the line, in pieces of any size. */
  receive(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const message = JSON.parse(line) as {
        id?: number;
        method?: string;
        params?: Record<string, unknown>;
        result?: Record<string, unknown>;
        error?: string;
      };
      if (message.method !== undefined) {
        this.event(message.method, message.params ?? {});
        continue;
      }
      const call = this.#waiting.get(message.id!);
      this.#waiting.delete(message.id!);
      if (message.error !== undefined) call?.reject(new Error(message.error));
      else call?.resolve(message.result ?? {});
    }
  }

  /** The other side is gone: all calls reject. */
  end(): void {
    for (const call of this.#waiting.values()) call.reject(new Error("the process of the cells ended"));
    this.#waiting.clear();
    this.#rest = "";
  }
}
