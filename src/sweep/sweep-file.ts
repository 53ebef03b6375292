import { chmodSync, copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { VitlabError } from "../base/error";
import { explainFileError } from "../base/node/atomic-file";
import { checkUnlocked } from "../base/node/folder-lock";
import { SweepStore } from "./store";

/** The file of a sweep's folder that has all its numbers, for whoever wants to read them. */
export const SWEEP_FILE = "sweep.sqlite";

/**
 * The file while it is written, and after a sweep that was killed.
 *
 * node-sqlite3-wasm locks a file by a folder beside it, of which no other program knows: one that reads the file in the middle
 * of a change would think that its writer is dead, undo half of the change, and break the file. And where the writer is
 * killed the lock stays. So this file is nobody else's, and others read a copy, at most a second old.
 */
const WORKING_FILE = ".sweep.sqlite";

const PUBLISH_MS = 1000;

/**
 * Opens the file of a folder that is locked for this process, until the work is over; `publish` has others read at once what
 * it says, and not only after a second.
 *
 * @throws VitlabError when it is no sweep's, or can't be written.
 */
export async function whileWriting<T>(
  folder: string,
  work: (store: SweepStore, publish: () => void) => Promise<T>,
): Promise<T> {
  const [own, published] = [join(folder, WORKING_FILE), join(folder, SWEEP_FILE)];
  let timer: NodeJS.Timeout | undefined;
  const publish = () => {
    timer = undefined;
    copyFileSync(own, `${published}.tmp`);
    // node-sqlite3-wasm lets nobody else read what it makes.
    chmodSync(`${published}.tmp`, 0o666 & ~process.umask());
    renameSync(`${published}.tmp`, published);
  };
  // A change comes to its end before the timer's turn: what is copied is whole.
  const changed = () => {
    timer ??= setTimeout(() => {
      try {
        publish();
      } catch {
        // The next one, or the last, says what is wrong.
      }
    }, PUBLISH_MS);
    timer.unref();
  };
  try {
    const isNew = !existsSync(own);
    if (isNew && existsSync(published)) copyFileSync(published, own);
    // What a killed writer left.
    rmSync(`${own}.lock`, { recursive: true, force: true });
    const store = open(folder, own, isNew ? published : own, changed);
    try {
      return await work(store, publish);
    } finally {
      clearTimeout(timer);
      const isBegun = store.about("plan") !== undefined;
      store.close();
      if (isBegun) publish();
      // Last: until then it has what the other has not.
      rmSync(own);
    }
  } catch (error) {
    throw explainStoreError(error, folder, published);
  }
}

/**
 * Reads the file of a sweep, whoever writes it meanwhile.
 *
 * @throws VitlabError when there is none, or it can't be read.
 */
export function whileReading<T>(folder: string, read: (store: SweepStore) => T): T {
  const [own, published] = [join(folder, WORKING_FILE), join(folder, SWEEP_FILE)];
  // What a killed writer left is newer than what it published.
  const source = existsSync(own) && !isLocked(folder) ? own : published;
  if (!existsSync(source))
    throw new VitlabError(`${folder} has no sweep: give the folder of one, which sweep or \`vitlab sweep\` wrote`);
  const place = mkdtempSync(join(tmpdir(), "vitlab-sweep-"));
  try {
    const copy = join(place, "copy.sqlite");
    for (const end of ["", "-journal"])
      if (existsSync(`${source}${end}`)) copyFileSync(`${source}${end}`, `${copy}${end}`);
    const store = open(folder, copy, source);
    try {
      return read(store);
    } finally {
      store.close();
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Whether a process writes the folder now. */
export function isLocked(folder: string): boolean {
  try {
    checkUnlocked(folder);
    return false;
  } catch {
    return true;
  }
}

/** @param source where the file comes from, and what is named where it is no sweep's */
function open(folder: string, file: string, source: string, changed?: () => void): SweepStore {
  try {
    return new SweepStore(folder, file, changed);
  } catch (error) {
    if (isDiskError(error)) throw error;
    // Of a copy that is none, none is to stay.
    if (file !== source) rmSync(file, { force: true });
    const instead =
      basename(source) === WORKING_FILE
        ? `remove it, and the sweep goes on from ${SWEEP_FILE}, which is as good`
        : "restore it, or sweep into another folder";
    throw new VitlabError(`${source} is no sweep's (${(error as Error).message}): ${instead}`);
  }
}

function isDiskError(error: unknown): boolean {
  return /disk is full|disk I\/O error|readonly database/.test((error as Error)?.message);
}

/** What SQLite says of a file that can't be written, as one sentence that says what to do. */
function explainStoreError(error: unknown, folder: string, path: string): unknown {
  if (error instanceof VitlabError) return error;
  if (!isDiskError(error)) return explainFileError(error, path);
  // It knows of one error of the disk alone.
  const { bavail, bsize } = statfsSync(folder);
  return explainFileError({ code: bavail * bsize < 1e6 ? "ENOSPC" : "EIO" }, path);
}
