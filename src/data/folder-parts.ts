import path from "node:path";
import { VitlabError } from "../base/error";
import { imageExtensions } from "./image-file";
import { type FolderEntry, foldersOf, listFolder } from "./list-folder";

/** The parts that a data set can come divided into. */
export type FolderPart = "train" | "validation" | "test";

/** The folders of a data set that comes divided into parts: photos/train, photos/val, photos/test. */
export type FolderParts = Readonly<Partial<Record<FolderPart, string>>>;

/** Names of parts, as the datasets library of Hugging Face knows them. */
const NAMES: Readonly<Record<FolderPart, readonly string[]>> = {
  train: ["train", "training"],
  validation: ["validation", "valid", "val", "dev"],
  test: ["test", "testing", "eval", "evaluation"],
};

/**
 * The parts of a data set, where a folder has nothing but folders of such names, with class folders in them; undefined where
 * its folders are classes themselves, whatever they are called.
 *
 * @throws VitlabError when there is no such folder, two are for the same part, or some hold classes and others pictures.
 */
export async function folderParts(dir: string): Promise<FolderParts | undefined> {
  const names = foldersOf(await listFolder(dir));
  if (names.length === 0 || !names.every((name) => partNamed(name))) return undefined;
  const inside = await Promise.all(names.map((name) => listFolder(path.join(dir, name))));
  const pictured = names.filter((_, i) => (inside[i] as FolderEntry[]).some(isPicture));
  const divided = names.filter(
    (name, i) => !pictured.includes(name) && foldersOf(inside[i] as FolderEntry[]).length > 0,
  );
  if (divided.length === 0) return undefined;
  if (pictured.length > 0)
    throw new VitlabError(
      `folder ${dir} holds classes in ${divided.join(", ")} and pictures in ${pictured.join(", ")}: ` +
        `sort those of ${pictured[0] as string} into one sub-folder a class, or move it elsewhere`,
    );
  const parts: Partial<Record<FolderPart, string>> = {};
  for (const name of divided) {
    const part = partNamed(name) as FolderPart;
    const other = parts[part];
    if (other !== undefined)
      throw new VitlabError(
        `folder ${dir} has two folders for the ${part} images, ${path.basename(other)} and ${name}: keep one of them there`,
      );
    parts[part] = path.join(dir, name);
  }
  return parts;
}

/** The names of the folders, as they are read aloud: `train, val and test`. */
export function nameParts(parts: FolderParts): string {
  const names = Object.values(parts).map((folder) => path.basename(folder));
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) as string}`;
}

function partNamed(name: string): FolderPart | undefined {
  const found = Object.entries(NAMES).find(([, names]) => names.includes(name.toLowerCase()));
  return found?.[0] as FolderPart | undefined;
}

function isPicture({ name, kind }: FolderEntry): boolean {
  return kind === "file" && imageExtensions.includes(path.extname(name).toLowerCase());
}
