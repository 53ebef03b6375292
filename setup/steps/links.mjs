import { chmodSync, existsSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { packageFile, root } from "../paths.mjs";
import { writeWhole } from "../stamp.mjs";

/**
 * Makes the project one of its own packages: `require("vitlab")` and `npx vitlab` then work here and in `notebooks/`,
 * types included, without a download.
 */
export function linkPackage() {
  placeLink(root, packageFile("vitlab"), process.platform === "win32" ? "junction" : "dir");
  const main = join(root, "dist", "cli", "main.js");
  if (process.platform === "win32") {
    writeWhole(packageFile(".bin", "vitlab.cmd"), `@node "%~dp0\\..\\..\\dist\\cli\\main.js" %*\r\n`);
  } else {
    placeLink(main, packageFile(".bin", "vitlab"), "file");
    if (existsSync(main)) chmodSync(main, 0o755);
  }
  return { text: 'require("vitlab") and npx vitlab find this folder' };
}

/** Puts a symbolic link in place, replacing whatever was there in one move. */
export function placeLink(target, path, type) {
  // Inside the project a relative link survives a move of the whole folder.
  const inside = !relative(root, target).startsWith("..");
  const wanted = inside && type !== "junction" ? relative(dirname(path), target) || "." : target;
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(path) === wanted) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  symlinkSync(wanted, temporary, type);
  // A link can replace a link in one move, but not a folder.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
  renameSync(temporary, path);
}
