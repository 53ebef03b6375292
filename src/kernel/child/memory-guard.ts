import { type MemoryRoom, memoryRoom } from "./memory-room";

const RELAXED_MS = 250;
const TENSE_MS = 50;
const MB = 2 ** 20;
const GB = 2 ** 30;

/**
 * Calls `end` with a sentence for the user when memory is nearly gone and this process is what takes it: the system
 * would end any process, without a word, or swap for minutes.
 */
export function guardMemory(end: (reason: string) => void): void {
  const look = () => {
    const room = memoryRoom();
    if (!room) return;
    const reason = memoryVerdict(room, process.memoryUsage.rss());
    if (reason) {
      end(reason);
      return;
    }
    setTimeout(look, room.available < room.limit / 4 ? TENSE_MS : RELAXED_MS);
  };
  look();
}

/** Why a process of `size` bytes has to end, or null. */
export function memoryVerdict({ limit, available }: MemoryRoom, size: number): string | null {
  const reserve = Math.min(512 * MB, Math.max(64 * MB, limit / 25));
  if (available > reserve || size < limit / 5) return null;
  const gb = (bytes: number) => (Math.max(0, bytes) / GB).toFixed(1);
  return `Memory ran out: the process of the cells took ${gb(size)} GB of ${gb(limit)} GB and ${gb(available)} GB were left, so it was ended before the system would do it; its variables are lost. Work on less at once, or free what you no longer need.`;
}
