import { existsSync } from "node:fs";
import { join } from "node:path";
import { npmCommand, stampFolder } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { lastWords, run } from "../terminal/run.mjs";

/** The folder with the program `node` of this version, from npm, fetched once. Throws where npm has none for this machine. */
export async function nodeBinary(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(stampFolder, "nodes", version);
  const programs = join(folder, "node_modules", name, "bin");
  if (!existsSync(join(programs, "node"))) {
    const [npm, ...args] = npmCommand();
    const install = ["install", "--prefix", folder, "--ignore-scripts", "--no-save", "--no-audit", "--no-fund"];
    const result = await run(npm, [...args, ...install, `${name}@${version}`]);
    if (!result.ok) throw new SetupError(`Node ${version} can't be had as ${name}: ${lastWords(result.output)}`);
  }
  return programs;
}
