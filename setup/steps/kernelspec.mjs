import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stockKernel } from "../kernel.mjs";
import { packageFile, root, venv } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { writeWhole } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";

/**
 * Makes the kernels known to Jupyter: the project's own and stock tslab in `.venv`; without Python the project's own in
 * the user's Jupyter folder, where VS Code looks. Throws a SetupError when that can't be written.
 */
export async function writeKernelspecs({ hasJupyter }) {
  const place = hasJupyter ? ["--prefix", venv] : ["--user"];
  const result = await run(process.execPath, [join(root, "dist", "cli", "main.js"), "kernelspec", "install", ...place]);
  if (!result.ok) throw new SetupError(lastWords(result.output));
  if (hasJupyter) writeStockKernelspec();
  return {
    text: result.output
      .split("\n")[0]
      .replace(/^Installed /, "")
      .replace(` in ${venv}`, " in .venv"),
  };
}

function writeStockKernelspec() {
  const path = join(venv, "share", "jupyter", "kernels", stockKernel.name, "kernel.json");
  const text = `${JSON.stringify(stockKernelspec(process.execPath, packageFile("tslab", "bin/tslab")), null, 2)}\n`;
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeWhole(path, text);
}

/** The contents of `kernel.json` of stock tslab: absolute paths, so that it starts whatever PATH says. */
export function stockKernelspec(node, tslab) {
  return {
    argv: [node, tslab, "kernel", "--config-path", "{connection_file}"],
    display_name: stockKernel.displayName,
    language: stockKernel.language,
  };
}
