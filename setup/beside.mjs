// Packages that vitlab does without until somebody asks for what needs them: put beside it, in the project that has it.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { folderOfPackage, npmCommand, root } from "./paths.mjs";
import { alone, sentence } from "./run-step.mjs";
import { SetupError } from "./setup-error.mjs";
import { npmWords } from "./steps/packages.mjs";
import { run } from "./terminal/run.mjs";
import { listenToSignals } from "./terminal/signals.mjs";

/** The version of a package that vitlab was made and tested with. */
export function wantedVersion(name) {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies[name];
}

/** Those of `names` that are not there, as `name@version`; a SetupError where another version is. */
export function missingBeside(names) {
  return names.flatMap((name) => {
    const wanted = wantedVersion(name);
    const folder = folderOfPackage(name);
    if (!folder) return [`${name}@${wanted}`];
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (version === wanted) return [];
    throw new SetupError(
      `${name} ${version} is installed in ${folder}, and vitlab needs ${wanted}: install that version, or vitlab in a folder of its own`,
    );
  });
}

/**
 * Installs those of `names` that are missing beside vitlab, exactly the versions that it was made with, and notes them in the
 * project's package.json; resolves to them, as `missingBeside` gives them.
 *
 * @param options.optional as optional dependencies, whose own installers don't run
 */
export async function bringBeside(names, options) {
  const missing = missingBeside(names);
  if (missing.length > 0) await installInto(projectFolder(), missing, options);
  return missing;
}

/** The same as a command of its own: alone in the project, ended by Ctrl-C, each failure a sentence. */
export async function bringBesideAlone(names, options) {
  listenToSignals();
  try {
    return await alone(() => bringBeside(names, options));
  } catch (error) {
    throw new SetupError(sentence(error));
  }
}

/** Installs packages into the project in a folder; where that fails, its package.json and lock are as they were. */
export async function installInto(folder, packages, { optional = false, report }) {
  const command = installCommand(folder, packages, optional);
  report.working(`${packages.join(", ")} into ${folder}`);
  const [program, ...args] = command[0] === "npm" ? [...npmCommand(), ...command.slice(1)] : command;
  const before = MANIFESTS.map((name) => contentsOf(join(folder, name)));
  const result = await run(program, args, { cwd: folder });
  const isThere = packages.every((name) => folderOfPackage(name.replace(/(?<=.)@.*$/, "")));
  if (result.ok && isThere) return;
  // npm takes an optional package that it can't reach for done, and writes a version into package.json that there isn't.
  for (const [i, name] of MANIFESTS.entries()) putBack(join(folder, name), before[i]);
  if (result.missing)
    throw new SetupError(
      `${command[0]} is not in PATH: install it, or add ${packages.join(", ")} to ${folder} by hand`,
    );
  const why = result.ok ? "it can't be reached, or isn't where vitlab finds it" : npmWords(result.output);
  throw new SetupError(`\`${command.join(" ")}\` failed in ${folder} (${why}): check the network and start again`);
}

/** What a package manager writes beside `node_modules`. */
const MANIFESTS = ["package.json", "package-lock.json", "pnpm-lock.yaml"];

function contentsOf(path) {
  return existsSync(path) ? readFileSync(path) : undefined;
}

function putBack(path, contents) {
  if (contents === undefined) rmSync(path, { force: true });
  else if (!contentsOf(path)?.equals(contents)) writeFileSync(path, contents);
}

/** The project in whose `node_modules` vitlab is. */
function projectFolder(place = root) {
  const parts = place.split(sep);
  const folder = parts.slice(0, parts.indexOf("node_modules")).join(sep);
  if (parts.includes("node_modules") && existsSync(join(folder, "package.json"))) return folder;
  throw new SetupError(
    `vitlab in ${place} belongs to no project with a package.json: run \`npm init -y\` in the project's folder, install vitlab there, and start again`,
  );
}

/** How the project's own package manager, told by its lock file, installs packages. */
export function installCommand(folder, packages, optional) {
  const has = (file) => existsSync(join(folder, file));
  const saved = ["--save-exact", ...(optional ? ["--save-optional", "--ignore-scripts"] : ["--save-dev"])];
  if (has("pnpm-lock.yaml")) return ["pnpm", "add", ...saved, ...packages];
  const other = ["yarn.lock", "bun.lock", "bun.lockb"].find(has);
  if (other)
    throw new SetupError(
      `${folder} has a ${other}, whose program vitlab doesn't call: add ${packages.join(", ")} with it${optional ? ", without running their scripts," : ""} and start again`,
    );
  return ["npm", "install", ...saved, "--no-fund", "--no-audit", "--loglevel=error", ...packages];
}
