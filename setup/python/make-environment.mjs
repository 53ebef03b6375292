import { existsSync } from "node:fs";
import { root, venv, venvPython } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { lastWords, run } from "../terminal/run.mjs";

/**
 * Makes `.venv` with a pip in it. Debian splits `venv` off Python, so there are three ways: `venv`, `virtualenv`, and a
 * `venv` without pip that the base Python's own pip fills.
 */
export async function makeEnvironment(base) {
  if (await hasPip(base)) return;
  const plain = await run(base.command, ["-m", "venv", "--clear", venv], { cwd: root });
  if (plain.ok && (await hasPip(base))) return;
  const virtualenv = await run(base.command, ["-m", "virtualenv", "--clear", venv], { cwd: root });
  if (virtualenv.ok && (await hasPip(base))) return;
  const bare = await run(base.command, ["-m", "venv", "--clear", "--without-pip", venv], { cwd: root });
  if (bare.ok) {
    await run(base.command, ["-m", "pip", "--python", venvPython(), "install", "pip"], { cwd: root });
    if (await hasPip(base)) return;
  }
  const version = base.version.split(".").slice(0, 2).join(".");
  const why = /ensurepip/.test(plain.output) ? "Python's venv module is missing" : lastWords(plain.output);
  throw new SetupError(
    `.venv could not be made (${why}): install it (Debian, Ubuntu: sudo apt install python3-venv, or python${version}-venv) and start again`,
  );
}

/** Whether `.venv` is whole: its interpreter runs, is the base's version, and has a pip. */
async function hasPip(base) {
  if (!existsSync(venvPython())) return false;
  const script = "import pip, sys; print('%d.%d.%d' % sys.version_info[:3])";
  const result = await run(venvPython(), ["-c", script], { timeoutSeconds: 60 });
  return result.ok && result.output.trim().endsWith(base.version);
}
