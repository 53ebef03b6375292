import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "../lock.mjs";
import { hashFile, readStamp, writeStamp } from "../stamp.mjs";
import { onInterrupt } from "../terminal/signals.mjs";

const manifestName = "manifest.json";
const staleAfterHours = 6;

/** Notes size, time and SHA-256 of every file of an entry, so that a later start sees damage. */
export async function writeManifest(folder, facts, files) {
  const notes = {};
  for (const name of files)
    notes[name] = { ...sizeAndTime(join(folder, name)), sha256: await hashFile(join(folder, name)) };
  writeStamp(join(folder, manifestName), { ...facts, files: notes });
}

/** The manifest of an entry that is whole, otherwise undefined. Contents are read only where a file's time has changed. */
export async function readEntry(folder) {
  const manifest = readStamp(join(folder, manifestName));
  if (!manifest) return undefined;
  let touched = false;
  for (const [name, note] of Object.entries(manifest.files)) {
    const now = sizeAndTime(join(folder, name));
    if (now?.bytes !== note.bytes) return undefined;
    if (now.modified === note.modified) continue;
    if ((await hashFile(join(folder, name))) !== note.sha256) return undefined;
    note.modified = now.modified;
    touched = true;
  }
  if (touched) {
    try {
      writeStamp(join(folder, manifestName), manifest);
    } catch {
      // A cache one may only read is as good.
    }
  }
  return manifest;
}

function sizeAndTime(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && { bytes: stat.size, modified: stat.mtimeMs };
}

/**
 * Makes an entry in a temporary folder beside its place and moves it there in one step: `fill(folder)` does the work.
 * Two set-ups may do this at once; the first whole entry stays, a damaged one is replaced.
 */
export async function makeEntry(place, fill) {
  const parent = join(place, "..");
  mkdirSync(parent, { recursive: true });
  removeLeftovers(parent);
  const temporary = mkdtempSync(join(parent, `.tmp-${hostname()}-${process.pid}-`));
  const remove = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  const forget = onInterrupt(remove);
  try {
    await fill(temporary);
    if (!(await readEntry(place))) {
      const damaged = `${temporary}-old`;
      if (existsSync(place)) renameSync(place, damaged);
      try {
        renameSync(temporary, place);
      } catch (error) {
        // Another set-up was quicker by a moment; what it made is the same.
        if (!(await readEntry(place))) throw error;
      }
      rmSync(damaged, { recursive: true, force: true });
    }
  } finally {
    forget();
    remove();
  }
}

/** Removes what set-ups left that were killed: of this machine by their number, of others (a shared cache) by age. */
function removeLeftovers(parent) {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(".tmp-"))) {
    const path = join(parent, name);
    const mine = name.startsWith(`.tmp-${hostname()}-`);
    const pid = Number(name.slice(`.tmp-${hostname()}-`.length).split("-")[0]);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (mine ? !isAlive(pid) : age > staleAfterHours * 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}
