import { existsSync } from "node:fs";
import { join } from "node:path";
import { pythonIn, root, stampFolder } from "../paths.mjs";
import { findPython } from "../python/find-python.mjs";
import { SetupError } from "../setup-error.mjs";
import { lastWords, run } from "../terminal/run.mjs";

/** Of the Python package `ziglang`: clang and a linker for WebAssembly in one file, for every system. */
export const zigVersion = "0.15.2";

/** The program `zig`, in an environment of its own in `.setup`, made once. */
export async function prepareZig() {
  const folder = join(stampFolder, `zig-${zigVersion}`);
  const python = pythonIn(folder);
  const where = "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))";
  const found = existsSync(python) ? await run(python, ["-c", where]) : { ok: false };
  if (found.ok) return found.output.trim();
  const base = await findPython();
  if (!base) throw new SetupError("no Python 3.10 or newer, which brings the compiler: install it");
  const made = await run(base.command, ["-m", "venv", "--clear", folder], { cwd: root });
  if (!made.ok) throw new SetupError(`an environment for zig could not be made: ${lastWords(made.output)}`);
  const pip = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", `ziglang==${zigVersion}`];
  const done = await run(python, pip, { cwd: root });
  if (!done.ok) throw new SetupError(`pip could not install ziglang ${zigVersion}: ${lastWords(done.output)}`);
  return (await run(python, ["-c", where])).output.trim();
}
