import { VitlabError } from "../base/error";
import { Random } from "../base/random";
import { type CallRules, checkCall } from "./check-call";
import {
  type Cifar10Files,
  cifar10FolderName,
  cifar10Places,
  cifar10RecordBytes,
  cifar10TestFile,
  cifar10TrainFiles,
  findCifar10,
  officialCifar10,
  readCifar10File,
} from "./cifar10-files";
import { cifar10ClassNames } from "./class-names";
import { heldOutCount, type ImageDataset, imageDataset, takeImages } from "./dataset";
import { downloadCifar10 } from "./download-cifar10";
import type { DownloadProgress } from "./download-file";
import { stratifiedChoice } from "./stratified-choice";

/** Parts of CIFAR-10; train and validation share no image, and test shares none with them. */
export type Cifar10Split = "train" | "validation" | "test" | "train+validation";

/** How `cifar10` reads. */
export interface Cifar10Options {
  /** The folder that holds `cifar-10-batches-bin` (or is it). Default: `VITLAB_DATA`, then `data`. */
  dir?: string;
  /** Default "train". */
  split?: Cifar10Split;
  /** How many of the 50,000 training images are held out for validation. Default 5,000, 500 of each class. */
  validation?: number;
  /** Download the data set (170 MB) where it isn't found. Default false. */
  download?: boolean;
  /** Told about the download. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Ends the download. */
  signal?: AbortSignal;
}

/**
 * Reads CIFAR-10 (Krizhevsky, 2009): 32x32 color photographs of ten classes, 50,000 to train on and 10,000 to test.
 *
 * Validation images are held out of the 50,000, the same ones on every machine and in every run, each class equally often.
 * Every file is checked by size and MD5 each time.
 *
 * @throws VitlabError when the files aren't found, one of them is missing, cut off or changed, or an option is unknown.
 */
export async function cifar10(options: Cifar10Options = {}): Promise<ImageDataset> {
  checkCall(options, CALL);
  const { dir, download = false, onProgress, signal } = options;
  let folder = findCifar10(dir);
  if (!folder && download && process.env.VITLAB_NO_CIFAR !== "1")
    folder = await downloadCifar10({ dir, onProgress, signal });
  if (!folder) throw notFound(dir);
  return readCifar10(folder, options, officialCifar10);
}

/** Whether `cifar10` would find its files; reads none of them. */
export function hasCifar10(options: { dir?: string } = {}): boolean {
  checkCall(options, { call: "hasCifar10(…)", options: { dir: true }, text: "dir", example: '{ dir: "data" }' });
  return findCifar10(options.dir) !== undefined;
}

/** What `cifar10` reads out of a folder found, held against what its files should be. */
export async function readCifar10(
  folder: string,
  { split = "train", validation = 5_000 }: Pick<Cifar10Options, "split" | "validation">,
  files: Cifar10Files,
): Promise<ImageDataset> {
  if (!SPLITS.includes(split))
    throw new VitlabError(`CIFAR-10 has no split "${String(split)}": give one of ${SPLITS.join(", ")}`);
  const names = split === "test" ? [cifar10TestFile] : cifar10TrainFiles;
  const count = names.length * files.recordsPerFile;
  const heldOut =
    split === "train" || split === "validation" ? heldOutCount(validation, count, "CIFAR-10's training set") : 0;

  const images = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Int32Array(count);
  for (const [i, name] of names.entries()) {
    const records = await readCifar10File(folder, name, files);
    decodeRecords(records, images, labels, i * files.recordsPerFile);
  }
  const fields = { name: "cifar10", height: 32, width: 32, channels: 3, classNames: cifar10ClassNames };
  const whole = imageDataset({ ...fields, split, images, labels });
  if (split !== "train" && split !== "validation") return whole;
  const { chosen, rest } = stratifiedChoice(labels, heldOut, new Random(VALIDATION_SEED));
  return takeImages(whole, split === "train" ? rest : chosen);
}

const CALL: CallRules<Cifar10Options> = {
  call: "cifar10(…)",
  options: { dir: true, split: true, validation: true, download: true, onProgress: true, signal: true },
  number: "validation",
  text: "split",
  example: '{ split: "test" }',
};
const SPLITS: readonly Cifar10Split[] = ["train", "validation", "test", "train+validation"];
const IMAGE_BYTES = 32 * 32 * 3;
// Fixed for good: results are comparable only while everybody holds out the same images.
const VALIDATION_SEED = 0xc1fa210;

/** A record is a label, then 1,024 red bytes, 1,024 green, 1,024 blue, each row by row. */
function decodeRecords(records: Uint8Array, images: Uint8Array, labels: Int32Array, firstImage: number): void {
  const plane = 32 * 32;
  for (let record = 0; record * cifar10RecordBytes < records.length; record++) {
    const from = record * cifar10RecordBytes;
    const to = (firstImage + record) * IMAGE_BYTES;
    labels[firstImage + record] = records[from] as number;
    const red = from + 1;
    for (let pixel = 0; pixel < plane; pixel++) {
      const at = to + pixel * 3;
      images[at] = records[red + pixel] as number;
      images[at + 1] = records[red + plane + pixel] as number;
      images[at + 2] = records[red + 2 * plane + pixel] as number;
    }
  }
}

function notFound(dir: string | undefined): VitlabError {
  const looked =
    process.env.VITLAB_NO_CIFAR === "1" ? "VITLAB_NO_CIFAR is 1" : `looked in ${cifar10Places(dir).join(", ")}`;
  return new VitlabError(
    `CIFAR-10 was not found (no folder ${cifar10FolderName}; ${looked}): download it with \`npx vitlab data cifar10\`, set VITLAB_DATA to the folder that holds it, or use shapes(), which needs no download`,
  );
}
