import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { VitlabError } from "../base/error";
import { kindOf } from "../base/node/read-regular-file";

/** What a folder holds under a name; where it is neither folder nor file, what it is instead. */
export interface FolderEntry {
  name: string;
  kind: "folder" | "file" | { other: string };
}

/**
 * What a folder of classes or pictures holds, in the same order on every machine; hidden entries are passed over.
 *
 * @throws VitlabError when there is no such folder, or it can't be read.
 */
export async function listFolder(dir: string): Promise<FolderEntry[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT")
      throw new VitlabError(`there is no folder ${dir}: give a folder with one sub-folder a class`);
    if (error.code === "ENOTDIR") throw new VitlabError(`${dir} is a file: give a folder with one sub-folder a class`);
    throw new VitlabError(`folder ${dir} can't be read: ${error.message}`);
  });
  // macOS writes __MACOSX, with a shadow of every file, into the archives it packs.
  const visible = names.filter((name) => !name.startsWith(".") && name !== "__MACOSX").sort(byCodeUnits);
  return Promise.all(visible.map(async (name) => ({ name, kind: await entryKind(path.join(dir, name)) })));
}

/** The names of a folder's folders. */
export function foldersOf(entries: readonly FolderEntry[]): string[] {
  return entries.filter(({ kind }) => kind === "folder").map(({ name }) => name);
}

async function entryKind(file: string): Promise<FolderEntry["kind"]> {
  try {
    const stats = await stat(file);
    return stats.isDirectory() ? "folder" : stats.isFile() ? "file" : { other: `${kindOf(stats)}, not a file` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { other: "a link that leads nowhere" };
    if (code === "ELOOP") return { other: "a link that leads round in a ring" };
    return { other: `can't be looked at (${message})` };
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
