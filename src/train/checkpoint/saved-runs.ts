import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "../recent-runs";
import { CHECKPOINT_FILES } from "./files";
import { readRunRecord } from "./training-state";

/** Folders of runs that are looked at. */
const MOST = 20;

/**
 * The runs that are saved in the folders of a folder, or in folders of those, as `fit` and `vitlab train` write them: the newest,
 * the last written last. What is no run, or damaged, is passed over; no weights are read.
 */
export async function savedRuns(dir: string): Promise<RunRecord[]> {
  const found: { folder: string; time: number }[] = [];
  const folders = await foldersIn(dir);
  for (const folder of [...folders, ...(await Promise.all(folders.map(foldersIn))).flat()]) {
    const time = await stat(join(folder, CHECKPOINT_FILES.training)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (time !== undefined) found.push({ folder, time });
  }
  const newest = found.sort((a, b) => a.time - b.time).slice(-MOST);
  const records = await Promise.all(newest.map(({ folder }) => readRunRecord(folder).catch(() => null)));
  return records.filter((record) => record !== null);
}

async function foldersIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name));
}
