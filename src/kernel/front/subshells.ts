import { randomUUID } from "node:crypto";
import type { ExecutionQueue } from "./execution";

interface Subshell {
  readonly number: number;
  readonly queue: ExecutionQueue;
}

/**
 * Queues beside the notebook's own (JEP 91): a cell of one runs while another awaits, as far as JavaScript lets it, in
 * the same process and with the same variables.
 */
export class Subshells {
  readonly #all = new Map<string, Subshell>();

  /** `makeQueue` is given a number from 1 on, which no other subshell has at the time. */
  constructor(private readonly makeQueue: (shell: number) => ExecutionQueue) {}

  create(): string {
    const taken = new Set([...this.#all.values()].map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number++;
    const id = randomUUID();
    this.#all.set(id, { number, queue: this.makeQueue(number) });
    return id;
  }

  /** What runs in it comes to its end, what waits is answered as aborted; false where there is none of that name. */
  delete(id: string): boolean {
    const subshell = this.#all.get(id);
    subshell?.queue.abort();
    return this.#all.delete(id);
  }

  list(): string[] {
    return [...this.#all.keys()];
  }

  queue(id: string): ExecutionQueue | undefined {
    return this.#all.get(id)?.queue;
  }
}
