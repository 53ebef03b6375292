import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";

/** A process of some machine, told from any other that has had its number. */
export interface RunningProcess {
  host: string;
  pid: number;
  /** Where its number counts: containers of one host each have their own; null where there is no such thing. */
  namespace: string | null;
  /** When it was started, as its system tells it; null where it doesn't. */
  started: string | null;
}

/** This very process. */
export function thisProcess(): RunningProcess {
  return { host: os.hostname(), pid: process.pid, namespace: namespace(), started: startOf(process.pid) || null };
}

/** Whether a process still runs; null where that can't be seen from here. */
export function isRunning({ host, pid, namespace: place, started }: RunningProcess): boolean | null {
  if (host !== os.hostname() || place !== namespace()) return null;
  const found = startOf(pid);
  // A number is given to another process some day.
  return found !== undefined && (found === null || started === null || found === started);
}

/** Undefined where no such process runs, null where its start can't be told. */
function startOf(pid: number): string | null | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  return process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
}

/** The boot and the clock tick since then. */
function startFromProc(pid: number): string | null | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, in parentheses, is a name that may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    // Killed, and its parent has not asked for it yet.
    if (state === "Z" || state === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${ticks}`;
  } catch {
    return null;
  }
}

function startFromPs(pid: number): string | null {
  // Windows has no ps: there a number is all that a process is known by.
  if (process.platform === "win32") return null;
  try {
    const environment = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env: environment }).trim() || null
    );
  } catch {
    return null;
  }
}

function namespace(): string | null {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}
