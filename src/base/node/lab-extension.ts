import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface LabExtensionFiles {
  /** The folder's name, and the one under which the script enters itself in `window._JUPYTERLAB`. */
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** What the container hands out: plugins, or renderers of MIME types. */
  readonly kind: "extension" | "mimeExtension";
  readonly script: string;
  /** Files to lie beside the script, by their names there. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** The folder of an extension in one of Jupyter's own folders, such as `.venv/share/jupyter`. */
export function labExtensionFolder(jupyterFolder: string, name: string): string {
  return join(jupyterFolder, "labextensions", name);
}

/**
 * Writes an extension of JupyterLab and Notebook 7 that needs no building into Jupyter's folder, unless it is there as it
 * should be; returns its folder. Throws where it can't write.
 */
export function installLabExtension(
  jupyterFolder: string,
  { name, description, version, kind, script, beside = {} }: LabExtensionFiles,
): string {
  const folder = labExtensionFolder(jupyterFolder, name);
  // Browsers keep scripts: a changed one has another name.
  const entry = `static/main.${createHash("sha256").update(script).digest("hex").slice(0, 16)}.js`;
  const about = { name, version, description, license: "MIT" };
  const jupyterlab = { [kind]: true, _build: { load: entry, [kind]: `./${kind}` } };
  const manifest = `${JSON.stringify({ ...about, jupyterlab }, null, 2)}\n`;
  const manifestPath = join(folder, "package.json");
  const paths = [manifestPath, join(folder, entry), ...Object.keys(beside).map((file) => join(folder, "static", file))];
  const isThere = paths.every((path) => existsSync(path));
  if (isThere && readFileSync(manifestPath, "utf8") === manifest) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "static"), { recursive: true });
  for (const [file, from] of Object.entries(beside)) copyFileSync(from, join(folder, "static", file));
  writeFileSync(join(folder, entry), script);
  // Last: without it JupyterLab sees no extension, so it never sees half of one.
  writeFileSync(`${manifestPath}.draft`, manifest);
  renameSync(`${manifestPath}.draft`, manifestPath);
  return folder;
}

/** Removes what `installLabExtension` wrote; false where nothing was. */
export function removeLabExtension(jupyterFolder: string, name: string): boolean {
  const folder = labExtensionFolder(jupyterFolder, name);
  const isThere = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return isThere;
}
