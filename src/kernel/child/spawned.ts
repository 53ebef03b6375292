import type childProcess from "node:child_process";
import { ChildProcess } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";
import { endProcesses, INTERRUPT } from "../processes";
import { type Context, currentContext } from "./context";

/** The processes and threads that run, with the piece of JavaScript that started them. */
const children = new Map<number, Context>();
const workers = new Map<threads.Worker, Context>();

/** Remembers who starts processes and workers; `tell` hears of each process that comes and goes. */
export function trackSpawned(tell: (pid: number, runs: boolean) => void): void {
  const { spawn } = ChildProcess.prototype as unknown as { spawn: (options: unknown) => unknown };
  Object.assign(ChildProcess.prototype, {
    // What spawn, exec, execFile and fork have in common.
    spawn(this: childProcess.ChildProcess, options: unknown) {
      const result = spawn.call(this, options);
      const { pid } = this;
      if (pid === undefined) return result;
      children.set(pid, currentContext());
      tell(pid, true);
      this.once("exit", () => {
        children.delete(pid);
        tell(pid, false);
      });
      return result;
    },
  });
  const { Worker: NodeWorker } = threads;
  threads.Worker = class Worker extends NodeWorker {
    constructor(...args: ConstructorParameters<typeof NodeWorker>) {
      super(...args);
      workers.set(this, currentContext());
      this.once("exit", () => workers.delete(this));
    }
  };
  syncBuiltinESMExports();
}

/** Ends the processes and workers that `context` started. */
export function endSpawned(context: Context): void {
  const pids = [...children].filter(([, owner]) => owner === context).map(([pid]) => pid);
  if (pids.length > 0) void endProcesses(pids, { signals: INTERRUPT });
  for (const [worker, owner] of workers) if (owner === context) void worker.terminate();
}
