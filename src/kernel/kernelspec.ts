import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
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

/** Writes the kernelspec that starts this installation with this very Node. Throws with the folder where it can't write. */
export function installKernelspec(folder: string): void {
  const main = join(__dirname, "front", "main.js");
  try {
    makeFolder(folder);
    writeWhole(join(folder, "kernel.json"), `${JSON.stringify(kernelspec(process.execPath, main), null, 2)}\n`);
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
