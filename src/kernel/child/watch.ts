import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { SharedState, shared } from "./shared-state";
import type { FromWatchdog, ToWatchdog } from "./watchdog";

export interface Watchdog {
  /** Has the cell broken when it doesn't come to its end `within` milliseconds after `interrupt`. */
  expectEnd(interrupt: number, within: number): void;
  /** The cell came to its end. */
  settled(interrupt: number): void;
  /** A process was started that main doesn't wait for, or ended. */
  child(pid: number, runs: boolean): void;
}

/** Starts the thread that breaks blocked JavaScript; `onBroken` is called after it did. */
export function startWatchdog(onBroken: () => void): Watchdog {
  const worker = new Worker(join(__dirname, "watchdog.js"), { workerData: { shared }, execArgv: [] });
  worker.unref();
  worker.on("message", (message: FromWatchdog) => {
    if (message.type === "ping") Atomics.store(shared, SharedState.pong, message.id);
    else onBroken();
  });
  const tell = (message: ToWatchdog) => worker.postMessage(message);
  return {
    expectEnd: (interrupt, within) => tell({ type: "expect", interrupt, within }),
    child: (pid, runs) => tell({ type: "child", pid, runs }),
    settled: (interrupt) => Atomics.store(shared, SharedState.settled, interrupt),
  };
}

// Where somebody listens already, libraries such as a training run listen, too.
const kernelListener = () => {};

/** Keeps the watchdog informed of who listens to SIGINT, beside the kernel. */
export function countSigintListeners(): void {
  process.on("SIGINT", kernelListener);
  const store = (count: number) => Atomics.store(shared, SharedState.listeners, count);
  process.on("newListener", (event) => {
    // Comes before the listener is there: with the kernel's own, the count is right already.
    if (event === "SIGINT") store(process.listenerCount("SIGINT"));
  });
  process.on("removeListener", (event) => {
    if (event === "SIGINT") store(sigintListeners().length);
  });
}

/** Who listens to SIGINT, beside the kernel. */
export function sigintListeners(): NodeJS.SignalsListener[] {
  // Raw: a listener that was added by once() takes itself away.
  return process.rawListeners("SIGINT").filter((listener) => listener !== kernelListener) as NodeJS.SignalsListener[];
}
