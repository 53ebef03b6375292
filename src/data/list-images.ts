import path from "node:path";
import { VitlabError } from "../base/error";
import { imageExtensions } from "./image-file";
import { foldersOf, listFolder } from "./list-folder";

/** A file that is not in the data set, and why. */
export interface SkippedFile {
  file: string;
  /** Goes on after the file's name: "is a JPEG file that is cut off: get a whole copy of it". */
  reason: string;
  /** Whether it should have been in it: a picture that can't be read. */
  unreadable?: true;
}

/** The pictures of a folder with one sub-folder a class. */
export interface ListedImages {
  classNames: readonly string[];
  /** Of each picture, from the folder on: `cats/tom.jpg`. */
  files: string[];
  /** Its class. */
  labels: number[];
  skipped: SkippedFile[];
}

/**
 * Lists the pictures in the class folders of a folder.
 *
 * @param known the classes there are, where another part of the data set says so; one that has no folder here has no pictures
 * @throws VitlabError when there is no class, one that isn't known, or one without pictures.
 */
export async function listImages(dir: string, known?: readonly string[]): Promise<ListedImages> {
  const entries = await listFolder(dir);
  const found = foldersOf(entries);
  const classNames = known ?? found;
  const skipped: SkippedFile[] = entries
    .filter(({ kind }) => kind !== "folder")
    .map(({ name, kind }) => ({ file: name, reason: typeof kind === "object" ? kind.other : "not in a class folder" }));
  if (classNames.length === 0) throw tooFewClasses(dir, "no sub-folders");
  const files: string[] = [];
  const labels: number[] = [];
  for (const className of found) {
    const inside = await listFolder(path.join(dir, className));
    const before = files.length;
    for (const { name, kind } of inside) {
      const file = path.join(className, name);
      const isPicture = imageExtensions.includes(path.extname(name).toLowerCase());
      if (typeof kind === "object") skipped.push({ file, reason: kind.other });
      else if (kind === "folder") skipped.push({ file, reason: "a folder inside a class folder" });
      else if (!isPicture) skipped.push({ file, reason: `not a ${imageExtensions.join(", ")} file` });
      else {
        files.push(file);
        labels.push(classNames.indexOf(className));
      }
    }
    if (files.length > before || known) continue;
    const folders = foldersOf(inside);
    const hint = folders.length
      ? `it has sub-folders (${folders.slice(0, 3).join(", ")}): if these are the classes, read ${path.join(dir, className)} instead`
      : `put ${imageExtensions.join(", ")} files there, or remove it`;
    throw new VitlabError(`class folder ${path.join(dir, className)} has no images: ${hint}`);
  }
  return { classNames, files, labels, skipped };
}

/** What to say of a folder that has no classes to choose between. */
export function tooFewClasses(dir: string, has: string): VitlabError {
  return new VitlabError(
    `folder ${dir} has ${has}: a classifier needs at least two sub-folders, one a class, such as ${path.join(dir, "cats")} and ${path.join(dir, "dogs")}`,
  );
}

/**
 * Lists the pictures of a part of a data set that comes in parts, of the classes that its training images have.
 *
 * @param all whether each class must have pictures here, too
 * @throws VitlabError as `listImages` does; when it has a class that those lack, no picture, or, with `all`, lacks a class.
 */
export async function listPart(dir: string, train: string, { all }: { all: boolean }): Promise<ListedImages> {
  const { classNames } = await listImages(train);
  const [part, other] = [path.basename(dir), path.basename(train)];
  const unknown = foldersOf(await listFolder(dir)).filter((name) => !classNames.includes(name));
  if (unknown.length > 0)
    throw new VitlabError(
      `folder ${dir} has classes that ${other} doesn't have: ${few(unknown)}; ${other} has ${few(classNames)}: give both the same`,
    );
  const listed = await listImages(dir, classNames);
  if (listed.files.length === 0) throw new VitlabError(`folder ${dir} has no images: put some there, or remove it`);
  const missing = classNames.filter((_, label) => !listed.labels.includes(label));
  if (all && missing.length > 0)
    throw new VitlabError(
      `folder ${dir} has no images of ${few(missing)}, which ${other} has: move some from ${other} to ${part}, ` +
        `or remove ${part}: images to validate on are then held out of ${other}`,
    );
  return listed;
}

function few(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(", ")} and ${names.length - 10} more` : names.join(", ");
}
