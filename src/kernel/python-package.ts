import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAME = "vitlab_jupyter";
const VERSION = "0.2.0";
const INFORMATION = `${NAME}-${VERSION}.dist-info`;
const SOURCE = join(__dirname, "..", "..", "setup", "python", NAME);

/** The folder in which the Python of `prefix`, an environment, keeps its packages; without one, python3 those of the user. Undefined where there is none. */
export function pythonPackages(prefix?: string, platform = process.platform): string | undefined {
  if (prefix === undefined) return userPackages(platform);
  if (platform === "win32") return [join(prefix, "Lib", "site-packages")].find(existsSync);
  const library = join(prefix, "lib");
  const versions = existsSync(library) ? readdirSync(library).filter((each) => /^python3\.\d+$/.test(each)) : [];
  // Debian's own Python has its packages in another place.
  const places = versions.flatMap((each) =>
    ["site-packages", "dist-packages"].map((name) => join(library, each, name)),
  );
  return places.find(existsSync);
}

/**
 * Puts `vitlab_jupyter`, which teaches papermill TypeScript, into `packages` the way pip would: the package, and the folder
 * that lists it as an engine of papermill. No pip, because pip would look on the network for what builds packages.
 */
export function installPythonPackage(packages: string, source = SOURCE): void {
  mkdirSync(packages, { recursive: true });
  removePythonPackage(packages);
  const files = readdirSync(source).filter((file) => file.endsWith(".py"));
  for (const file of files) cpSync(join(source, file), join(packages, NAME, file));
  const information = {
    METADATA: `Metadata-Version: 2.1\nName: vitlab-jupyter\nVersion: ${VERSION}\nSummary: TypeScript for papermill\n`,
    "entry_points.txt": `[papermill.engine]\nvitlab = ${NAME}.papermill:Engine\n`,
    INSTALLER: "vitlab\n",
  };
  // pip refuses to uninstall what has no RECORD; this one lists what it may remove.
  const record = [
    ...files.map((file) => `${NAME}/${file}`),
    ...[...Object.keys(information), "RECORD"].map((file) => `${INFORMATION}/${file}`),
  ];
  mkdirSync(join(packages, INFORMATION));
  for (const [file, text] of Object.entries({ ...information, RECORD: record.map((each) => `${each},,\n`).join("") }))
    writeFileSync(join(packages, INFORMATION, file), text);
}

/** Removes what `installPythonPackage` wrote, whatever its version; false where nothing was. */
export function removePythonPackage(packages: string): boolean {
  const entries = existsSync(packages) ? readdirSync(packages) : [];
  const own = entries.filter((entry) => entry === NAME || entry.startsWith(`${NAME}-`));
  for (const entry of own) rmSync(join(packages, entry), { recursive: true, force: true });
  return own.length > 0;
}

/** None in a virtual environment, whose Python doesn't look there. */
function userPackages(platform: NodeJS.Platform): string | undefined {
  const { status, stdout } = spawnSync(platform === "win32" ? "python" : "python3", ["-m", "site", "--user-site"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : undefined;
}
