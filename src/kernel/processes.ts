import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessEntry {
  readonly pid: number;
  /** The parent, 1 or another process of the system where that ended. */
  readonly parent: number;
  readonly group: number;
  /** Seconds since it was started. */
  readonly age: number;
  /** Seconds for which it has had a CPU. */
  readonly cpu: number;
  /** Bytes in memory, those that it shares with others as well. */
  readonly memory: number;
}

export interface EndOptions {
  /** One after the other, until nothing is left. */
  readonly signals?: readonly NodeJS.Signals[];
  /** How long each signal has to take effect; after the last one, too, they are gone a moment later. */
  readonly graceMs?: number;
}

/** As a terminal does it at first; what passes over that has to go as well. */
export const INTERRUPT: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGKILL"];

const POLL_MS = 20;
/** Of Linux, on every platform that Node.js runs on. */
const TICKS_A_SECOND = 100;
/** Where pages are larger, so are the bytes that Linux counts in them. */
const PAGE = 4096;

// Taken before cells can change it; timers of an interrupted cell never fire.
const { setTimeout } = globalThis;
/** A second SIGINT tells many programs to leave without tidying up. */
const ending = new Set<number>();
const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** All processes of this machine that still run; none where the system doesn't tell. */
export function processTable(): ProcessEntry[] {
  return process.platform === "linux" ? fromProc() : fromPs();
}

/** Those of `table` that are among `roots`, were started by one of them, or stand in the group of one. */
export function family(table: readonly ProcessEntry[], roots: readonly number[]): number[] {
  const found = new Set(roots);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { pid, parent, group } of table) if (found.has(parent) || found.has(group)) found.add(pid);
  }
  return table.filter(({ pid }) => found.has(pid) && pid !== process.pid).map(({ pid }) => pid);
}

/** Ends `roots`, but not this process, and all that they started: asks first, a moment later insists. */
export function endProcesses(roots: readonly number[], options: EndOptions = {}): Promise<void> {
  const fresh = roots.filter((pid) => !ending.has(pid));
  for (const pid of fresh) ending.add(pid);
  const steps = endInSteps(fresh, options);
  // By callbacks: breaking JavaScript drops promises that are about to continue.
  return new Promise((resolve) => {
    const step = () => {
      const { done, value } = steps.next();
      if (!done) {
        setTimeout(step, value);
        return;
      }
      for (const pid of fresh) ending.delete(pid);
      resolve();
    };
    step();
  });
}

/** The same for a thread that won't turn its event loop again; returns when they are gone. */
export function endProcessesNow(roots: readonly number[], options: EndOptions = {}): void {
  for (const ms of endInSteps(roots, options)) Atomics.wait(sleeper, 0, 0, ms);
}

/** Yields how long to wait until it goes on. */
function* endInSteps(
  roots: readonly number[],
  { signals = ["SIGTERM", "SIGKILL"], graceMs = 300 }: EndOptions,
): Generator<number, void> {
  // What was found once stays in it: its parent may end before it.
  let known: readonly number[] = roots;
  for (const signal of signals) {
    let left = family(processTable(), known);
    known = [...new Set([...known, ...left])];
    for (const pid of left) kill(pid, signal);
    for (let waited = 0; left.length > 0 && waited < graceMs; waited += POLL_MS) {
      yield POLL_MS;
      left = family(processTable(), known);
    }
    if (left.length === 0) return;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

function fromProc(): ProcessEntry[] {
  const uptime = Number.parseFloat(readFileSync("/proc/uptime", "utf8"));
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    let stat: string;
    try {
      stat = readFileSync(`/proc/${name}/stat`, "utf8");
    } catch {
      return []; // It ended meanwhile.
    }
    // pid (name) state parent group …; the name may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return [];
    const age = uptime - Number(fields[19]) / TICKS_A_SECOND;
    const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    const memory = Number(fields[21]) * PAGE;
    return [{ pid: Number(name), parent: Number(fields[1]), group: Number(fields[2]), age, cpu, memory }];
  });
}

function fromPs(): ProcessEntry[] {
  const ps = spawnSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat=,etime=,time=,rss="], { encoding: "utf8" });
  return (ps.stdout ?? "").split("\n").flatMap((line) => {
    const [pid, parent, group, state, elapsed, time, kilobytes] = line.trim().split(/\s+/);
    if (!kilobytes || state!.startsWith("Z") || Number(pid) === ps.pid) return [];
    const [age, cpu] = [secondsOf(elapsed!), secondsOf(time!)];
    const memory = Number(kilobytes) * 1024;
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), age, cpu, memory }];
  });
}

/** `[[days-]hours:]minutes:seconds`, as ps writes it. */
export function secondsOf(elapsed: string): number {
  const [clock = "", days = "0"] = elapsed.split("-").reverse();
  return clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
