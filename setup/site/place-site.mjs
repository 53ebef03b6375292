import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SetupError } from "../setup-error.mjs";

/** In the folder of a site: nothing else is ever removed to make room for one. */
const MARK = ".vitlab-site";

/** @throws SetupError when the folder holds anything else than a site. */
export function checkPlace(out) {
  if (!existsSync(out) || existsSync(join(out, MARK))) return;
  if (!statSync(out).isDirectory()) throw new SetupError(`${out} is a file: name a folder with --out`);
  if (readdirSync(out).length > 0)
    throw new SetupError(`${out} holds something else than a site: name another folder with --out, or an empty one`);
}

/** Writes a site's files, by their paths in it, in the place of the site that was there: whole or not at all. */
export function placeSite(files, out) {
  checkPlace(out);
  const draft = `${out}.${process.pid}.tmp`;
  try {
    for (const [path, content] of [...files, [MARK, ""]]) {
      mkdirSync(dirname(join(draft, path)), { recursive: true });
      writeFileSync(join(draft, path), content);
    }
    rmSync(out, { recursive: true, force: true });
    renameSync(draft, out);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
