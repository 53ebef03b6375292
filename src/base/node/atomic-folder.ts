import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { explainFileError } from "./atomic-file";
import { makeFolder } from "./folder";

/** The contents of a file: text, or pieces that are made while they are written. */
export type FileContents = string | Iterable<Uint8Array>;

/**
 * Writes the files of a folder all or none: into a temporary folder, down to the disk, then renamed into place.
 *
 * A new folder appears whole, in one move. Into one that is there already the files are moved one after the other, once
 * all of them are written; what else it holds stays.
 *
 * @param files by name, in the order in which they are moved
 * @throws VitlabError when the disk is full or the folder can't be written; nothing has changed then.
 */
export async function writeFolderAtomic(dir: string, files: Readonly<Record<string, FileContents>>): Promise<void> {
  const folder = resolve(dir);
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const parent = isThere ? folder : dirname(folder);
  const stem = `.${basename(folder)}.`;
  const temporary = join(parent, `${stem}${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  await makeFolder(parent);
  await removeLeftovers(parent, stem);
  let path = folder;
  let bytes = 0;
  try {
    await mkdir(temporary);
    for (const [name, contents] of Object.entries(files)) {
      path = join(folder, name);
      bytes = 0;
      const file = await open(join(temporary, name), "wx");
      try {
        for (const piece of typeof contents === "string" ? [Buffer.from(contents)] : contents) {
          bytes += piece.byteLength;
          await file.writeFile(piece);
        }
        await file.sync();
      } finally {
        await file.close();
      }
    }
    if (isThere) {
      for (const name of Object.keys(files)) await rename(join(temporary, name), join(folder, name));
      await rm(temporary, { recursive: true });
    } else await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw explainFileError(error, path, bytes);
  }
}

/** Removes what a killed writer of the same folder left. */
async function removeLeftovers(parent: string, stem: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const writer = name.startsWith(stem) ? /^([0-9]+)-[0-9a-f]{8}\.tmp$/.exec(name.slice(stem.length)) : null;
    if (writer && !isRunning(Number(writer[1]))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
