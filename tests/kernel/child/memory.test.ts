import { describe, expect, it } from "vitest";
import { memoryVerdict } from "../../../src/kernel/child/memory-guard";
import { memoryRoom } from "../../../src/kernel/child/memory-room";

const MB = 2 ** 20;
const GB = 2 ** 30;
const MEMINFO = `MemTotal: ${8 * 2 ** 20} kB\nMemFree: 100 kB\nMemAvailable: ${4 * 2 ** 20} kB\n`;
const files = (all: Record<string, string>) => (path: string) => all[path];

describe("the room in memory", () => {
  it("is that of the machine where nothing else limits it", () => {
    expect(memoryRoom(files({ "/proc/meminfo": MEMINFO }))).toEqual({ limit: 8 * GB, available: 4 * GB });
  });

  it("is that of the control group, or of one above it, where that is tighter; cached files don't count", () => {
    const read = files({
      "/proc/meminfo": MEMINFO,
      "/proc/self/cgroup": "0::/user/notebook\n",
      "/sys/fs/cgroup/user/notebook/memory.max": "max\n",
      "/sys/fs/cgroup/user/notebook/memory.stat": "anon 1\n",
      "/sys/fs/cgroup/user/memory.max": `${2 * GB}\n`,
      "/sys/fs/cgroup/user/memory.stat": `anon ${GB}\nfile ${GB}\nshmem 0\n`,
    });
    expect(memoryRoom(read)).toEqual({ limit: 2 * GB, available: GB });
  });

  it("is read from control groups of version 1 as well", () => {
    const read = files({
      "/proc/self/cgroup": "5:memory:/docker/1\n4:cpu,cpuacct:/docker/1\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${GB}`,
      "/sys/fs/cgroup/memory/memory.stat": `rss 1\ntotal_rss ${GB / 4}\n`,
    });
    expect(memoryRoom(read)).toEqual({ limit: GB, available: (3 * GB) / 4 });
  });

  it("is unknown where nothing tells it", () => {
    expect(memoryRoom(files({}))).toBeUndefined();
  });
});

describe("the memory guard", () => {
  it("ends a process that took nearly everything, and says how much", () => {
    const reason = memoryVerdict({ limit: 8 * GB, available: 100 * MB }, 7.5 * GB);
    expect(reason).toContain("took 7.5 GB of 8.0 GB and 0.1 GB were left");
  });

  it("lets a process live while there is room, or when others take the memory", () => {
    expect(memoryVerdict({ limit: 8 * GB, available: GB }, 7 * GB)).toBeNull();
    expect(memoryVerdict({ limit: 8 * GB, available: 100 * MB }, GB)).toBeNull();
  });
});
