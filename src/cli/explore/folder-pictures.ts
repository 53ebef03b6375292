import { statSync } from "node:fs";
import { extname, join } from "node:path";
import { VitlabError } from "../../base/error";
import type { ByteImage } from "../../data/byte-image";
import { imageExtensions, readImage } from "../../data/image-file";
import { foldersOf, listFolder } from "../../data/list-folder";

/** Some pictures of a folder, and the files that should have been among them but can't be read. */
export interface FolderPictures {
  /** From the folder on: `cats/tom.jpg`. */
  names: string[];
  images: ByteImage[];
  leftOut: { file: string; reason: string }[];
}

/**
 * Reads so many of the pictures in a folder and its sub-folders, from each in turn.
 *
 * @throws VitlabError when there is no such folder, or no picture in it that can be read.
 */
export async function folderPictures(dir: string, count: number): Promise<FolderPictures> {
  const found = statSync(dir, { throwIfNoEntry: false });
  if (!found) throw new VitlabError(`there is no folder ${dir}: give --images a folder of pictures`);
  if (!found.isDirectory()) throw new VitlabError(`${dir} is a file: give --images the folder that it is in`);
  const files = await pictureFiles(dir);
  const [names, images, leftOut]: [string[], ByteImage[], FolderPictures["leftOut"]] = [[], [], []];
  for (const file of files) {
    if (images.length === count) break;
    try {
      images.push(await readImage(join(dir, file)));
      names.push(file);
    } catch (error) {
      if (!(error instanceof VitlabError)) throw error;
      leftOut.push({ file, reason: error.message });
    }
  }
  if (images.length > 0) return { names, images, leftOut };
  throw new VitlabError(
    leftOut[0]
      ? `no picture in ${dir} can be read: ${leftOut[0].reason}`
      : `there are no pictures in ${dir} or its sub-folders: put ${imageExtensions.join(", ")} files there`,
  );
}

/** The first picture of the folder and of each sub-folder, then the second of each, and so on. */
async function pictureFiles(dir: string): Promise<string[]> {
  const entries = await listFolder(dir);
  const lists = [picturesAmong(entries)];
  for (const folder of foldersOf(entries)) {
    const inside = await listFolder(join(dir, folder));
    lists.push(picturesAmong(inside).map((name) => join(folder, name)));
  }
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

function picturesAmong(entries: Awaited<ReturnType<typeof listFolder>>): string[] {
  return entries
    .filter(({ name, kind }) => kind === "file" && imageExtensions.includes(extname(name).toLowerCase()))
    .map(({ name }) => name);
}
