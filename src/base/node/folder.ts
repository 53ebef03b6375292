import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { show } from "../check-options";
import { VitlabError } from "../error";

/** @throws VitlabError unless a folder's name was given. */
export function checkFolderName(call: string, dir: string): void {
  if (typeof dir !== "string" || dir === "")
    throw new VitlabError(`${call} got ${show(dir)} for its folder: give a path, as in "runs/mine"`);
}

/**
 * Makes a folder and those above it that are missing; one that is there already is left as it is.
 *
 * @throws VitlabError when the system doesn't allow it, or where a file is in the way.
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  // Node's own recursive mkdir goes round for ever where the system answers ENOENT to a folder whose parent exists, as /proc does.
  for (let path = resolve(folder); !(await isFolder(path)); path = dirname(path)) {
    missing.unshift(path);
    if (path === dirname(path)) break;
  }
  for (const path of missing) {
    try {
      await mkdir(path);
    } catch (error) {
      // Another process may have made it meanwhile.
      if (await isFolder(path).catch(() => false)) continue;
      throw new VitlabError(`the folder ${resolve(folder)} can't be made: ${reasonOf(error, path)}`, { cause: error });
    }
  }
}

/** False where nothing is there; a file in the way is an error. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Below a file the search goes on upwards, to name the file itself.
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw new VitlabError(`the folder ${path} can't be made: ${reasonOf(error, path)}`, { cause: error });
  }
  throw new VitlabError(`${path} is not a folder; choose another name`);
}

function reasonOf(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOSPC":
      return "the disk is full; free some space or choose another folder";
    case "EDQUOT":
      return "your disk quota is used up; free some space or choose another folder";
    case "EACCES":
    case "EPERM":
      return `no permission to make ${path}; change the permissions of ${dirname(path)} or choose another folder`;
    case "EROFS":
      return `${dirname(path)} is read-only; choose another folder`;
    case "ENOENT":
      return `the system allows no folder in ${dirname(path)}; choose another folder`;
    case "ENAMETOOLONG":
      return "the name is too long; choose a shorter one";
    default:
      return `${message}; choose another folder`;
  }
}
