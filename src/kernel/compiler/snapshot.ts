import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../base/node/cache-folder";
import { makeFolder } from "../make-folder";

const KEPT = 4;
const BUILD_LIMIT_MS = 120_000;

/** Hash tables are taken from the snapshot as they are: sorting their keys anew takes a tenth of the time of a start. */
const FLAGS = ["--no-rehash-snapshot"];

/** What the compiler loads beside its own files, by the names under which it asks for them. */
const PACKAGES = ["typescript", "tslab/package.json", "@types/node/package.json", "vitlab/package.json"];

/** What the compiler shares with the rest of the kernel. */
const SHARED = ["../globals.js", "../own-package.js", "../magics/declarations.js"];

/** Where the V8 startup snapshot of exactly this compiler, for this Node.js, is or would be. */
export function snapshotFile(): string {
  const hash = createHash("sha256");
  for (const part of [process.version, process.platform, process.arch, __dirname, ...FLAGS]) hash.update(`${part}\n`);
  for (const name of ["typescript", "tslab"]) hash.update(`${name} ${version(name)}\n`);
  const own = readdirSync(__dirname).filter((name) => name.endsWith(".js"));
  for (const name of [...own.sort(), ...SHARED]) hash.update(name).update(readFileSync(join(__dirname, name)));
  return join(cacheFolder(), `compiler-${hash.digest("hex").slice(0, 20)}.blob`);
}

/**
 * Makes the startup snapshot where it isn't there, in some seconds, and removes old ones; resolves to its path. Rejects where this Node.js can't make one; the compiler then starts without, a second later.
 */
export async function buildSnapshot(): Promise<string> {
  const file = snapshotFile();
  if (existsSync(file)) return file;
  const temporary = `${file}.${process.pid}.${Date.now()}.tmp`;
  const entry = `${temporary}.js`;
  makeFolder(dirname(file));
  try {
    writeFileSync(entry, bootstrap(join(__dirname, "snapshot-entry.js")));
    const args = [...FLAGS, "--snapshot-blob", temporary, "--build-snapshot", entry, JSON.stringify(packageFiles())];
    const env = { ...process.env };
    delete env.NODE_OPTIONS;
    await promisify(execFile)(process.execPath, args, { cwd: __dirname, env, timeout: BUILD_LIMIT_MS });
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
    rmSync(entry, { force: true });
  }
  removeOld(dirname(file));
  return file;
}

/** The command that starts the compiler process: from the startup snapshot where one fits, unless it is not wanted. */
export function compilerCommand({ snapshot = true }: { readonly snapshot?: boolean } = {}): readonly string[] {
  const main = join(__dirname, "main.js");
  const file = snapshot ? snapshotFile() : "";
  if (file === "" || !existsSync(file)) return [process.execPath, main];
  return [process.execPath, ...FLAGS, "--snapshot-blob", file, main];
}

function version(name: string): string {
  return (JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as { version: string }).version;
}

function packageFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    PACKAGES.flatMap((id) => {
      try {
        return [[id, require.resolve(id)]];
      } catch {
        return [];
      }
    }),
  );
}

/** Node.js hands `require` to the script that it makes a snapshot of, but no `exports`, which compiled TypeScript needs. */
function bootstrap(script: string): string {
  const read = `require("node:fs").readFileSync(${JSON.stringify(script)}, "utf8")`;
  const evaluate = `new Function("exports", "require", "__dirname", ${read})`;
  return `${evaluate}({}, require, ${JSON.stringify(dirname(script))});\n`;
}

/** Each version of Node.js and of the compiler has its own; the newest ones stay. */
function removeOld(folder: string): void {
  const blobs = readdirSync(folder)
    .filter((name) => /^compiler-.*\.(blob|tmp|js)$/.test(name))
    .map((name) => ({
      path: join(folder, name),
      time: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => b.time - a.time);
  for (const { path } of blobs.slice(KEPT)) rmSync(path, { force: true });
}
