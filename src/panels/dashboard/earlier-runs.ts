import { resolve } from "node:path";
import type { RunRecord } from "../../train/recent-runs";

/** Runs that are laid under a new one. */
const MOST = 6;

/**
 * The runs that a new one is held against, newest first: those of this process that began before it, and those of a folder.
 *
 * @param own the new run's record, absent before it has one
 */
export function earlierRuns(
  recent: readonly RunRecord[],
  saved: readonly RunRecord[],
  own: RunRecord | undefined,
): RunRecord[] {
  const before = own ? recent.slice(0, recent.indexOf(own)) : recent;
  const isTold = (record: RunRecord) => record.history.length > 0;
  // One that is both is known better by this process; the folder of the new one holds itself, or what it takes the place of.
  const places = new Set([...before, ...(own ? [own] : [])].map(({ name }) => resolve(name)));
  const others = saved.filter(({ name }) => !places.has(resolve(name)));
  return [...[...before].reverse(), ...[...others].reverse()].filter(isTold).slice(0, MOST);
}
