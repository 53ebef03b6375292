import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { FrameDecoder } from "../child/frames";
import { BREAK_IN, type FromChild, OUTPUT_FD, type ToChild, WATCHDOG_FD } from "../child/protocol";

export interface ChildEvents {
  readonly frame: (head: FromChild, buffers: readonly Buffer[]) => void;
  /** Text that native code wrote to file descriptors 1 and 2. */
  readonly text: (name: "stdout" | "stderr", text: string) => void;
  /** The process ended by itself; `reason` is a sentence for the user. A fresh one has been started. */
  readonly died: (reason: string) => void;
}

/** The process in which the cells run, with the line to its watchdog. */
export interface CellProcess {
  readonly pid: number | undefined;
  send(message: ToChild): void;
  /** Breaks JavaScript that blocks the main thread. */
  breakIn(): void;
  /** Writes a line of the inspector protocol to the watchdog. */
  inspect(line: string): void;
  /** Ends the process; `died` is told. */
  kill(reason: string): void;
  close(): void;
}

const MAIN = join(__dirname, "..", "child", "main.js");

/** Starts the process of the cells, and a fresh one whenever it ends. */
export function startCellProcess(events: ChildEvents): CellProcess {
  let child: ChildProcess;
  let closed = false;
  let startedAt = 0;
  let reason = "";
  const unsent: ToChild[] = [];

  const start = () => {
    startedAt = Date.now();
    // Terminating JavaScript in the middle of a callback trips this check of Node's.
    const me = spawn(process.execPath, ["--no-force-async-hooks-checks", MAIN], {
      stdio: ["ignore", "pipe", "pipe", "ipc", "pipe", "pipe"],
      serialization: "advanced",
    });
    child = me;
    let said = "";
    reason = "";
    const receive = (head: FromChild, buffers: readonly Buffer[]) => {
      if (head.type === "dying") reason = head.reason;
      else events.frame(head, buffers);
    };
    for (const descriptor of [OUTPUT_FD, WATCHDOG_FD]) {
      const decoder = new FrameDecoder(receive);
      stdio(me, descriptor)
        .on("data", (chunk: Buffer) => decoder.push(chunk))
        .on("error", () => {});
    }
    for (const name of ["stdout", "stderr"] as const) {
      me[name]!.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4000);
        if (!/^Waiting for the debugger|^Debugger (listening|attached|ending)|^For help, see: http/m.test(text)) {
          events.text(name, text);
        }
      });
    }
    me.on("error", () => {});
    for (const message of unsent.splice(0)) me.send(message);
    // "close" comes when the pipes are drained: the last words of a process that died are shown.
    me.on("close", (code, signal) => {
      if (closed || child !== me) return;
      const tooFast = Date.now() - startedAt < 200;
      const why = reason || obituary(code, signal, said);
      const goOn = () => {
        start();
        events.died(why);
      };
      setTimeout(goOn, tooFast ? 500 : 0);
    });
  };

  start();
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => {
      if (child.connected) child.send(message);
      else unsent.push(message);
    },
    breakIn: () => stdio(child, WATCHDOG_FD).write(`${BREAK_IN}\n`),
    inspect: (line) => stdio(child, WATCHDOG_FD).write(line),
    kill: (why) => {
      reason = why;
      child.kill("SIGKILL");
    },
    close: () => {
      closed = true;
      child.kill("SIGKILL");
    },
  };
}

function stdio(child: ChildProcess, descriptor: number): Duplex {
  return (child.stdio as unknown[])[descriptor] as Duplex;
}

/** Says why a process ended and what that means. */
export function obituary(code: number | null, signal: string | null, said: string): string {
  const lost = "its variables are lost; a fresh process is ready.";
  if (/heap out of memory|Allocation failed|invalid table size/i.test(said)) {
    return `The cell used up the memory that JavaScript may have (V8's heap limit): ${lost} Keep less at once, or raise the limit with NODE_OPTIONS=--max-old-space-size=8192 (MB) before Jupyter starts.`;
  }
  if (signal === "SIGKILL") return `The process of the cells was killed, most often because memory ran out: ${lost}`;
  if (signal) return `The process of the cells crashed (${signal}, a fault in native code): ${lost}`;
  return `The cell ended its process (process.exit(${code})): ${lost}`;
}
