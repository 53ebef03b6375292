import { readFileSync } from "node:fs";

/** How much memory the process may have, and how much of that nobody uses, in bytes. */
export interface MemoryRoom {
  readonly limit: number;
  readonly available: number;
}

type Read = (path: string) => string | undefined;

/** The tightest of the machine's memory and the limits of the control groups; undefined where that isn't known. */
export function memoryRoom(read: Read = readText): MemoryRoom | undefined {
  const rooms = [machineRoom(read), ...groupRooms(read)].filter((room) => room !== undefined);
  return rooms.sort((a, b) => a.available - b.available)[0];
}

function machineRoom(read: Read): MemoryRoom | undefined {
  const text = read("/proc/meminfo");
  if (text === undefined) return undefined;
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) * 1024;
  const room = { limit: bytes("MemTotal"), available: bytes("MemAvailable") };
  return Number.isNaN(room.limit + room.available) ? undefined : room;
}

function groupRooms(read: Read): (MemoryRoom | undefined)[] {
  const groups = (read("/proc/self/cgroup") ?? "").trim().split("\n");
  const second = groups.find((line) => line.startsWith("0::"))?.slice("0::".length);
  const first = groups.find((line) => /^\d+:([^:]*,)?memory(,[^:]*)?:/.test(line))?.replace(/^[^:]*:[^:]*:/, "");
  const rooms: (MemoryRoom | undefined)[] = [];
  // A group is bound by the limits of those above it; in a container, the path may be that of the host.
  if (second !== undefined) {
    for (const path of withParents(second)) {
      const folder = `/sys/fs/cgroup${path}`;
      const stat = read(`${folder}/memory.stat`);
      // Files kept in memory are given back when memory gets tight.
      rooms.push(room(read(`${folder}/memory.max`), stat, ["anon", "shmem", "slab_unreclaimable", "kernel_stack"]));
    }
  }
  if (first !== undefined) {
    for (const path of withParents(first)) {
      const folder = `/sys/fs/cgroup/memory${path}`;
      rooms.push(
        room(read(`${folder}/memory.limit_in_bytes`), read(`${folder}/memory.stat`), ["total_rss", "total_shmem"]),
      );
    }
  }
  return rooms;
}

function room(max: string | undefined, stat: string | undefined, used: readonly string[]): MemoryRoom | undefined {
  const limit = Number(max);
  // "max", or the largest number there is: no limit.
  if (!max || !(limit < 2 ** 50) || stat === undefined) return undefined;
  const taken = used.map((name) => Number(new RegExp(`^${name} (\\d+)`, "m").exec(stat)?.[1] ?? 0));
  return { limit, available: limit - taken.reduce((sum, bytes) => sum + bytes, 0) };
}

function withParents(path: string): string[] {
  const parts = path.split("/").filter(Boolean);
  return [...parts.map((_, i) => `/${parts.slice(0, parts.length - i).join("/")}`), ""];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
