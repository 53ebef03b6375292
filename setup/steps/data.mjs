import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { absoluteDataFolder, root } from "../paths.mjs";

const folderName = "cifar-10-batches-bin";
const files = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat("test_batch.bin");
// 10,000 images a file, each one byte of label and 3 x 32 x 32 bytes of pixels.
const bytesPerFile = 10_000 * (1 + 3 * 32 * 32);

/** Says whether CIFAR-10 is on this machine, as a notebook will find it; downloads nothing. */
export function checkData() {
  if (process.env.VITLAB_NO_CIFAR === "1")
    return { text: "CIFAR-10 is hidden by VITLAB_NO_CIFAR=1; the notebooks use shapes" };
  const found = findCifar10(dataPlaces());
  const flaw = found && flawOf(found);
  if (found && flaw)
    return { mark: "–", text: `CIFAR-10 in ${found} is incomplete (${flaw}): ${repair(found)} fetches it anew` };
  if (found) return { text: `CIFAR-10 in ${found}` };
  return {
    mark: "–",
    text: "CIFAR-10 is not here, the notebooks use the drawn shapes; `npx vitlab data cifar10` fetches it (170 MB)",
  };
}

/** Where `cifar10()` looks in a notebook of this clone, in its order (src/data/cifar10-files.ts). */
function dataPlaces() {
  const places = [join(root, "notebooks", "data"), join(root, "data")];
  const named = absoluteDataFolder();
  return named ? [named, ...places] : places;
}

/** The first folder with any of CIFAR-10's files: in one of the places, or a place itself. */
export function findCifar10(places) {
  const candidates = places.flatMap((place) => [join(place, folderName), place]);
  return candidates.find((folder) => files.some((file) => existsSync(join(folder, file))));
}

/** What the first file that is not in full length lacks; undefined where all six are. */
export function flawOf(folder) {
  for (const file of files) {
    const size = statSync(join(folder, file), { throwIfNoEntry: false })?.size;
    if (size === undefined) return `${file} is missing`;
    if (size !== bytesPerFile) return `${file} has ${size} bytes and should have ${bytesPerFile}`;
  }
  return undefined;
}

function repair(folder) {
  const usual = absoluteDataFolder() ?? join(root, "data");
  const place = folder.endsWith(folderName) ? dirname(folder) : folder;
  const where = [folder, place].includes(usual) ? "" : ` --dir ${place}`;
  return `\`npx vitlab data cifar10 --overwrite${where}\``;
}
