import { setImmediate as nextTurn } from "node:timers/promises";
import { count } from "../present/cut-text";
import { formatTime } from "./format-time";

export interface TimeitOptions {
  /** Calls a run. Default: the first power of ten that takes at least 0.2 s. */
  readonly loops?: number;
  /** Default 7. */
  readonly runs?: number;
}

export interface Timing {
  readonly loops: number;
  /** Seconds a call, of each run. */
  readonly runs: readonly number[];
}

const LONG_ENOUGH = 0.2;

/** Measures how long a function takes; awaits what it returns where that is a promise. Throws the signal's reason when it is aborted. */
export async function timeit(run: () => unknown, options: TimeitOptions, signal: AbortSignal): Promise<Timing> {
  const first = run();
  const asynchronous = isThenable(first);
  await first;
  const seconds = async (loops: number): Promise<number> => {
    // Without a turn of the event loop in between, an interrupt could not be heard of.
    await nextTurn();
    signal.throwIfAborted();
    return asynchronous ? awaited(run, loops, signal) : called(run, loops);
  };
  let loops = options.loops ?? 1;
  if (options.loops === undefined) while ((await seconds(loops)) < LONG_ENOUGH && loops < 1e9) loops *= 10;
  const runs: number[] = [];
  for (let i = 0; i < (options.runs ?? 7); i++) runs.push((await seconds(loops)) / loops);
  return { loops, runs };
}

/** `12.3 µs ± 0.4 µs per loop (mean ± std. dev. of 7 runs, 10,000 loops each)`, with a warning where the runs differ much. */
export function timingText({ loops, runs }: Timing): string {
  const mean = runs.reduce((sum, one) => sum + one, 0) / runs.length;
  const deviation = Math.sqrt(runs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / runs.length);
  const [best, worst] = [Math.min(...runs), Math.max(...runs)];
  const warning =
    worst > 4 * best && best > 0 && worst > 1e-6
      ? `The slowest run took ${(worst / best).toFixed(2)} times longer than the fastest. ` +
        "This could mean that an intermediate result is being cached.\n"
      : "";
  const of = `mean ± std. dev. of ${runs.length} run${runs.length === 1 ? "" : "s"}`;
  const each = `${count(loops)} loop${loops === 1 ? "" : "s"} each`;
  return `${warning}${formatTime(mean)} ± ${formatTime(deviation)} per loop (${of}, ${each})\n`;
}

function called(run: () => unknown, loops: number): number {
  const start = performance.now();
  for (let i = 0; i < loops; i++) run();
  return (performance.now() - start) / 1e3;
}

async function awaited(run: () => unknown, loops: number, signal: AbortSignal): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < loops; i++) {
    await run();
    signal.throwIfAborted();
  }
  return (performance.now() - start) / 1e3;
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
