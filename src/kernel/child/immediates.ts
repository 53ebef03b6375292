type Callback = (...args: unknown[]) => unknown;

/** What setImmediate() returns: the process lives as long as its front, so nothing keeps it alive or lets it go. */
export class CellImmediate {
  readonly #callback: Callback;
  readonly #args: unknown[];
  cleared = false;

  constructor(callback: Callback, args: unknown[]) {
    this.#callback = callback;
    this.#args = args;
  }

  run(): void {
    if (!this.cleared) this.#callback(...this.#args);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

const { setImmediate, clearImmediate } = globalThis;
const queue: CellImmediate[] = [];

/**
 * setImmediate() with one callback at a time in the queue of Node.js. When JavaScript is broken in a callback that was
 * not the first of its batch, that queue is left in a state in which the event loop never turns again.
 */
export function queueImmediate(callback: Callback, ...args: unknown[]): CellImmediate {
  const immediate = new CellImmediate(callback, args);
  queue.push(immediate);
  if (queue.length === 1) setImmediate(runNext);
  return immediate;
}

export function clearQueuedImmediate(immediate: unknown): void {
  if (immediate instanceof CellImmediate) immediate.cleared = true;
  else clearImmediate(immediate as NodeJS.Immediate);
}

/** Goes on after JavaScript was broken: the turn that was asked of Node.js may be lost. */
export function reviveImmediates(): void {
  if (queue.length > 0) setImmediate(runNext);
}

function runNext(): void {
  const next = queue.shift();
  // Before the callback, which may throw or be broken.
  if (queue.length > 0) setImmediate(runNext);
  next?.run();
}
