import { randomBytes } from "node:crypto";
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { VitlabError } from "../error";
import { makeFolder } from "./folder";

const TEMPORARY = /^\..+\.[0-9]+-[0-9a-f]{8}\.tmp$/;

/**
 * Writes a file whole or not at all: into a temporary file beside it, down to the disk, then renamed into place.
 *
 * Whoever reads the path sees the old contents or the new, whenever the writer is killed; folders are made as needed.
 *
 * @param pieces written one after the other
 * @throws VitlabError when the disk is full or the folder can't be written; the old file stays, the temporary goes.
 */
export async function writeFileAtomic(
  path: string,
  pieces: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  const list = typeof pieces === "string" || pieces instanceof Uint8Array ? [pieces] : pieces;
  try {
    await makeFolder(folder);
    const file = await open(temporary, "wx");
    try {
      for (const piece of list) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    const size = list.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
    throw explainFileError(error, path, size);
  }
}

/** Removes what a killed writer left in a folder; returns how many files that was. */
export async function removeTemporaries(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const stray = names.filter((name) => TEMPORARY.test(name));
  for (const name of stray) await rm(join(folder, name), { force: true }).catch(() => {});
  return stray.length;
}

/** A failure to write a file, as one sentence that says what to do; errors of another kind come back as they are. */
export function explainFileError(error: unknown, path: string, bytes?: number): unknown {
  const reason = reasonOf((error as NodeJS.ErrnoException)?.code, dirname(path), bytes);
  return reason ? new VitlabError(`${path} could not be written: ${reason}`, { cause: error }) : error;
}

function reasonOf(code: string | undefined, folder: string, bytes?: number): string | undefined {
  const need = bytes === undefined ? "" : `; ${megabytes(bytes)} are needed beside what is there`;
  switch (code) {
    case "ENOSPC":
      return `the disk is full${need}; free some space or choose another folder`;
    case "EDQUOT":
      return `your disk quota is used up${need}; free some space or choose another folder`;
    case "EACCES":
    case "EPERM":
      return `no permission to write in ${folder}; change its permissions or choose another folder`;
    case "EROFS":
      return `${folder} is read-only; choose another folder`;
    case "ENOENT":
      // What Node's recursive mkdir says of a read-only file system.
      return `${folder} can't be made there; choose another folder`;
    case "ENOTDIR":
    case "EEXIST":
      return `${folder} is not a folder; choose another name`;
    case "EISDIR":
      return "there is a folder of that name; remove it or choose another folder";
    case "EIO":
      return "the disk reported an error; check the disk or choose another folder";
    default:
      return undefined;
  }
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Brings the rename itself to the disk; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file is whole all the same.
  }
}
