import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { FrameDecoder } from "../child/frames";
import { BREAK_IN, type FromChild, NODE_FLAGS, OUTPUT_FD, type ToChild, WATCHDOG_FD } from "../child/protocol";
import { endProcesses, family, processTable } from "../processes";
import { startFolder } from "./start-folder";

export interface ChildEvents {
  readonly frame: (head: FromChild, buffers: readonly Buffer[]) => void;
  /** Text that native code wrote to file descriptors 1 and 2. */
  readonly text: (name: "stdout" | "stderr", text: string) => void;
  /** The process ended, and a fresh one is ready or can't start; `reason` is a sentence for the user. */
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
  /** Resolves when it is gone, and all that it started. */
  close(): Promise<void>;
}

const MAIN = join(__dirname, "..", "child", "main.js");

/** So many processes in a row may fail to start; the next one is started when something is sent. */
const MOST_FAILURES = 3;
const NEXT_START_MS = 500;
/** For the last words of a process that died: what it started may hold its pipes open for long. */
const LAST_WORDS_MS = 200;

/** Starts the process of the cells, and a fresh one whenever it ends. */
export function startCellProcess(events: ChildEvents, main = MAIN): CellProcess {
  let child: ChildProcess;
  let closed = false;
  let ready = false;
  let failures = 0;
  let givenUp = false;
  let reason = "";
  /** How the process before this one ended: told when it is known what became of this one. */
  let untold = "";
  const unsent: ToChild[] = [];

  const start = () => {
    ready = false;
    givenUp = false;
    reason = "";
    const me = spawn(process.execPath, [...NODE_FLAGS, main], {
      cwd: startFolder(),
      stdio: ["ignore", "pipe", "pipe", "ipc", "pipe", "pipe"],
      serialization: "advanced",
      // A group of its own, by which what it started is found when it is no more.
      detached: true,
    });
    child = me;
    let said = "";
    let up = false;
    const early: (readonly ["stdout" | "stderr", string])[] = [];
    const becomeReady = () => {
      up = ready = true;
      failures = 0;
      if (untold) {
        // Its callers hear that it never ran.
        unsent.length = 0;
        events.died(untold);
      }
      untold = "";
      for (const [name, text] of early.splice(0)) events.text(name, text);
      for (const message of unsent.splice(0)) me.send(message, () => {});
    };
    const receive = (head: FromChild, buffers: readonly Buffer[]) => {
      if (head.type === "dying") reason = head.reason;
      else if (head.type === "ready") becomeReady();
      else events.frame(head, buffers);
    };
    for (const descriptor of [OUTPUT_FD, WATCHDOG_FD]) {
      const decoder = new FrameDecoder(receive);
      stdio(me, descriptor)
        ?.on("data", (chunk: Buffer) => decoder.push(chunk))
        .on("error", () => {});
    }
    for (const name of ["stdout", "stderr"] as const) {
      me[name]?.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4000);
        if (/^Waiting for the debugger|^Debugger (listening|attached|ending)|^For help, see: http/m.test(text)) return;
        if (up) events.text(name, text);
        // What keeps a process from starting is told in a sentence instead.
        else early.push([name, text]);
      });
    }
    let over = false;
    const ended = (how: string, why: string) => {
      if (closed || over || child !== me) return;
      over = true;
      if (ready) {
        untold = why;
        ready = false;
        start();
        return;
      }
      if (++failures < MOST_FAILURES) {
        setTimeout(() => closed || start(), NEXT_START_MS);
        return;
      }
      givenUp = true;
      unsent.length = 0;
      events.died(stillborn(how, said, untold !== ""));
      untold = "";
    };
    me.on("error", (error) => {
      if (me.pid === undefined) ended(error.message, "");
    });
    me.on("exit", (code, signal) => {
      if (!closed) void endProcesses([me.pid!]);
      const end = () => ended(signal ?? `exit code ${code}`, reason || obituary(code, signal, said));
      // When its pipes are drained, its last words have been shown.
      me.on("close", end);
      setTimeout(() => setImmediate(end), LAST_WORDS_MS);
    });
  };

  start();
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => {
      if (ready && child.connected) {
        child.send(message, () => {});
        return;
      }
      unsent.push(message);
      if (givenUp) start();
    },
    breakIn: () => stdio(child, WATCHDOG_FD)?.write(`${BREAK_IN}\n`),
    inspect: (line) => stdio(child, WATCHDOG_FD)?.write(line),
    kill: (why) => {
      reason = why;
      void end(child);
    },
    close: () => {
      closed = true;
      return end(child);
    },
  };
}

/** Ends the process at once; what it started is asked first. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const all = family(processTable(), [child.pid]);
  child.kill("SIGKILL");
  await endProcesses(all);
}

/** None where the process could not even be made. */
function stdio(child: ChildProcess, descriptor: number): Duplex | undefined {
  return (child.stdio as unknown[] | undefined)?.[descriptor] as Duplex | undefined;
}

/** Says that no process for the cells starts, and why. */
function stillborn(how: string, said: string, wasThere: boolean): string {
  const lines = said.trim().split("\n");
  const error = (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)!).trim();
  const what = wasThere
    ? "The process of the cells ended, its variables are lost, and a fresh one can't start"
    : "The process of the cells can't start";
  return `${what} (${how}${error ? `: ${error}` : ""}): mend that and run the cell again, or restart the kernel.`;
}

/** Says why a process ended and what that means. */
export function obituary(code: number | null, signal: string | null, said: string): string {
  const lost = "its variables are lost; a fresh process is ready.";
  if (/heap out of memory|Allocation failed|invalid table size/i.test(said)) {
    return `The cell used up the memory that JavaScript may have (V8's heap limit): ${lost} Keep less at once, or raise the limit with NODE_OPTIONS=--max-old-space-size=8192 (MB) before Jupyter starts.`;
  }
  if (signal === "SIGKILL") return `The process of the cells was killed, most often because memory ran out: ${lost}`;
  if (signal === "SIGTERM" || signal === "SIGINT" || signal === "SIGHUP") {
    return `The process of the cells was ended by another program or by itself (${signal}): ${lost}`;
  }
  if (signal) return `The process of the cells crashed (${signal}, a fault in native code): ${lost}`;
  return `The cell ended its process (process.exit(${code})): ${lost}`;
}
