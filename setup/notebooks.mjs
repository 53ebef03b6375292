// `npm run notebooks [-- names] [--check] [--with-data]`: set-up, then executes the notebooks anew, in place.

import { join } from "node:path";
import { main } from "./main.mjs";
import { notebookRun } from "./notebooks/arguments.mjs";
import { executeNotebooks } from "./notebooks/execute.mjs";
import { root } from "./paths.mjs";
import { setUp } from "./set-up.mjs";

await main(async () => {
  const { files, ...options } = notebookRun(process.argv.slice(2), join(root, "notebooks"));
  const { python } = await setUp();
  if (!python) {
    console.log("✗ The notebooks cannot be executed without the Python environment: see the line about Python above");
    return 1;
  }
  return (await executeNotebooks(python, files, options)) ? 0 : 1;
});
