/** Holds some work up until it is told to go on. */
export class Pause {
  #release: (() => void) | null = null;
  #held: Promise<void> = Promise.resolve();

  /** Whether work is to be held up. */
  get isOn(): boolean {
    return this.#release !== null;
  }

  begin(): void {
    if (this.#release) return;
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  end(): void {
    this.#release?.();
    this.#release = null;
  }

  /** Waits until it is over; resolves with the milliseconds that were waited. */
  async over(): Promise<number> {
    const start = performance.now();
    while (this.isOn) await this.#held;
    return performance.now() - start;
  }
}
