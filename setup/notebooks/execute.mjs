// Executes notebooks through the Python environment; what they print goes to the terminal.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { kernel } from "../kernel.mjs";
import { absoluteDataFolder, root, stampFolder } from "../paths.mjs";
import { run } from "../terminal/run.mjs";

/** For each notebook, what a reader may change in it: see `alter` in execute.py. */
export const changesFile = join(root, "tests", "notebooks", "changes.json");

/**
 * `check` executes copies, quickly where a notebook says how, and writes nothing: of each notebook as it is and, without
 * CIFAR-10, with each of its changes, unless `changed` is false. `withData` lets the notebooks see CIFAR-10.
 * Resolves to whether all of them succeeded.
 */
export async function executeNotebooks(python, files, { check, withData, changed = true, env: more = {} }) {
  const empty = join(stampFolder, "no-data");
  mkdirSync(empty, { recursive: true });
  // Committed outputs hold no picture of CIFAR-10: its reader is told that the data set is not there.
  const data = withData ? { VITLAB_DATA: absoluteDataFolder() } : { VITLAB_DATA: empty, VITLAB_NO_CIFAR: "1" };
  const options = [`--kernel=${JSON.stringify(kernel)}`, `--root=${root}`, ...(check ? ["--check"] : [])];
  if (check && !withData && changed) options.push(`--changes=${changesFile}`);
  const env = Object.fromEntries(
    Object.entries({ ...process.env, ...more, ...data }).filter(([, value]) => value !== undefined),
  );
  const result = await run(python, [join(root, "setup", "notebooks", "execute.py"), ...options, ...files], {
    cwd: root,
    env: { ...env, PYTHONUNBUFFERED: "1" },
    inherit: true,
  });
  return result.ok;
}
