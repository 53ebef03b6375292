import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import {
  type Cifar10Files,
  cifar10FolderName,
  cifar10RecordBytes,
  dataFolder,
  hasAnyCifar10File,
  officialCifar10,
  readCifar10File,
} from "./cifar10-files";
import { type DownloadProgress, downloadFile } from "./download-file";
import { tarFiles } from "./tar";

/** How `downloadCifar10` works. */
export interface DownloadCifar10Options {
  /** The folder that `cifar-10-batches-bin` is put in. Default `VITLAB_DATA`, else `data` of the clone, or where the program was started. */
  dir?: string;
  /** Where to download from: the archive must be the official one. Default `VITLAB_CIFAR10_URL`, else its authors' page. */
  url?: string;
  /** Download anew, and replace what is there. Default false. */
  overwrite?: boolean;
  /** Hears how far it is. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Ends the download; what came is kept, and the next try goes on from there. */
  signal?: AbortSignal;
}

const OFFICIAL_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";

/**
 * Downloads CIFAR-10 (170 MB, 184 MB unpacked) and returns its folder; does nothing where a whole copy is.
 *
 * The archive and every file in it are checked by MD5. It is unpacked beside its place and moved there at last, so that
 * half a data set is never taken for a whole one.
 *
 * @throws VitlabError when the download fails, or a damaged copy is in its place and `overwrite` is not set.
 * @throws the signal's reason when `signal` is aborted.
 */
export async function downloadCifar10(options: DownloadCifar10Options = {}): Promise<string> {
  checkOptions("downloadCifar10", options, { dir: true, url: true, overwrite: true, onProgress: true, signal: true });
  return downloadCifar10Files(options, officialCifar10);
}

/** What `downloadCifar10` does, for an archive with the files given. */
export async function downloadCifar10Files(
  {
    dir = dataFolder(),
    url = process.env.VITLAB_CIFAR10_URL || OFFICIAL_URL,
    overwrite = false,
    onProgress,
    signal,
  }: DownloadCifar10Options,
  files: Cifar10Files,
): Promise<string> {
  const named = path.resolve(dir);
  // VITLAB_DATA may be the data set's own folder, for reading: it is not put into itself.
  const place = path.basename(named) === cifar10FolderName ? path.dirname(named) : named;
  const folder = path.join(place, cifar10FolderName);
  const present = [folder, named].find(hasAnyCifar10File) ?? (existsSync(folder) ? folder : undefined);
  if (present && !overwrite) {
    await checkFolder(present, files);
    return present;
  }
  const archive = path.join(place, "cifar-10-binary.tar.gz");
  await checkRoom(place, archive, files);
  const { md5, bytes } = files.archive;
  await downloadFile(url, archive, { digest: { name: "MD5", value: md5 }, bytes, onProgress, signal });

  const unpacked = `${folder}.part`;
  try {
    await rm(unpacked, { recursive: true, force: true });
    await mkdir(unpacked, { recursive: true });
    await unpack(archive, unpacked);
    await checkFolder(unpacked, files);
    await replace(folder, unpacked);
  } catch (error) {
    await rm(unpacked, { recursive: true, force: true });
    if (error instanceof VitlabError) throw error;
    throw new VitlabError(`CIFAR-10 could not be unpacked in ${place}: ${(error as Error).message}`);
  }
  await rm(archive, { force: true });
  return folder;
}

async function checkFolder(folder: string, files: Cifar10Files): Promise<void> {
  for (const name of Object.keys(files.md5)) await readCifar10File(folder, name, files);
}

async function unpack(archive: string, folder: string): Promise<void> {
  const tar = await promisify(gunzip)(await readFile(archive));
  for (const { name, data } of tarFiles(tar)) {
    // Names are taken for what they are in the official archive: anything else stays out, paths upwards above all.
    const [top, file, ...deeper] = name.split("/");
    if (top !== cifar10FolderName || !file || file === ".." || deeper.length > 0) continue;
    const output = await open(path.join(folder, file), "w");
    try {
      await output.writeFile(data);
      await output.sync();
    } finally {
      await output.close();
    }
  }
}

async function replace(folder: string, by: string): Promise<void> {
  const old = `${folder}.old`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, old);
  await rename(by, folder);
  await rm(old, { recursive: true, force: true });
}

async function checkRoom(dir: string, archive: string, files: Cifar10Files): Promise<void> {
  let parent = dir;
  while (!existsSync(parent) && path.dirname(parent) !== parent) parent = path.dirname(parent);
  const disk = await statfs(parent).catch(() => undefined);
  if (!disk) return;
  const free = disk.bavail * disk.bsize;
  const unpacked = Object.keys(files.md5).length * files.recordsPerFile * cifar10RecordBytes;
  const here = Math.max(await sizeOf(archive), await sizeOf(`${archive}.part`));
  const needed = Math.max(0, files.archive.bytes - here) + unpacked;
  if (free < needed)
    throw new VitlabError(
      `CIFAR-10 needs ${megabytes(needed)} MB in ${dir} while it is unpacked, and ${megabytes(free)} MB are free: make room or name another folder`,
    );
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
