import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { endProcesses, endProcessesNow, family, processTable, secondsOf } from "../../src/kernel/processes";

const entry = (pid: number, parent: number, group = pid) => ({ pid, parent, group, age: 1, cpu: 0, memory: 0 });

describe("a family of processes", () => {
  it("is who was started by one of it, or stands in the group of one", () => {
    const table = [entry(2, 1), entry(5, 4), entry(4, 3), entry(3, 2, 3), entry(6, 1, 3), entry(7, 1), entry(8, 6, 8)];
    expect(family(table, [3])).toEqual([5, 4, 3, 6, 8]);
    expect(family(table, [9])).toEqual([]);
  });

  it("is told from the rest of the machine", () => {
    const self = processTable().find(({ pid }) => pid === process.pid)!;
    expect(self.parent).toBe(process.ppid);
    expect(self.age).toBeCloseTo(process.uptime(), -1);
  });
});

describe("to end processes", () => {
  // It passes over SIGTERM, and so does what it started.
  const start = async () => {
    const child = spawn("sh", ["-c", 'trap "" TERM; sleep 5 & echo up; sleep 5'], { detached: true });
    await once(child.stdout, "data");
    return child;
  };

  it("takes the next signal for those that pass over the first, and leaves none of them", async () => {
    const child = await start();
    const ended = once(child, "exit");
    await endProcesses([child.pid!], { graceMs: 60 });
    await ended;
    expect(child.signalCode).toBe("SIGKILL");
    expect(family(processTable(), [child.pid!])).toEqual([]);
  });

  it("goes without an event loop, too", async () => {
    const child = await start();
    const began = performance.now();
    endProcessesNow([child.pid!], { graceMs: 60 });
    expect(performance.now() - began).toBeGreaterThan(50);
    await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
  });
});

it("ages as ps writes them are read", () => {
  expect(["00:07", "12:03", "01:00:00", "2-00:00:01"].map(secondsOf)).toEqual([7, 723, 3600, 172_801]);
});
