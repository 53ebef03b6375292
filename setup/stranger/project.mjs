// A project of somebody who uses vitlab: an empty folder into which the packed package is installed.

import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { npmCommand, packageFile, root } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { npmWords } from "../steps/packages.mjs";
import { lastWords, run } from "../terminal/run.mjs";

/** Packs vitlab as `npm publish` would, into `folder`; resolves to the file. */
export async function packPackage(folder) {
  const [npm, ...first] = npmCommand();
  const result = await run(npm, [...first, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
  });
  if (!result.ok) throw new SetupError(`npm pack failed (${npmWords(result.output)})`);
  return join(folder, result.output.trim().split("\n").at(-1));
}

/** Makes a project in an empty folder that npm installs the packed file into, with all that it asks for, from the network. */
export async function installWithNpm(folder, packed, env = process.env) {
  startProject(folder, packed);
  const [npm, ...first] = npmCommand();
  const result = await run(npm, [...first, "install", "--no-audit", "--no-fund"], { cwd: folder, env });
  if (!result.ok) throw new SetupError(`npm install of ${packed} failed (${npmWords(result.output)})`);
}

/**
 * Makes the same project without a network: what npm would install are copies of what is installed here, as
 * package-lock.json tells which packages users of vitlab get; `also` are peers of it that the project has as well.
 */
export async function installFromHere(folder, packed, also = []) {
  startProject(folder, packed);
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  const unpacked = await run("tar", ["-xzf", packed, "-C", modules]);
  if (!unpacked.ok) throw new SetupError(`${packed} can't be unpacked (${lastWords(unpacked.output)})`);
  renameSync(join(modules, "package"), join(modules, "vitlab"));
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const copied = new Set();
  const manifest = JSON.parse(readFileSync(join(modules, "vitlab", "package.json"), "utf8"));
  for (const path of withDependencies(lock.packages, [...Object.keys(manifest.dependencies), ...also])) {
    const [, top] = path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/);
    if (copied.has(top)) continue;
    copied.add(top);
    const from = packageFile(top);
    // Parts for other platforms aren't there.
    if (!statSync(from, { throwIfNoEntry: false })) continue;
    mkdirSync(dirname(join(modules, top)), { recursive: true });
    cpSync(from, join(modules, top), { recursive: true, verbatimSymlinks: true, filter: withoutEngine(from) });
  }
}

/** What set-up makes in tfjs-node isn't part of that package. */
function withoutEngine(folder) {
  const made = [join(folder, "deps"), join(folder, "lib")];
  return (path) => !folder.endsWith("tfjs-node") || !made.includes(path);
}

/** The paths in `node_modules` of packages, and of all that they depend on. */
function withDependencies(packages, wanted) {
  const found = new Set();
  const find = (name, from) => {
    for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/")))) {
      const path = place === "" ? `node_modules/${name}` : `${place}/node_modules/${name}`;
      if (packages[path]) return path;
      if (place === "") return undefined;
    }
  };
  const add = (names, from) => {
    for (const name of names) {
      const path = find(name, from);
      if (path === undefined || found.has(path)) continue;
      found.add(path);
      const { dependencies, optionalDependencies } = packages[path];
      add(Object.keys({ ...dependencies, ...optionalDependencies }), path);
    }
  };
  add(wanted, "");
  return found;
}

function startProject(folder, packed) {
  const manifest = { name: "stranger", private: true, dependencies: { vitlab: `file:${packed}` } };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What a folder takes on the disk, in megabytes, as `du` counts: whole blocks. */
export function diskMegabytes(folder) {
  let blocks = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const stat = statSync(join(entry.parentPath ?? entry.path, entry.name), { throwIfNoEntry: false });
    if (stat && !entry.isSymbolicLink()) blocks += stat.blocks;
  }
  return (blocks * 512) / 2 ** 20;
}

/** Removes a project. */
export function removeProject(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
