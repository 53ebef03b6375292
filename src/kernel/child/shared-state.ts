/** What the main thread and its watchdog share: an Int32Array, one number for each of these. */
export const SharedState = {
  /** How many listeners of SIGINT there are beside the kernel's own. */
  listeners: 0,
  /** The last ping of the watchdog that the main thread answered. */
  pong: 1,
  /** The last interrupt after which the cell came to its end. */
  settled: 2,
  /** Who holds the output: FREE, WRITING or BREAKING. */
  output: 3,
  /** 1 while the watchdog waits for the output. */
  wanted: 4,
  /** How many times the watchdog broke in. */
  breaks: 5,
  /** When what runs began: seconds since 1970, as far as they fit. */
  began: 6,
} as const;

/** The time now, for SharedState.began. */
export function seconds(): number {
  return (Date.now() / 1000) | 0;
}

export const SHARED_BYTES = 7 * Int32Array.BYTES_PER_ELEMENT;

/** Values of SharedState.output. A thread that is broken while it writes would leave half a frame behind. */
export const FREE = 0;
export const WRITING = 1;
export const BREAKING = 2;

export const shared = new Int32Array(new SharedArrayBuffer(SHARED_BYTES));
