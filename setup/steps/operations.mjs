import { join } from "node:path";
import { makeEntry, readEntry, writeManifest } from "../native/cache-entry.mjs";
import { findCxx, howToInstallCompiler } from "../native/compiler.mjs";
import {
  compileOperations,
  operationsFile,
  operationsFingerprint,
  operationsKey,
  placeOperations,
  removeOperations,
  whatIsWrong,
} from "../native/operations.mjs";
import { cacheFolder, stampFolder } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { readStamp, writeStamp } from "../stamp.mjs";

const stampPath = join(stampFolder, "operations.json");

/**
 * Compiles the operations of a Transformer for the native engine, unless they are there or in the cache. Throws, in one
 * sentence, where they can't be had; TensorFlow's own operations take over then.
 */
export async function prepareOperations(report) {
  const key = operationsKey();
  const stamp = readStamp(stampPath);
  if (stamp?.key === key && stamp.fingerprint === operationsFingerprint()) {
    if (stamp.reason) throw new SetupError(stamp.reason);
    return { text: "up to date" };
  }
  // What was compiled from other sources, or for another processor, must not be loaded meanwhile.
  removeOperations();
  const place = join(cacheFolder(), "operations", key);
  const cached = await readEntry(place);
  if (!cached) {
    const cxx = await findCxx();
    if (!cxx) throw new SetupError(`a C++ compiler is missing: install it (${howToInstallCompiler()}) and start again`);
    report.working("compiling attention, feed-forward network and others for this processor");
    await makeEntry(place, async (folder) => {
      await compileOperations({ cxx, folder });
      await writeManifest(folder, { key }, [operationsFile]);
    });
  }
  placeOperations(join(place, operationsFile));
  report.working("trying them");
  const wrong = await whatIsWrong();
  if (wrong) {
    removeOperations();
    // Remembered, so that not every start tries again.
    const reason = `they do not run on this machine (${wrong}); to try again, remove ${stampPath}`;
    writeStamp(stampPath, { key, fingerprint: operationsFingerprint(), reason });
    throw new SetupError(reason);
  }
  writeStamp(stampPath, { key, fingerprint: operationsFingerprint() });
  return { text: cached ? "taken from the cache" : "compiled for this processor" };
}
