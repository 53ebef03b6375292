import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

/** What a stamp file says, or undefined where there is none or half of one. */
export function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a stamp whole or not at all. */
export function writeStamp(path, value) {
  writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Writes a text file through a temporary file beside it, so that nobody ever reads half of it. */
export function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** SHA-256 of files and folders, their names and their contents; what does not exist counts as empty. */
export function hashTree(base, paths) {
  const hash = createHash("sha256");
  for (const path of paths) addToHash(hash, base, path);
  return hash.digest("hex");
}

function addToHash(hash, base, path) {
  const full = join(base, path);
  let names;
  try {
    names = readdirSync(full);
  } catch (error) {
    if (error.code === "ENOTDIR") hash.update(`${path}\0`).update(readFileSync(full)).update("\0");
    return;
  }
  for (const name of names.sort()) addToHash(hash, base, `${path}/${name}`);
}

/** SHA-256 of one file of any size. */
export async function hashFile(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
