import { existsSync } from "node:fs";
import { join } from "node:path";
import { npmCommand, packageFile, root } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { readStamp } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";

/**
 * The packages of `package-lock.json` that are not installed as it says. `lock` is the parsed lock file, `installed` what
 * npm itself noted in `node_modules/.package-lock.json`; `isThere(path)` looks at the folder, which a note can outlive.
 * Optional ones, most of them parts for other platforms, may be absent.
 */
export function missingPackages(lock, installed, isThere) {
  const missing = [];
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === "") continue;
    const have = installed?.packages?.[path];
    if (!have) {
      if (!wanted.optional) missing.push(path);
    } else if (have.version !== wanted.version || differs(have.integrity, wanted.integrity) || !isThere(path)) {
      missing.push(path);
    }
  }
  return missing;
}

function differs(have, wanted) {
  return have !== undefined && wanted !== undefined && have !== wanted;
}

/** Runs `npm ci` where `node_modules` is not what `package-lock.json` says. */
export async function installPackages(report) {
  const lock = readStamp(join(root, "package-lock.json"));
  if (!lock)
    throw new SetupError("package-lock.json is missing or damaged: restore it with `git checkout package-lock.json`");
  const isThere = (path) => existsSync(join(root, path, "package.json"));
  const missing = () => missingPackages(lock, readStamp(packageFile(".package-lock.json")), isThere);
  if (missing().length === 0) return { text: "as package-lock.json says" };

  const paths = Object.keys(lock.packages).filter((path) => path !== "");
  const words = `installing ${paths.length} packages`;
  report.working(words);
  const watch = setInterval(() => report.working(words, paths.filter(isThere).length / paths.length), 500);
  const [npm, ...first] = npmCommand();
  // What the first npm was told (a prefix, a workspace, `--silent`) is not meant for this one.
  const options = { cwd: root, env: withoutScriptVariables(process.env) };
  const flags = ["--no-fund", "--no-audit", "--loglevel=error"];
  let result = await run(npm, [...first, "ci", ...flags], options);
  if (!result.ok && result.output.includes("in sync")) {
    // A lock file written behind a mirror that lacks another platform's packages fits this machine all the same;
    // what is installed is compared with it below.
    result = await run(npm, [...first, "install", "--no-save", ...flags], options);
  }
  clearInterval(watch);
  if (result.missing) throw new SetupError("npm is not in PATH: it comes with Node; reinstall Node and start again");
  if (!result.ok) {
    throw new SetupError(`npm ci failed (${npmWords(result.output)}): check the network and start again`);
  }
  const still = missing();
  if (still.length > 0) throw new SetupError(`npm ci left out ${still[0]}: remove node_modules and start again`);
  return { text: `${paths.filter(isThere).length} packages installed` };
}

/** The sentence of npm's report that says what went wrong: its first that is neither a code nor about the log. */
export function npmWords(output) {
  const lines = [...output.matchAll(/^npm (?:error|ERR!)[ \t]*(.*)$/gm)].map((match) => match[1].trim());
  const said = lines.find((line) => line !== "" && !/^(code|errno|syscall|path|A complete log)\b/.test(line));
  return said?.split(". Please")[0].slice(0, 300) ?? lastWords(output);
}

function withoutScriptVariables(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(lifecycle|package|command)/.test(name)));
}
