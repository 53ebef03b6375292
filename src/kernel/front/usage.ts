import { readFileSync } from "node:fs";
import { cpus, freemem, hostname, totalmem } from "node:os";
import { family, type ProcessEntry, processTable } from "../processes";

interface Sample {
  /** Milliseconds. */
  readonly at: number;
  /** Seconds of CPU by process. */
  readonly processes: ReadonlyMap<number, number>;
  readonly host: { readonly busy: number; readonly all: number };
}

/**
 * What usage_request is answered with: CPU and memory of the kernel's processes and of the machine, by ipykernel's
 * names. Percentages are those since the request before; the first one has none of the machine, and 0 of the kernel.
 */
export class Usage {
  #last: Sample | null = null;

  read(): Record<string, unknown> {
    const table = processTable();
    const pids = new Set([process.pid, ...family(table, [process.pid])]);
    const own = table.filter(({ pid }) => pids.has(pid));
    const now = { at: performance.now(), processes: new Map(own.map(({ pid, cpu }) => [pid, cpu])), host: hostTime() };
    const last = this.#last;
    this.#last = now;
    const [total, available] = [totalmem(), freemem()];
    return {
      hostname: hostname(),
      pid: process.pid,
      kernel_cpu: last ? kernelPercent(last, now) : 0,
      kernel_memory: own.reduce((sum, each) => sum + memoryOf(each), 0),
      ...(last && now.host.all > last.host.all
        ? { host_cpu_percent: round((100 * (now.host.busy - last.host.busy)) / (now.host.all - last.host.all)) }
        : {}),
      cpu_count: cpus().length,
      host_virtual_memory: {
        total,
        available,
        percent: round((100 * (total - available)) / total),
        used: total - available,
        free: available,
      },
    };
  }
}

function kernelPercent(last: Sample, now: Sample): number {
  let seconds = 0;
  // A process that is new has all its time since then.
  for (const [pid, cpu] of now.processes) seconds += Math.max(0, cpu - (last.processes.get(pid) ?? 0));
  return round((100 * 1000 * seconds) / Math.max(1, now.at - last.at));
}

function hostTime(): { busy: number; all: number } {
  const times = cpus().map(({ times }) => times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, busy: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}

/** Where the system tells, what the processes share (Node.js itself, above all) counts once. */
function memoryOf({ pid, memory }: ProcessEntry): number {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return kilobytes === undefined ? memory : Number(kilobytes) * 1024;
  } catch {
    return memory;
  }
}

function round(percent: number): number {
  return Math.round(percent * 10) / 10;
}
