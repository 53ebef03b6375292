import { mkdir, mkdtemp, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { VitlabError } from "../base/error";
import { makeFolder } from "../base/node/folder";
import { type ImageDataset, imageAt } from "./dataset";
import { encodePng } from "./image-file";

/**
 * Writes a data set as PNG files, one sub-folder a class, that `imageFolder` reads back byte for byte.
 *
 * Where landmarks are known they go into `landmarks.json`: `{ size: [height, width], images: [{ file, label, landmarks }] }`
 * with places in pixels from the left and the top. The folder appears whole or not at all.
 *
 * @throws VitlabError when the folder is there and not empty, or can't be written.
 */
export async function writeImageFolder(dataset: ImageDataset, dir: string): Promise<void> {
  const folder = path.resolve(dir);
  const inside = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new VitlabError(`images can't be written to ${dir}: ${error.message}`);
  });
  if (inside && inside.length > 0)
    throw new VitlabError(`folder ${dir} is not empty: name a new folder, so that nothing of yours is overwritten`);
  let unfinished: string | undefined;
  try {
    await makeFolder(path.dirname(folder));
    unfinished = await mkdtemp(`${folder}.part-`);
    await writeImages(dataset, unfinished);
    if (inside) await rmdir(folder);
    await rename(unfinished, folder);
  } catch (error) {
    if (unfinished) await rm(unfinished, { recursive: true, force: true });
    if (error instanceof VitlabError) throw error;
    throw new VitlabError(`images can't be written to ${dir}: ${(error as Error).message}`);
  }
}

async function writeImages(dataset: ImageDataset, folder: string): Promise<void> {
  const { length, height, width, landmarks, classNames } = dataset;
  const digits = String(length - 1).length;
  for (const className of classNames) await mkdir(path.join(folder, className));
  const index = [];
  for (let i = 0; i < length; i++) {
    const { label, className, ...image } = imageAt(dataset, i);
    const file = `${className}/${String(i).padStart(digits, "0")}.png`;
    // Plainly, without a wait for the disk at each: the folder gets its name only when everything is in it.
    await writeFile(path.join(folder, file), await encodePng(image));
    index.push({ file, label, landmarks: landmarks?.[i] });
  }
  if (landmarks)
    await writeFile(
      path.join(folder, "landmarks.json"),
      `${JSON.stringify({ size: [height, width], images: index })}\n`,
    );
}
