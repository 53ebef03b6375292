import { VitlabError } from "../../base/error";
import { type ImageDataset, splitDataset } from "../../data/dataset";
import { type FolderPart, type FolderParts, folderParts, nameParts } from "../../data/folder-parts";
import { describeSkipped, type ImageFolderOptions, imageFolder } from "../../data/image-folder";
import { pictureFit } from "../../hub/picture-fit";
import { noteLine } from "../terminal/output";
import type { DataSizes, DataSplits, SplitName } from "./data-splits";

/** Share of a folder that is held out to test on, and of the rest to validate on. */
const FOLDER_SHARE = 0.15;

/** With fewer, one of the parts would be empty. */
const LEAST_IMAGES = 5;

/** Whether a folder of one class is taken too. */
type PartOptions = Pick<ImageFolderOptions, "oneClass">;

/** Train, validation and test images of a folder: the parts it comes in; what is missing is held out of the training images. */
export async function folderSplits(dir: string, sizes: DataSizes, which: PartOptions = {}): Promise<DataSplits> {
  const parts = await folderParts(dir);
  if (parts) sayParts(dir, parts, sizes);
  let rest = await readPart(dir, parts ? "train" : "all", sizes, which);
  const held = [!parts?.test && "the test", !parts?.validation && "validation"]
    .filter(Boolean)
    .reverse()
    .join(" and for ");
  if (held && rest.length < LEAST_IMAGES)
    throw new VitlabError(
      `folder ${parts?.train ?? dir} has ${rest.length} images, too few to hold some out for ${held}: ` +
        `give at least ${LEAST_IMAGES}; some dozens a class make a useful model`,
    );
  const holdOut = (share: number): ImageDataset => {
    const { train, validation } = splitDataset(rest, { validation: share });
    rest = train;
    return validation;
  };
  const test = parts?.test ? await readPart(dir, "test", sizes, which) : holdOut(FOLDER_SHARE);
  const validation = parts?.validation
    ? await readPart(dir, "validation", sizes, which)
    : holdOut(sizes.validation ?? FOLDER_SHARE);
  return { train: { ...rest, split: "train" }, validation, test: { ...test, split: "test" } };
}

/** One part of a folder, the same images that `folderSplits` gives; one class is enough to measure a model on. */
export async function folderSplit(dir: string, split: SplitName, sizes: DataSizes): Promise<ImageDataset> {
  const which = { oneClass: true };
  if (split === "all") return readPart(dir, split, sizes, which);
  const parts = await folderParts(dir);
  const isWhole = split === "train" ? parts?.validation && parts.test : parts;
  return parts?.[split] && isWhole
    ? readPart(dir, split, sizes, which)
    : (await folderSplits(dir, sizes, which))[split];
}

/** Images of a folder; files that were left out are named on stderr, where `--json` leaves room. */
async function readPart(
  dir: string,
  split: "all" | FolderPart,
  { imageSize, fit }: DataSizes,
  { oneClass = false }: PartOptions,
): Promise<ImageDataset> {
  const resize = fit && pictureFit(fit);
  const read = await imageFolder(dir, { size: imageSize, resize, split, broken: "skip", oneClass });
  const skipped = describeSkipped(read);
  if (skipped) for (const line of skipped.split("\n")) noteLine(line);
  return read;
}

/** Says what is taken for what, on stderr, where `--json` leaves room. */
function sayParts(dir: string, parts: FolderParts, { validation }: DataSizes): void {
  const { train } = parts;
  if (!train) throw new VitlabError(`${dir} has no images to train on: it holds ${nameParts(parts)}`);
  if (parts.validation && validation !== undefined)
    throw new VitlabError(`${parts.validation} holds the images to validate on: leave --validation away`);
  const held = (part: string, count: number) =>
    `${part} images are held out of it (${count < 1 ? `${100 * count} %` : count})`;
  noteLine(
    [
      `training images: ${train}`,
      parts.validation ? `validation images: ${parts.validation}` : held("validation", validation ?? FOLDER_SHARE),
      parts.test ? `test images: ${parts.test}` : held("test", FOLDER_SHARE),
    ].join("; "),
  );
}
