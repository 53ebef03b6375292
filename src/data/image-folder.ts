import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { show } from "../tensor/check-options";
import { VitlabError } from "../tensor/error";
import { plainText } from "../tensor/plain-text";
import { Random } from "../tensor/random";
import type { ByteImage } from "./byte-image";
import { type CallRules, checkCall } from "./check-call";
import { heldOutCount, type ImageDataset, imageDataset } from "./dataset";
import { coverImage, imageExtensions, readImage, resizeImage } from "./image-file";
import { type PilFilter, pilFilterNumbers, pilResize } from "./pil-resize";
import { stratifiedChoice } from "./stratified-choice";

/** How `imageFolder` brings pictures to their size. */
export type ImageFolderResize = "cover" | "squash" | PilFilter | ((image: ByteImage) => ByteImage | Promise<ByteImage>);

/** How `imageFolder` reads. */
export interface ImageFolderOptions {
  /** Side of the images in pixels, or their `[height, width]`. */
  size: number | readonly [number, number];
  /**
   * "cover" keeps proportions and cuts off what is too much, from the middle; "squash" keeps everything. The name of a
   * filter of Pillow squashes with it, to the byte as a pre-trained model's image processor; a function makes images of
   * `size` itself, and of any channels, as `(image) => processor.pixels(image)` does. Default "cover".
   */
  resize?: ImageFolderResize;
  /** Which images: all, or one part of those that `validation` divides. Default "all". */
  split?: "all" | "train" | "validation";
  /** What is held out for validation: a count, or a part below 1. Needed for the splits train and validation. */
  validation?: number;
  /** Which images are held out. Default 0. */
  seed?: number;
  /** What to do with a picture that can't be read. Default "throw". */
  broken?: "throw" | "skip";
}

/** A file that is not in the data set, and why. */
export interface SkippedFile {
  file: string;
  reason: string;
}

/** Images out of a folder, with the files they came from. */
export interface ImageFolderDataset extends ImageDataset {
  /** The file of each image: `cats/tom.jpg`. */
  readonly files: readonly string[];
  /** Files that were left out. */
  readonly skipped: readonly SkippedFile[];
}

/**
 * Reads photographs sorted into one sub-folder a class: `pets/cats/tom.jpg`, `pets/dogs/rex.png`.
 *
 * Classes are the names of the sub-folders, sorted, without hidden ones and `__MACOSX`; images come sorted by class and name. Only the split asked for is decoded.
 *
 * @throws VitlabError when there is no such folder, it has fewer than two classes, a class has no images, or a
 *   picture can't be read (unless `broken` is "skip").
 */
export async function imageFolder(dir: string, options: ImageFolderOptions): Promise<ImageFolderDataset> {
  if (typeof dir !== "string")
    throw new VitlabError(
      `imageFolder takes the path of a folder first: imageFolder("pets", { size: 32 }); got ${show(dir)}`,
    );
  checkCall(options, CALL);
  const { size, resize = "cover", split = "all", validation, seed = 0, broken = "throw" } = options;
  if (size === undefined)
    throw new VitlabError("imageFolder needs the side of the images in pixels: imageFolder(dir, { size: 32 })");
  const [height, width] = typeof size === "number" ? [size, size] : size;
  for (const side of [height, width])
    if (!Number.isInteger(side) || side < 1)
      throw new VitlabError(`images can't have size ${height}x${width}: give whole numbers of pixels from 1`);
  const named = typeof resize !== "function";
  if (named && resize !== "cover" && resize !== "squash" && !Object.hasOwn(pilFilterNumbers, resize))
    throw new VitlabError(
      `there is no resize "${String(resize)}": give "cover", "squash", or a filter of Pillow: ${Object.keys(pilFilterNumbers).join(", ")}`,
    );
  if (split !== "all" && split !== "train" && split !== "validation")
    throw new VitlabError(`an image folder has no split "${String(split)}": give "all", "train" or "validation"`);
  if (split !== "all" && validation === undefined)
    throw new VitlabError(
      `split "${split}" of ${dir} needs validation: a count of images to hold out, or a part below 1`,
    );

  const { classNames, files, labels, skipped } = await listImages(dir);
  let chosen = Uint32Array.from(files, (_, i) => i);
  if (split !== "all" && validation !== undefined) {
    const count = heldOutCount(validation, files.length, dir);
    const choice = stratifiedChoice(labels, count, new Random(FOLDER_STREAM, seed));
    chosen = Uint32Array.from(split === "train" ? choice.rest : choice.chosen);
  }

  // As the first picture comes out, of which there is always one.
  let channels = 3;
  let bytes = new Uint8Array(0);
  const kept: number[] = [];
  for (const index of chosen) {
    const file = files[index] as string;
    try {
      const image = await fillSize(await readImage(path.join(dir, file)), height, width, resize);
      if (bytes.length === 0) {
        channels = image.channels;
        bytes = new Uint8Array(chosen.length * height * width * channels);
      }
      if (image.channels !== channels)
        throw new VitlabError(`resize made ${image.channels} channels of ${file}, and ${channels} of the one before`);
      bytes.set(image.pixels, kept.length * height * width * channels);
      kept.push(index);
    } catch (error) {
      if (broken !== "skip" || !(error instanceof VitlabError)) throw error;
      skipped.push({ file, reason: error.message });
    }
  }
  const dataset = imageDataset({
    name: path.basename(path.resolve(dir)),
    split,
    height,
    width,
    channels,
    classNames,
    images: bytes.slice(0, kept.length * height * width * channels),
    labels: Int32Array.from(kept, (index) => labels[index] as number),
    files: kept.map((index) => files[index] as string),
  });
  return Object.assign(dataset, { skipped }) as ImageFolderDataset;
}

/** What `imageFolder` left out, in words, a line for each reason; "" where that is nothing. */
export function describeSkipped({ skipped }: Pick<ImageFolderDataset, "skipped">): string {
  if (skipped.length === 0) return "";
  const byReason = new Map<string, string[]>();
  for (const { file, reason } of skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), file]);
  const lines = [...byReason].map(([reason, files]) => {
    const more = files.length > 3 ? ` and ${files.length - 3} more` : "";
    return plainText(`  ${files.slice(0, 3).join(", ")}${more}: ${reason}`);
  });
  return [`${skipped.length} ${skipped.length === 1 ? "entry was" : "entries were"} left out:`, ...lines].join("\n");
}

const CALL: CallRules = {
  call: "imageFolder(dir, …)",
  options: ["size", "resize", "split", "validation", "seed", "broken"],
  number: "size",
  example: "{ size: 32 }",
};
const FOLDER_STREAM = 0xf01de;

interface ListedImages {
  classNames: string[];
  files: string[];
  labels: number[];
  skipped: SkippedFile[];
}

async function listImages(dir: string): Promise<ListedImages> {
  const entries = await list(dir);
  const skipped: SkippedFile[] = entries
    .filter((entry) => !entry.isFolder)
    .map((entry) => ({ file: entry.name, reason: "not in a class folder" }));
  const classNames = entries.filter((entry) => entry.isFolder).map((entry) => entry.name);
  if (classNames.length < 2) {
    const found = classNames.length === 0 ? "no sub-folders" : `one class (${classNames[0] as string})`;
    throw new VitlabError(
      `folder ${dir} has ${found}: a classifier needs at least two sub-folders, one a class, such as ${path.join(dir, "cats")} and ${path.join(dir, "dogs")}`,
    );
  }
  const files: string[] = [];
  const labels: number[] = [];
  for (const [label, className] of classNames.entries()) {
    const inside = await list(path.join(dir, className));
    const before = files.length;
    for (const { name, isFolder } of inside) {
      const file = path.join(className, name);
      const extension = path.extname(name).toLowerCase();
      if (isFolder) skipped.push({ file, reason: "a folder inside a class folder" });
      else if (!imageExtensions.includes(extension))
        skipped.push({ file, reason: `not a ${imageExtensions.join(", ")} file` });
      else {
        files.push(file);
        labels.push(label);
      }
    }
    if (files.length > before) continue;
    const folders = inside.filter((entry) => entry.isFolder).map((entry) => entry.name);
    const hint = folders.length
      ? `it has sub-folders (${folders.slice(0, 3).join(", ")}): if these are the classes, read ${path.join(dir, className)} instead`
      : `put ${imageExtensions.join(", ")} files there, or remove it`;
    throw new VitlabError(`class folder ${path.join(dir, className)} has no images: ${hint}`);
  }
  return { classNames, files, labels, skipped };
}

/** What a folder holds, in the same order on every machine. */
async function list(dir: string): Promise<{ name: string; isFolder: boolean }[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT")
      throw new VitlabError(`there is no folder ${dir}: give a folder with one sub-folder a class`);
    if (error.code === "ENOTDIR") throw new VitlabError(`${dir} is a file: give a folder with one sub-folder a class`);
    throw new VitlabError(`folder ${dir} can't be read: ${error.message}`);
  });
  // macOS writes __MACOSX, with a shadow of every file, into the archives it packs.
  const visible = names.filter((name) => !name.startsWith(".") && name !== "__MACOSX").sort(byCodeUnits);
  return Promise.all(visible.map(async (name) => ({ name, isFolder: await isDirectory(path.join(dir, name)) })));
}

async function isDirectory(file: string): Promise<boolean> {
  // A dangling link is reported as a file that can't be read, not as a failure of the whole folder.
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The picture in the size asked for. */
async function fillSize(image: ByteImage, height: number, width: number, how: ImageFolderResize): Promise<ByteImage> {
  const size = { width, height };
  if (how === "cover") return coverImage(image, size);
  if (how === "squash") return resizeImage(image, size);
  if (typeof how !== "function") return pilResize(image, size, { filter: how });
  const made = await how(image);
  const bytes = made?.pixels?.length === height * width * made?.channels;
  if (!bytes || made.height !== height || made.width !== width)
    throw new VitlabError(
      `resize made an image of ${made?.height}x${made?.width}x${made?.channels} of one of ${image.height}x${image.width}: ` +
        `size asks for ${height}x${width}`,
    );
  return made;
}
