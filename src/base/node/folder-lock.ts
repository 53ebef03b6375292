import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { VitlabError } from "../error";
import { explainFileError } from "./atomic-file";
import { makeFolder } from "./folder";
import { isRunning, type RunningProcess, thisProcess } from "./running-process";

/** The file of a folder that says who writes there. */
export const LOCK_FILE = "run.lock";

/** A folder that nobody else writes meanwhile. */
export interface FolderLock {
  /** @throws VitlabError when somebody has taken the folder over. */
  check(): Promise<void>;
  /** Gives the folder free; a second time does nothing. */
  release(): void;
}

/** How `lockFolder` locks. */
export interface LockOptions {
  /** Take the folder over from a process of another host, of which can't be seen whether it still runs. Default false. */
  overwrite?: boolean;
  /** Let everything in this process that locks the folder have it as well: for a command, which does one thing. Default false. */
  shared?: boolean;
  /** Whether the work that locks is still under way: of what V8 broke off, no `finally` runs. Default always. */
  isUnderWay?: () => boolean;
}

interface Owner extends RunningProcess {
  since: string;
  /** Of this lock alone. */
  token: string;
}

/** An owner, or that the lock file says nothing that can be understood. */
type Found = Owner | { token: "damaged" };

interface Held {
  lock: FolderLock;
  token: string;
  shared: boolean;
  isUnderWay: () => boolean;
}

/** What this process has locked, by the path of the lock file. */
const held = new Map<string, Held>();
let releasesAtExit = false;

/**
 * Locks a folder for a run that writes there, and makes the folder where it is missing: of two that ask at once, one has it.
 *
 * The lock is a file that names host, process and its start. That of a dead process is taken over, one of another host
 * only with `overwrite`.
 *
 * @throws VitlabError when somebody writes there already, or the folder can't be written.
 */
export async function lockFolder(dir: string, options: LockOptions = {}): Promise<FolderLock> {
  const { shared = false, isUnderWay = () => true } = options;
  const isNew = statSync(dir, { throwIfNoEntry: false }) === undefined;
  await makeFolder(dir);
  const folder = realpathSync(dir);
  const path = join(folder, LOCK_FILE);
  const mine = held.get(path);
  if (mine?.shared) return { check: () => mine.lock.check(), release() {} };
  const owner: Owner = { ...thisProcess(), since: new Date().toISOString(), token: randomBytes(8).toString("hex") };
  try {
    await take(dir, path, owner, options);
  } catch (error) {
    throw explainFileError(error, path);
  }
  const release = () => {
    if (held.get(path)?.token === owner.token) held.delete(path);
    try {
      if (read(path)?.token === owner.token) rmSync(path, { force: true });
      // Nothing came of it: as if it had not been there.
      if (isNew) rmdirSync(folder);
    } catch {
      // It isn't empty, or was removed by hand.
    }
  };
  const check = async () => {
    const found = read(path);
    if (found?.token === owner.token) return;
    // Removed by hand, perhaps with the whole folder.
    await makeFolder(folder);
    if (!found && create(path, owner)) return;
    throw new VitlabError(
      `${dir} was taken over by ${describe(read(path))}: this run ends here, so that the two don't mix`,
    );
  };
  if (!releasesAtExit) process.once("exit", releaseAll);
  releasesAtExit = true;
  const lock = { check, release };
  held.set(path, { lock, token: owner.token, shared, isUnderWay });
  return lock;
}

/** Does what writes into a folder while nobody else does. A folder that is not there yet is nobody's. */
export async function whileLocked<T>(dir: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const isThere = statSync(dir, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const lock = isThere ? await lockFolder(dir, options) : null;
  try {
    return await work();
  } finally {
    lock?.release();
  }
}

/** @throws VitlabError when somebody writes into a folder just now. */
export function checkUnlocked(dir: string, options: Pick<LockOptions, "overwrite"> = {}): void {
  const path = join(resolve(dir), LOCK_FILE);
  const found = read(path);
  if (found && !isShared(found)) checkFree(dir, found, options);
}

/** Whether somebody has locked a folder of whom can't be seen from here whether he still runs. */
export function isOfOtherHost(dir: string): boolean {
  const found = read(join(resolve(dir), LOCK_FILE));
  return found !== undefined && isOwner(found) && isRunning(found) === null;
}

/**
 * Makes the lock one's own.
 *
 * Whoever takes over a dead owner's lock first makes a file that is named after it, which only one can; then the lock is
 * replaced. A process that dies in between leaves a file that names it, and is taken over in the same way.
 */
async function take(dir: string, path: string, owner: Owner, options: LockOptions): Promise<void> {
  for (;;) {
    // Whoever made it and had no use for it may have removed it.
    await makeFolder(dirname(path));
    const dead: string[] = [];
    let first: string | undefined;
    for (let name = path; ; ) {
      if (create(name, owner)) {
        if (name === path) return;
        if (read(path)?.token === first) {
          renameSync(name, path);
          for (const left of dead.slice(1)) rmSync(left, { force: true });
          return;
        }
        // Another was faster: the lock is no longer the one that was found dead.
        rmSync(name, { force: true });
        break;
      }
      const found = read(name);
      if (!found) break;
      checkFree(dir, found, options);
      first ??= found.token;
      dead.push(name);
      name = `${path}.${found.token}`;
    }
  }
}

/** Whether the file was made: it is there with all that it says, or was there before. */
function create(path: string, owner: Owner): boolean {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  try {
    write(temporary, owner);
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // ENOENT: the owner of the folder tidies it up.
    if (code === "EEXIST" || code === "ENOENT") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code)) throw error;
    // A file system without links.
    return writeNew(path, owner);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeNew(path: string, owner: Owner): boolean {
  try {
    write(path, owner);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function write(path: string, owner: Owner): void {
  const file = openSync(path, "wx");
  try {
    writeSync(file, `${JSON.stringify(owner)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const MOST_BYTES = 10_000;

/** Undefined where there is no such file. */
function read(path: string): Found | undefined {
  try {
    const about = lstatSync(path);
    if (!about.isFile() || about.size > MOST_BYTES) return { token: "damaged" };
    const found = JSON.parse(readFileSync(path, "utf8")) as Owner;
    const { host, pid, since, token } = found;
    const good =
      Number.isSafeInteger(pid) &&
      pid > 0 &&
      [host, since].every((text) => typeof text === "string") &&
      TOKEN.test(token);
    return good ? found : { token: "damaged" };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return ["ENOENT", "ENOTDIR"].includes(code) ? undefined : { token: "damaged" };
  }
}

const TOKEN = /^[0-9a-f]{16}$/;

function checkFree(dir: string, found: Found, { overwrite = false }: LockOptions): void {
  const path = join(dir, LOCK_FILE);
  if (!isOwner(found)) {
    if (overwrite) return;
    throw new VitlabError(
      `${path} can't be read, so that nobody knows whether a run writes there: if none does, remove that file, ` +
        `or replace the run (overwrite: true, --overwrite on the command line)`,
    );
  }
  const running = isRunning(found);
  if (running === false || (running === null && overwrite)) return;
  if (running === null)
    throw new VitlabError(
      `${dir} is in use by ${describe(found)}, and from here nobody can see whether that still runs: wait for it, or give ` +
        `another folder (--out); if it is dead, remove ${path}, or replace the run (overwrite: true, --overwrite on the command line)`,
    );
  const mine = heldBy(found.token);
  if (mine && !mine.isUnderWay()) return;
  if (found.pid === process.pid)
    throw new VitlabError(
      `${dir} is in use by another run of this program since ${moment(found.since)}: await it, end it with run.stop() and ` +
        "await it, or give another folder",
    );
  throw new VitlabError(`${dir} is in use by ${describe(found)}: wait for it, stop it, or give another folder (--out)`);
}

/** Whether this process has the lock, and shares it within. */
function isShared({ token }: Found): boolean {
  return heldBy(token)?.shared ?? false;
}

function heldBy(token: string): Held | undefined {
  return [...held.values()].find((other) => other.token === token);
}

function isOwner(found: Found): found is Owner {
  return "pid" in found;
}

function describe(found: Found | undefined): string {
  if (!found || !isOwner(found)) return "somebody else";
  return `process ${found.pid} on host ${found.host} since ${moment(found.since)}`;
}

function moment(since: string): string {
  return since.replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

/** A process that ends in the middle leaves no lock; that of a killed one is taken over. */
function releaseAll(): void {
  for (const { lock } of [...held.values()]) lock.release();
}
