// Packages that vitlab does without until somebody asks for what needs them: put beside it, in the project that has it.

import { existsSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { folderOfPackage, npmCommand, root } from "./paths.mjs";
import { SetupError } from "./setup-error.mjs";
import { npmWords } from "./steps/packages.mjs";
import { run } from "./terminal/run.mjs";

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
 * Installs packages beside vitlab, exactly these versions, and notes them in the project's package.json.
 *
 * @param packages as `missingBeside` gives them
 * @param options.optional as optional dependencies, whose own installers don't run
 */
export async function installBeside(packages, { optional = false, report }) {
  const folder = projectFolder();
  const command = installCommand(folder, packages, optional);
  report.working(`${command.slice(-packages.length).join(", ")} into ${folder}`);
  const [program, ...args] = command[0] === "npm" ? [...npmCommand(), ...command.slice(1)] : command;
  const result = await run(program, args, { cwd: folder });
  if (result.missing) throw new SetupError(`${command[0]} is not in PATH: run \`${command.join(" ")}\` in ${folder}`);
  if (!result.ok) throw new SetupError(`\`${command.join(" ")}\` failed in ${folder} (${npmWords(result.output)})`);
  const [still] = packages.filter((name) => !folderOfPackage(name.replace(/(?<=.)@.*$/, "")));
  if (still) throw new SetupError(`${still} was installed in ${folder}, and vitlab in ${root} doesn't find it`);
}

/** The project in whose `node_modules` vitlab is. */
function projectFolder(place = root) {
  const parts = place.split(sep);
  const folder = parts.slice(0, parts.indexOf("node_modules")).join(sep);
  if (parts.includes("node_modules") && existsSync(join(folder, "package.json"))) return folder;
  throw new SetupError(
    `vitlab is in ${place}, which no project's package.json is for: run \`npm init -y\`, install vitlab in that folder, and start again`,
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
