import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { VitlabError } from "../base/error";
import { isClone } from "../base/node/is-clone";
import { readRegularFile } from "../base/node/read-regular-file";

/** What a whole copy of CIFAR-10's binary files looks like. */
export interface Cifar10Files {
  /** One byte of label and 3,072 of image each. */
  recordsPerFile: number;
  /** MD5 of each file. */
  md5: Readonly<Record<string, string>>;
  archive: { md5: string; bytes: number };
}

/** The binary version as its authors publish it (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009). */
export const officialCifar10: Cifar10Files = {
  recordsPerFile: 10_000,
  md5: {
    "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
    "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
    "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
    "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
    "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
    "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
  },
  archive: { md5: "c32a1d4ab5d03f1284b67883e8d87530", bytes: 170_052_171 },
};

export const cifar10FolderName = "cifar-10-batches-bin";
export const cifar10RecordBytes = 1 + 3 * 32 * 32;

/** The files of the 50,000 training images, in order. */
export const cifar10TrainFiles = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
export const cifar10TestFile = "test_batch.bin";

/** Above any of the files, which have 31 MB. */
const MOST_BYTES = 512e6;
const packageRoot = path.resolve(__dirname, "..", "..");

/** Where data sets are downloaded to when no folder is named: `VITLAB_DATA`, else `data` of the clone, else `data` here. */
export function dataFolder(): string {
  if (process.env.VITLAB_DATA) return path.resolve(process.env.VITLAB_DATA);
  // A notebook runs in notebooks/, and what it downloads is for every notebook; an installed package holds no data.
  return isClone ? path.join(packageRoot, "data") : path.resolve("data");
}

/** The folders that CIFAR-10 is looked for in: the one named, else `VITLAB_DATA`, `data` here, and `data` of this package. */
export function cifar10Places(dir?: string): string[] {
  if (dir !== undefined) return [path.resolve(dir)];
  const places = [path.resolve("data"), path.join(packageRoot, "data")];
  if (process.env.VITLAB_DATA) places.unshift(path.resolve(process.env.VITLAB_DATA));
  return [...new Set(places)];
}

/** The folder with CIFAR-10's binary files (in one of the places, or one of them itself), or undefined. */
export function findCifar10(dir?: string): string | undefined {
  if (process.env.VITLAB_NO_CIFAR === "1") return undefined;
  const candidates = cifar10Places(dir).flatMap((place) => [path.join(place, cifar10FolderName), place]);
  return candidates.find(hasAnyCifar10File);
}

/** Whether one of CIFAR-10's binary files, whole or not, is in a folder. */
export function hasAnyCifar10File(folder: string): boolean {
  return [...cifar10TrainFiles, cifar10TestFile].some((file) => existsSync(path.join(folder, file)));
}

/**
 * Reads one of the binary files and checks it, size first, then MD5.
 *
 * @throws VitlabError when it is missing, cut off, or changed.
 */
export async function readCifar10File(folder: string, name: string, files: Cifar10Files): Promise<Buffer> {
  const file = path.join(folder, name);
  const again = "get a whole copy with `npx vitlab data cifar10 --overwrite`";
  const data = await readRegularFile(file, MOST_BYTES).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof VitlabError) throw error;
    const why =
      error.code === "ENOENT" ? `is missing from CIFAR-10 folder ${folder}` : `can't be read (${error.message})`;
    throw new VitlabError(`${name} ${why}: ${again}`);
  });
  const expected = files.recordsPerFile * cifar10RecordBytes;
  if (data.length !== expected)
    throw new VitlabError(
      `${file} has ${data.length} bytes and should have ${expected} (${files.recordsPerFile} images): it is ${data.length < expected ? "cut off" : "too long"}; ${again}`,
    );
  const md5 = createHash("md5").update(data).digest("hex");
  if (md5 !== files.md5[name])
    throw new VitlabError(
      `${file} has MD5 ${md5} and should have ${files.md5[name]}: its content was damaged or changed; ${again}`,
    );
  return data;
}
