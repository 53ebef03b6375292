import { printAs } from "../base/display-kind";
import type { SweepEvent } from "./conductor";
import type { SweepSoFar } from "./sweep-so-far";

/** What came of a sweep. */
export interface SweepResult extends SweepSoFar {
  /** Whether it came to its end, or was stopped and can go on. */
  readonly reason: "finished" | "stopped";
}

/** A sweep under way; made by `sweep`. */
export class SweepRun implements PromiseLike<SweepResult>, AsyncIterable<SweepEvent> {
  readonly #stop = new AbortController();
  readonly #events: SweepEvent[] = [];
  readonly #result: Promise<SweepResult>;
  #isOver = false;
  #listeners: (() => void)[] = [];

  /** Made by `sweep`. */
  constructor(run: (tell: (event: SweepEvent) => void, signal: AbortSignal) => Promise<SweepResult>) {
    const tell = (event: SweepEvent) => {
      this.#events.push(event);
      this.#wake();
    };
    this.#result = run(tell, this.#stop.signal).finally(() => {
      this.#isOver = true;
      this.#wake();
    });
    // Whoever awaits or iterates sees the error; who does neither must not crash the process.
    this.#result.catch(() => {});
    printAs(this, () => `sweep: ${this.#isOver ? "over" : "under way"}, ${this.#events.length} events so far`);
  }

  /** Ends the sweep after the steps under way, all saved; `sweep` goes on with it by `resume`. */
  stop(): void {
    this.#stop.abort();
  }

  // biome-ignore lint/suspicious/noThenProperty: `await sweep(…)` is the plainest way
  then<A = SweepResult, B = never>(
    onResult?: ((result: SweepResult) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(onResult, onError);
  }

  /** As a promise has it. */
  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<SweepResult | B> {
    return this.#result.catch(onError);
  }

  /** As a promise has it. */
  finally(onEnd?: (() => void) | null): Promise<SweepResult> {
    return this.#result.finally(onEnd);
  }

  /** The events, all of them, as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SweepEvent, void, undefined> {
    for (let next = 0; ; ) {
      while (next < this.#events.length) yield this.#events[next++] as SweepEvent;
      if (this.#isOver) break;
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
    await this.#result;
  }

  #wake(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
