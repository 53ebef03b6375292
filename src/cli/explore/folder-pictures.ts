import { statSync } from "node:fs";
import { extname, join } from "node:path";
import { VitlabError } from "../../base/error";
import type { ByteImage } from "../../data/byte-image";
import { imageExtensions, readImage } from "../../data/image-file";
import { foldersOf, listFolder } from "../../data/list-folder";
import type { PictureFit } from "../../hub/picture-fit";

/** Pictures as a model takes them, and the files that should have been among them but can't be read. */
export interface FolderPictures {
  /** From the folder on: `cats/tom.jpg`. */
  names: string[];
  images: ByteImage[];
  leftOut: { file: string; reason: string }[];
}

/**
 * The pictures in a folder and its sub-folders, from each in turn: `cats/tom.jpg`.
 *
 * @throws VitlabError when there is no such folder, or no picture in it.
 */
export async function pictureFiles(dir: string): Promise<string[]> {
  const found = statSync(dir, { throwIfNoEntry: false });
  if (!found) throw new VitlabError(`there is no folder ${dir}: give --images a folder of pictures`);
  if (!found.isDirectory()) throw new VitlabError(`${dir} is a file: give --images the folder that it is in`);
  const entries = await listFolder(dir);
  const lists = [picturesAmong(entries)];
  for (const folder of foldersOf(entries)) {
    const inside = await listFolder(join(dir, folder));
    lists.push(picturesAmong(inside).map((name) => join(folder, name)));
  }
  const longest = Math.max(...lists.map((list) => list.length));
  if (longest === 0)
    throw new VitlabError(
      `there are no pictures in ${dir} or its sub-folders: put ${imageExtensions.join(", ")} files there`,
    );
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

/**
 * Reads the first of some pictures that can be read, each made to fit at once, so that any number goes into memory.
 *
 * @throws VitlabError when none of them can be read, or one can't be made to fit.
 */
export async function readPictures(
  dir: string,
  files: readonly string[],
  { count, fit }: { count: number; fit: PictureFit },
): Promise<FolderPictures> {
  const read: FolderPictures = { names: [], images: [], leftOut: [] };
  for (const file of files) {
    if (read.images.length === count) break;
    const image = await readImage(join(dir, file)).catch((error: unknown) => {
      if (!(error instanceof VitlabError)) throw error;
      read.leftOut.push({ file, reason: error.message });
    });
    if (!image) continue;
    read.images.push(await fit(image));
    read.names.push(file);
  }
  if (read.images.length > 0) return read;
  throw new VitlabError(`no picture in ${dir} can be read: ${read.leftOut[0]?.reason}`);
}

function picturesAmong(entries: Awaited<ReturnType<typeof listFolder>>): string[] {
  return entries
    .filter(({ name, kind }) => kind === "file" && imageExtensions.includes(extname(name).toLowerCase()))
    .map(({ name }) => name);
}
