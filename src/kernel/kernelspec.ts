import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, isAbsolute, join, resolve } from "node:path";
import { PROTOCOL_VERSION } from "./front/message";
import { KernelError } from "./kernel-error";
import { makeFolder } from "./make-folder";

export const KERNEL_NAME = "vitlab";
export const KERNEL_DISPLAY_NAME = "TypeScript (vitlab)";

/** The contents of `kernel.json`: absolute paths, so that it starts whatever PATH says. */
export function kernelspec(node: string, main: string): Record<string, unknown> {
  return {
    argv: [node, main, "{connection_file}"],
    display_name: KERNEL_DISPLAY_NAME,
    language: "typescript",
    interrupt_mode: "message",
    kernel_protocol_version: PROTOCOL_VERSION,
    metadata: { debugger: true, supported_encryption: ["curve"] },
  };
}

/** Jupyter's own folder below `prefix` (a virtual environment, say), or, without one, the user's. */
export function jupyterFolder(prefix?: string): string {
  return prefix === undefined ? userJupyterFolder() : join(resolve(prefix), "share", "jupyter");
}

/** The folder of the kernelspec in `jupyterFolder(prefix)`. */
export function kernelspecFolder(prefix?: string): string {
  return join(jupyterFolder(prefix), "kernels", KERNEL_NAME);
}

/**
 * A name of the program `node` that stays when it is upgraded, where the PATH has one: Homebrew and others keep each
 * version in a folder of its own, to which a name such as /opt/homebrew/bin/node leads.
 */
export function lastingName(node: string, path = process.env.PATH ?? ""): string {
  if (!OF_ONE_VERSION.test(node)) return node;
  const names = path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, basename(node)));
  return names.find((name) => !OF_ONE_VERSION.test(name) && !OF_ONE_SHELL.test(name) && isSame(name, node)) ?? node;
}

const OF_ONE_VERSION = /\d+\.\d+\.\d+/;
/** fnm gives every shell a folder of names, which goes with it. */
const OF_ONE_SHELL = /[\\/]fnm_multishells[\\/]/;

function isSame(name: string, other: string): boolean {
  try {
    return realpathSync(name) === realpathSync(other);
  } catch {
    return false; // There is no such file.
  }
}

/** Writes the kernelspec that starts this installation with this very Node. Throws with the folder where it can't write. */
export function installKernelspec(folder: string): void {
  const main = join(__dirname, "typescript", "main.js");
  try {
    makeFolder(folder);
    writeWhole(
      join(folder, "kernel.json"),
      `${JSON.stringify(kernelspec(lastingName(process.execPath), main), null, 2)}\n`,
    );
    writeWhole(join(folder, "logo-svg.svg"), LOGO);
  } catch (error) {
    throw new KernelError(
      `The kernelspec can't be written to ${folder} (${(error as Error).message}): name another folder with --prefix, or make this one writable.`,
    );
  }
}

/** Removes what `installKernelspec` wrote; false where nothing was. Throws with the folder where it can't. */
export function removeKernelspec(folder: string): boolean {
  const isThere = existsSync(folder);
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw new KernelError(`${folder} can't be removed (${(error as Error).message}): make it writable, or remove it.`);
  }
  return isThere;
}

/** Where Jupyter programs look for what the user installed. */
export function userJupyterFolder(env = process.env, platform = process.platform, home = homedir()): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const isOff = /^(no|n|false|off|0|0\.0)$/i.test(env.JUPYTER_PLATFORM_DIRS ?? "no");
  // platformdirs, which jupyter_core follows then, asks for XDG_DATA_HOME on macOS as well.
  if (platform === "darwin" && !isOff)
    return join(env.XDG_DATA_HOME || join(home, "Library", "Application Support"), "Jupyter");
  if (platform === "win32" && !isOff) return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "Jupyter");
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  if (platform === "win32") return join(env.APPDATA ?? join(home, "AppData", "Roaming"), "jupyter");
  return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "jupyter");
}

/** Jupyter never reads half a file. */
function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

/** An image cut into patches, some of them attended to. */
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">
<rect width="64" height="64" rx="8" fill="#3178c6"/>
<g fill="#fff"><rect x="8" y="8" width="14" height="14" rx="2" opacity=".35"/><rect x="25" y="8" width="14" height="14" rx="2" opacity=".6"/><rect x="42" y="8" width="14" height="14" rx="2" opacity=".35"/>
<rect x="8" y="25" width="14" height="14" rx="2" opacity=".6"/><rect x="25" y="25" width="14" height="14" rx="2"/></g>
<text x="59" y="57" text-anchor="end" font-family="Helvetica,Arial,sans-serif" font-weight="bold" font-size="27" fill="#fff">TS</text>
</svg>
`;
