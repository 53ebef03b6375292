import fs, { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { SetupError } from "../setup-error.mjs";
import { hashFile } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { downloadArguments, headerFolders, tensorflowVersion } from "./wheel.mjs";

// The wheel (0.3 GB, twice while pip moves it) and the two libraries (0.9 GB).
const bytesNeeded = 1.8e9;

/**
 * Downloads the wheel with pip, checks it, and unpacks libraries to `folder/lib` and headers to `folder/include`.
 * `folder` is the caller's temporary one; the wheel is gone at the end.
 */
export async function fetchLibrary(report, { wheel, python, folder }) {
  checkSpace(folder);
  const download = join(folder, "download");
  mkdirSync(download, { recursive: true });
  await downloadWheel(report, { wheel, python, download });
  const file = readdirSync(download).find((name) => name.endsWith(".whl"));
  if (!file) throw new SetupError("pip downloaded no TensorFlow wheel; start again");
  const path = join(download, file);
  report.working("checking the wheel");
  if ((await hashFile(path)) !== wheel.sha256) {
    throw new SetupError(
      `the downloaded TensorFlow wheel is not the published one (its SHA-256 differs): start again, or look at what your package mirror serves`,
    );
  }
  await unpack(report, { wheel, python, path, folder });
  rmSync(download, { recursive: true });
}

function checkSpace(folder) {
  const { bavail, bsize } = fs.statfsSync(folder);
  if (bavail * bsize >= bytesNeeded) return;
  const free = (bavail * bsize) / 1e9;
  throw new SetupError(
    `TensorFlow's library needs ${bytesNeeded / 1e9} GB while it is unpacked, and ${free.toFixed(1)} GB are free in ${dirname(folder)}: make room, or set VITLAB_CACHE to a folder on a bigger disk, and start again`,
  );
}

async function downloadWheel(report, { wheel, python, download }) {
  const words = `downloading TensorFlow ${tensorflowVersion} (${Math.round(wheel.bytes / 1e6)} MB)`;
  report.working(words, 0);
  const watch = setInterval(() => report.working(words, folderBytes(download) / wheel.bytes), 300);
  const result = await run(python, ["-m", "pip", ...downloadArguments(wheel, download)], {
    // pip's own temporary files land where they are counted, and cleaned up.
    env: { ...process.env, TMPDIR: download, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  });
  clearInterval(watch);
  if (!result.ok) {
    throw new SetupError(
      `TensorFlow ${tensorflowVersion} could not be downloaded (${lastWords(result.output)}): check the network and start again`,
    );
  }
}

function folderBytes(folder) {
  let largest = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) largest = Math.max(largest, statSync(join(entry.parentPath ?? entry.path, entry.name)).size);
    }
  } catch {
    // pip moves files while they are counted.
  }
  return largest;
}

// Python's zipfile checks every file's CRC as it unpacks.
const unpackScript = `
import json, os, shutil, sys, zipfile
wheel, folder, libraries, headers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), tuple(json.loads(sys.argv[4]))
with zipfile.ZipFile(wheel) as archive:
    for item in archive.infolist():
        name = item.filename
        if name.startswith("tensorflow/") and name[len("tensorflow/"):] in libraries:
            target = os.path.join(folder, "lib", os.path.basename(name))
        elif name.startswith(headers) and name.endswith(".h"):
            target = os.path.join(folder, "include", name[len("tensorflow/include/"):])
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(item) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
`;

async function unpack(report, { wheel, python, path, folder }) {
  report.working("unpacking TensorFlow's library");
  const lists = [JSON.stringify(wheel.libraries), JSON.stringify(headerFolders)];
  const result = await run(python, ["-c", unpackScript, path, folder, ...lists]);
  const all = wheel.libraries.every((name) => statSync(join(folder, "lib", name), { throwIfNoEntry: false })?.isFile());
  if (!result.ok || !all) {
    throw new SetupError(
      `TensorFlow's wheel could not be unpacked (${lastWords(result.output)}): make room and start again`,
    );
  }
}
