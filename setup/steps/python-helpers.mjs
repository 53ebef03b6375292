import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, venv } from "../paths.mjs";
import { hashTree, readStamp, writeStamp, writeWhole } from "../stamp.mjs";

const name = "vitlab_jupyter";
const version = "0.1.0";
const source = join("setup", "python", name);

/**
 * Puts `vitlab_jupyter`, which teaches papermill TypeScript, into `.venv` the way pip would: the package and the folder
 * that says who it is. No pip, because pip would look on the network for what builds packages.
 */
export function installPythonHelpers() {
  const packages = sitePackages(venv);
  if (!packages) return { mark: "–", text: "no .venv, so papermill does not learn TypeScript" };
  const stampPath = join(packages, `${name}-${version}.dist-info`, "vitlab.json");
  const hash = hashTree(root, sources());
  if (readStamp(stampPath)?.hash === hash && existsSync(join(packages, name, "papermill.py")))
    return { text: "papermill writes TypeScript" };
  writePackage(join(root, source), packages);
  writeStamp(stampPath, { hash });
  return { text: "papermill writes TypeScript, installed" };
}

/** The package's own files: Python's caches beside them don't count. */
function sources() {
  return readdirSync(join(root, source))
    .filter((file) => file.endsWith(".py"))
    .map((file) => `setup/python/${name}/${file}`);
}

/** Copies the package from `folder` into `packages`, with the metadata that lists it as an engine of papermill. */
export function writePackage(folder, packages) {
  for (const entry of readdirSync(packages)) {
    if (entry === name || entry.startsWith(`${name}-`)) rmSync(join(packages, entry), { recursive: true, force: true });
  }
  cpSync(folder, join(packages, name), { recursive: true, filter: (path) => !path.includes("__pycache__") });
  const info = join(packages, `${name}-${version}.dist-info`);
  const files = {
    METADATA: `Metadata-Version: 2.1\nName: vitlab-jupyter\nVersion: ${version}\nSummary: TypeScript for papermill\n`,
    "entry_points.txt": `[papermill.engine]\nvitlab = ${name}.papermill:Engine\n`,
    INSTALLER: "vitlab\n",
    // pip refuses to uninstall what has no RECORD; this one lists what it may remove.
    RECORD: [
      ...readdirSync(folder)
        .filter((file) => file.endsWith(".py"))
        .map((file) => `${name}/${file},,`),
    ]
      .concat(
        ["METADATA", "entry_points.txt", "INSTALLER", "RECORD"].map((file) => `${name}-${version}.dist-info/${file},,`),
      )
      .join("\n")
      .concat("\n"),
  };
  for (const [file, text] of Object.entries(files)) writeWhole(join(info, file), text);
}

/** The folder in which a virtual environment keeps its packages, or undefined. */
export function sitePackages(environment, platform = process.platform) {
  if (platform === "win32") return existing(join(environment, "Lib", "site-packages"));
  const library = join(environment, "lib");
  const versions = existsSync(library) ? readdirSync(library).filter((each) => /^python3\.\d+$/.test(each)) : [];
  return versions.map((each) => existing(join(library, each, "site-packages"))).find(Boolean);
}

function existing(path) {
  return existsSync(path) ? path : undefined;
}
