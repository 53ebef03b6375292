import path from "node:path";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { plainText } from "../base/plain-text";
import { Random } from "../base/random";
import { areaCover } from "./area-resize";
import type { ByteImage } from "./byte-image";
import { type CallRules, checkCall } from "./check-call";
import { heldOutCount, type ImageDataset, imageDataset } from "./dataset";
import { type FolderPart, type FolderParts, folderParts, nameParts } from "./folder-parts";
import { readImage, resizeImage } from "./image-file";
import { type ListedImages, listImages, listPart, type SkippedFile, tooFewClasses } from "./list-images";
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
  /**
   * Which images: all, or one part, of those that `validation` divides or of a folder that comes in parts (train, val, test).
   * Default "all".
   */
  split?: "all" | FolderPart;
  /** What is held out for validation: a count, or a part below 1. Needed for train and validation, where no folder holds it. */
  validation?: number;
  /** Which images are held out. Default 0. */
  seed?: number;
  /** What to do with a picture that can't be read. Default "throw". */
  broken?: "throw" | "skip";
  /** Read a folder of one class too: enough to measure a model on, not to train one. Default false. */
  oneClass?: boolean;
}

/** Images out of a folder, with the files they came from. */
export interface ImageFolderDataset extends ImageDataset {
  /** The file of each image: `cats/tom.jpg`. */
  readonly files: readonly string[];
  /** Files that were left out. */
  readonly skipped: readonly SkippedFile[];
}

/**
 * Reads photographs sorted into one sub-folder a class: `pets/cats/tom.jpg`, `pets/dogs/rex.png`; or, where they come in
 * parts, `pets/train/cats/tom.jpg` and so on, one of the parts.
 *
 * Classes are the names of the sub-folders, sorted, without hidden ones and `__MACOSX`; images come sorted by class and name.
 * A part has the classes of the training images. Only the split asked for is decoded.
 *
 * @throws VitlabError when there is no such folder or part, it has fewer than two classes (without `oneClass`), a class has no images, or none
 *   that can be read, a part has other classes, or a picture can't be read (unless `broken` is "skip").
 *
 * @example
 * ```ts
 * import { mkdir } from "node:fs/promises";
 * import { chelsea, describeDataset, imageFolder, writePng } from "vitlab";
 *
 * await mkdir("pets/cats", { recursive: true });
 * await mkdir("pets/dogs");
 * await writePng("pets/cats/chelsea.png", await chelsea());
 * await writePng("pets/dogs/disguised.png", await chelsea());
 * const pets = await imageFolder("pets", { size: 32 });
 * console.log(describeDataset(pets)); // pets all: 2 images 32x32x3, 2 classes (cats, dogs)
 * console.log(pets.files); // [ 'cats/chelsea.png', 'dogs/disguised.png' ]
 * ```
 */
export async function imageFolder(dir: string, options: ImageFolderOptions): Promise<ImageFolderDataset> {
  if (typeof dir !== "string")
    throw new VitlabError(
      `imageFolder takes the path of a folder first: imageFolder("pets", { size: 32 }); got ${show(dir)}`,
    );
  checkCall(options, CALL);
  const { size, resize = "cover", split = "all", validation, seed = 0, broken = "throw", oneClass = false } = options;
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
  if (!["all", "train", "validation", "test"].includes(split))
    throw new VitlabError(
      `an image folder has no split "${String(split)}": give "all", "train", "validation" or "test"`,
    );
  const place = await placeOf(dir, split, validation);
  const { classNames, files, labels, skipped } = place.listed;
  if (classNames.length < 2 && !oneClass) throw tooFewClasses(place.dir, `one class (${classNames[0]})`);
  let chosen = Uint32Array.from(files, (_, i) => i);
  if (place.holdOut !== undefined) {
    const count = heldOutCount(place.holdOut, files.length, place.dir);
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
      const image = await fillSize(await readImage(path.join(place.dir, file)), height, width, resize);
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
      skipped.push({ file, reason: withoutName(error.message, path.join(place.dir, file)), unreadable: true });
    }
  }
  checkClassesLeft(place.dir, place.listed, chosen, kept, skipped);
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
export function describeSkipped({ skipped, length }: Pick<ImageFolderDataset, "skipped" | "length">): string {
  const unreadable = skipped.filter((file) => file.unreadable);
  const others = skipped.filter((file) => !file.unreadable);
  const all = (length + unreadable.length).toLocaleString("en-US");
  return [
    ...(unreadable.length > 0
      ? [`left out ${unreadable.length} of ${all} pictures, which can't be read:`, ...reasonLines(unreadable)]
      : []),
    ...(others.length > 0
      ? [`${others.length} ${others.length === 1 ? "entry was" : "entries were"} left out:`, ...reasonLines(others)]
      : []),
  ].join("\n");
}

function reasonLines(skipped: readonly SkippedFile[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { file, reason } of skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), file]);
  return [...byReason].map(([reason, files]) => {
    const more = files.length > 3 ? ` and ${files.length - 3} more` : "";
    return plainText(`  ${files.slice(0, 3).join(", ")}${more}: ${reason}`);
  });
}

const CALL: CallRules<ImageFolderOptions> = {
  call: "imageFolder(dir, …)",
  options: { size: true, resize: true, split: true, validation: true, seed: true, broken: true, oneClass: true },
  number: "size",
  example: "{ size: 32 }",
};
const FOLDER_STREAM = 0xf01de;

/** Where a split's pictures lie, and what is held out of them. */
interface SplitPlace {
  dir: string;
  listed: ListedImages;
  holdOut?: number;
}

async function placeOf(dir: string, split: "all" | FolderPart, validation?: number): Promise<SplitPlace> {
  const parts = await folderParts(dir);
  if (parts) return placeInParts(dir, parts, split, validation);
  if (split === "test")
    throw new VitlabError(
      `${dir} has no test images of its own: it holds classes, not the parts train and test; hold some out with splitDataset`,
    );
  if (split !== "all" && validation === undefined)
    throw new VitlabError(
      `split "${split}" of ${dir} needs validation: a count of images to hold out, or a part below 1`,
    );
  return { dir, listed: await listImages(dir), holdOut: split === "all" ? undefined : validation };
}

async function placeInParts(
  dir: string,
  parts: FolderParts,
  split: "all" | FolderPart,
  validation?: number,
): Promise<SplitPlace> {
  if (split === "all")
    throw new VitlabError(
      `${dir} comes in parts (${nameParts(parts)}): say which with split: ${Object.keys(parts)
        .map((part) => `"${part}"`)
        .join(", ")}`,
    );
  if (parts.validation && split !== "test" && validation !== undefined)
    throw new VitlabError(
      `${parts.validation} holds the validation images of ${dir}: leave the option validation away`,
    );
  const isHeldOut = split === "validation" && !parts.validation;
  if (isHeldOut && validation === undefined)
    throw new VitlabError(
      `split "validation" of ${dir}, which has ${nameParts(parts)}, needs validation: a count of images to hold out, or a part below 1`,
    );
  const folder = parts[isHeldOut ? "train" : split];
  if (!folder) throw new VitlabError(`${dir} has no ${split} images: it holds ${nameParts(parts)}`);
  const { train } = parts;
  if (!train || folder === train)
    return { dir: folder, listed: await listImages(folder), holdOut: split === "test" ? undefined : validation };
  return { dir: folder, listed: await listPart(folder, train, { all: split === "validation" }) };
}

/** Refuses a data set in which nothing is left of a class, as it can neither be learnt nor measured. */
function checkClassesLeft(
  dir: string,
  { classNames, files, labels }: ListedImages,
  chosen: ArrayLike<number>,
  kept: readonly number[],
  skipped: readonly SkippedFile[],
): void {
  const left = new Set(kept.map((index) => labels[index]));
  const gone = new Set(Array.from(chosen, (index) => labels[index] as number).filter((label) => !left.has(label)));
  if (gone.size === 0) return;
  const names = [...gone].map((label) => classNames[label] as string);
  const lost = new Set(Array.from(chosen).map((index) => (gone.has(labels[index] as number) ? files[index] : "")));
  const first = skipped.find(({ file, unreadable }) => unreadable && lost.has(file));
  throw new VitlabError(
    `no picture of ${names.join(", ")} in ${dir} can be read (${first?.file}: ${first?.reason}): give whole ones, or remove the folder of ${names.length === 1 ? "the class" : "each class"}`,
  );
}

function withoutName(message: string, file: string): string {
  return message.startsWith(`${file} `) ? message.slice(file.length + 1) : message;
}

/** The picture in the size asked for. */
async function fillSize(image: ByteImage, height: number, width: number, how: ImageFolderResize): Promise<ByteImage> {
  const size = { width, height };
  if (how === "cover") return areaCover(image, size);
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
