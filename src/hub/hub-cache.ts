import { randomBytes } from "node:crypto";
import { copyFile, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { explainFileError, writeFileAtomic } from "../base/node/atomic-file";
import { makeFolder } from "../base/node/folder";

/** Where a repository lies in the cache that all Hugging Face libraries share: blobs, refs and snapshots. */
export interface CachedRepo {
  folder: string;
  blobs: string;
  /** The folder of a commit: links to blobs by the names of files. */
  snapshot(commit: string): string;
}

export function cachedRepo(cache: string, repo: string): CachedRepo {
  const folder = path.join(cache, `models--${repo.replace("/", "--")}`);
  return {
    folder,
    blobs: path.join(folder, "blobs"),
    snapshot: (commit) => path.join(folder, "snapshots", commit),
  };
}

/** The commit that a revision was when it was last asked for. */
export async function cachedCommit({ folder }: CachedRepo, revision: string): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const text = await readFile(path.join(folder, "refs", revision), "utf8").catch(() => "");
  return /^[0-9a-f]{40}$/.test(text.trim()) ? text.trim() : undefined;
}

export async function writeRef({ folder }: CachedRepo, revision: string, commit: string): Promise<void> {
  if (revision !== commit) await writeFileAtomic(path.join(folder, "refs", revision), commit);
}

/** Remembers that a commit has no such file, as huggingface_hub does. */
export async function markAbsent({ folder }: CachedRepo, commit: string, file: string): Promise<void> {
  await writeFileAtomic(path.join(folder, ".no_exist", commit, file), "");
}

export async function isMarkedAbsent({ folder }: CachedRepo, commit: string, file: string): Promise<boolean> {
  return exists(path.join(folder, ".no_exist", commit, file));
}

/** Whether something is there, at the end of links. */
export async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Puts a blob under a file's name into a commit's folder: a link, or a copy where the system has no links. */
export async function linkBlob(repo: CachedRepo, commit: string, file: string, digest: string): Promise<void> {
  const place = path.join(repo.snapshot(commit), file);
  const temporary = `${place}.${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    await makeFolder(path.dirname(place));
    const blob = path.join(repo.blobs, digest);
    await symlink(path.relative(path.dirname(place), blob), temporary).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EPERM" || error.code === "ENOSYS" || error.code === "ENOTSUP")
        return copyFile(blob, temporary);
      throw error;
    });
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, place);
  }
}

// A writer that was silent for longer has given up: its own limit is shorter.
const ABANDONED_MS = 120_000;
const inUse = new Set<string>();

/**
 * A file of one's own for a blob to grow in, with what an earlier try left, where there is some.
 *
 * Each download has its own, so that two at once don't spoil each other; the name says on which machine and in which
 * process, so that what a dead one left is taken over (a rename: only one can have it). `DIGEST.incomplete` is where
 * Python's huggingface_hub writes, perhaps just now: of that a copy is taken.
 */
export async function takePart(blobs: string, digest: string): Promise<{ part: string; release: () => void }> {
  await makeFolder(blobs);
  const owner = `${os.hostname().replace(/[^\w]/g, "_")}-${process.pid}`;
  const part = path.join(blobs, `${digest}.${owner}-${randomBytes(4).toString("hex")}.incomplete`);
  inUse.add(part);
  for (const { file, shared } of await abandonedParts(blobs, digest)) {
    const taking = shared ? copyFile(file, part) : rename(file, part);
    if (
      await taking.then(
        () => true,
        () => false,
      )
    )
      break;
  }
  return { part, release: () => inUse.delete(part) };
}

/** Removes what earlier tries left of a blob that is whole now. */
export async function removeParts(blobs: string, digest: string): Promise<void> {
  for (const { file, shared } of await abandonedParts(blobs, digest)) if (!shared) await rm(file, { force: true });
}

/** The largest first. */
async function abandonedParts(blobs: string, digest: string): Promise<{ file: string; shared: boolean }[]> {
  const found: { file: string; shared: boolean; size: number }[] = [];
  for (const name of await readdir(blobs).catch(() => [])) {
    if (!name.startsWith(`${digest}.`) || !name.endsWith(".incomplete")) continue;
    const file = path.join(blobs, name);
    const about = await stat(file).catch(() => undefined);
    if (!about || inUse.has(file)) continue;
    const silent = Date.now() - about.mtimeMs > ABANDONED_MS;
    if (name === `${digest}.incomplete`) found.push({ file, shared: !silent, size: about.size });
    else if (silent || isOfDeadProcess(name)) found.push({ file, shared: false, size: about.size });
  }
  return found.sort((a, b) => b.size - a.size);
}

function isOfDeadProcess(name: string): boolean {
  const [, host, pid] = /\.(\w+)-(\d+)-[0-9a-f]{8}\.incomplete$/.exec(name) ?? [];
  if (host !== os.hostname().replace(/[^\w]/g, "_")) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
