import { statSync } from "node:fs";
import { join } from "node:path";
import { absoluteDataFolder, root } from "../paths.mjs";

const folderName = "cifar-10-batches-bin";
const files = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat("test_batch.bin");
// 10,000 images a file, each one byte of label and 3 x 32 x 32 bytes of pixels.
const bytesPerFile = 10_000 * (1 + 3 * 32 * 32);

/** Says whether CIFAR-10 is on this machine; downloads nothing. */
export function checkData() {
  const folders = [absoluteDataFolder(), join(root, "data")].filter((folder) => folder !== undefined);
  const found = folders.map((folder) => join(folder, folderName)).find(hasCifar10);
  if (process.env.VITLAB_NO_CIFAR === "1")
    return { text: "CIFAR-10 is hidden by VITLAB_NO_CIFAR=1; the notebooks use shapes" };
  if (found) return { text: `CIFAR-10 in ${found}` };
  return {
    mark: "–",
    text: "CIFAR-10 is not here, the notebooks use the drawn shapes; `npx vitlab data cifar10` fetches it (170 MB)",
  };
}

/** Whether all six binary files of CIFAR-10 are in the folder in full length. */
export function hasCifar10(folder) {
  return files.every((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.size === bytesPerFile);
}
