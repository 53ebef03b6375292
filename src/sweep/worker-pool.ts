import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { VitlabError } from "../base/error";
import type { FromWorker, ToWorker } from "./worker-protocol";

const WORKER = join(__dirname, "..", "cli", "sweep", "worker.js");

export interface PoolEvents {
  /** A worker has nothing to do: a fresh one, or one whose work came to its end. */
  idle(worker: number): void;
  message(worker: number, message: Exclude<FromWorker, { type: "ready" }>): void;
  /** A worker's process ended, and how; another takes its place, which is idle later. */
  lost(worker: number, how: string): void;
  /** Workers end before they can do anything, which the error says. */
  broken(error: VitlabError): void;
}

/** Processes that train. */
export interface WorkerPool {
  /** What they compute with; known as soon as one is idle. */
  readonly engine: string;
  send(worker: number, message: ToWorker): void;
  /** Lets the workers go: one that trains saves where it stands before. */
  close(): void;
}

/** So many processes in a row may end before they were ready. */
const MOST_FAILURES = 3;

/** Starts processes that train, with so many threads each; one that ends is replaced. */
export function startWorkers(count: number, threads: number, events: PoolEvents): WorkerPool {
  const children = new Map<number, ChildProcess>();
  let engine = "";
  let closed = false;
  let failures = 0;

  const start = (worker: number): void => {
    const child = fork(WORKER, [], {
      // The engine and the operations of our own read the first, OpenMP's the second.
      env: {
        ...process.env,
        TF_NUM_INTRAOP_THREADS: String(threads),
        OMP_NUM_THREADS: String(threads),
        TF_CPP_MIN_LOG_LEVEL: "2",
      },
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    children.set(worker, child);
    let isReady = false;
    let said = "";
    child.stderr?.on("data", (text) => {
      said = (said + text).slice(-2000);
    });
    child.on("message", (message: FromWorker) => {
      if (closed) return;
      if (message.type === "ready") {
        isReady = true;
        failures = 0;
        engine = message.engine;
        events.idle(worker);
        return;
      }
      events.message(worker, message);
      if (message.type !== "measured") events.idle(worker);
    });
    const ended = (how: string) => {
      if (closed || children.get(worker) !== child) return;
      children.delete(worker);
      const lines = said.trim().split("\n");
      const why = `${how}${said.trim() ? `: ${lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)}` : ""}`;
      if (!isReady && ++failures >= MOST_FAILURES)
        return events.broken(new VitlabError(`the processes that train end before they begin (${why})`));
      events.lost(worker, why);
      start(worker);
    };
    child.on("error", (error) => ended(error.message));
    child.on("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
  };

  for (let worker = 0; worker < count; worker++) start(worker);
  return {
    get engine() {
      return engine;
    },
    send: (worker, message) => void children.get(worker)?.send(message, () => {}),
    close: () => {
      closed = true;
      for (const child of children.values()) if (child.connected) child.disconnect();
    },
  };
}
