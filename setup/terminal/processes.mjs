import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * Every process as `{ pid, parent, started }`; `started` tells apart two that had the same number one after the other.
 * Windows names none.
 */
export function processes() {
  if (process.platform === "win32") return [];
  return process.platform === "linux" ? fromProc() : fromPs();
}

function fromProc() {
  const found = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The program's name, in parentheses, may hold anything; the fields after it are numbers.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] !== "Z") found.push({ pid: Number(name), parent: Number(fields[1]), started: fields[19] });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

function fromPs() {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,lstart="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [pid, parent, ...started] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), started: started.join(" ") };
  });
}

/** The processes that descend from `ancestor`, itself left out. */
export function descendants(ancestor, all) {
  const found = [];
  const queue = [ancestor];
  while (queue.length > 0) {
    const parent = queue.shift();
    for (const each of all) {
      if (each.parent === parent) {
        found.push(each);
        queue.push(each.pid);
      }
    }
  }
  return found;
}

/** Kills those of `wanted` that still run and are still the same processes. */
export function killThose(wanted) {
  const now = new Map(processes().map((each) => [each.pid, each.started]));
  for (const { pid, started } of wanted) {
    if (now.get(pid) !== started) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
}
