import { readdirSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { setTimeout } from "node:timers/promises";

/** The kernel counts a process's time in hundredths of a second, on every platform that Node runs on. */
const ticksPerSecond = 100;

/**
 * How busy the machine is while we wait: the load average of the last minute, cores at work now, and where the system tells
 * it, which processes keep them so, as `{ load, cores, busyCores, others: [{ pid, name, cores }] }`.
 */
export async function howBusy({ seconds = 1 } = {}) {
  const before = snapshot();
  await setTimeout(seconds * 1000);
  const after = snapshot();
  const cores = cpus().length;
  const busyCores = (cores * (after.busy - before.busy)) / Math.max(1, after.all - before.all);
  const others = [...after.processes]
    .map(([pid, { name, ticks }]) => {
      const earlier = before.processes.get(pid)?.ticks ?? ticks;
      return { pid, name, cores: (ticks - earlier) / ticksPerSecond / seconds };
    })
    .filter((each) => each.cores >= 0.05 && each.pid !== process.pid)
    .sort((a, b) => b.cores - a.cores);
  return { load: loadavg()[0], cores, busyCores, others };
}

/** One sentence about it, with a warning where others run. */
export function describeBusy({ load, cores, busyCores, others }) {
  const now = `load average ${load.toFixed(2)}, ${busyCores.toFixed(1)} of ${cores} cores at work`;
  if (isQuiet(busyCores, cores) && load < 0.5) return `machine: ${now}`;
  const who = others.slice(0, 3).map(({ pid, name, cores: used }) => `${name} (${pid}) ${used.toFixed(1)}`);
  const named = who.length > 0 ? `: ${who.join(", ")}` : "";
  return `machine: ${now}${named}\n⚠ others run here, or did a moment ago: ${doubt}`;
}

/** One sentence about the pauses of a run: `{ text, warning }`, the warning where others ran. */
export function describePauses(busyCores, cores = cpus().length) {
  const text = `in the pauses between turns ${busyCores.toFixed(2)} of ${cores} cores were at work`;
  return { text, warning: isQuiet(busyCores, cores) ? undefined : `⚠ others ran meanwhile: ${doubt}` };
}

const doubt = "trust the ratios a little and the times not at all, PyTorch's least, whose threads wait for each other";

function isQuiet(busyCores, cores) {
  return busyCores < 0.1 * cores;
}

/**
 * Watches how busy the machine is in pauses, when none of ours works: `during(pause)` for each, `busyCores()` over all of them.
 */
export function watchPauses() {
  let busy = 0;
  let all = 0;
  return {
    async during(pause) {
      const before = coreTimes();
      await pause();
      const after = coreTimes();
      busy += after.busy - before.busy;
      all += after.all - before.all;
    },
    busyCores: () => (cpus().length * busy) / Math.max(1, all),
  };
}

function snapshot() {
  return { ...coreTimes(), processes: processTicks() };
}

function coreTimes() {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (pick) => times.reduce((total, each) => total + pick(each), 0);
  const idle = sum((each) => each.idle);
  const all = sum((each) => each.user + each.nice + each.sys + each.irq + each.idle);
  return { all, busy: all - idle };
}

function processTicks() {
  const found = new Map();
  if (process.platform !== "linux") return found;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name, in parentheses, may hold anything; the fields after it are numbers.
      const end = stat.lastIndexOf(")");
      const fields = stat.slice(end + 2).split(" ");
      const name = stat.slice(stat.indexOf("(") + 1, end);
      found.set(Number(pid), { name, ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
