import { existsSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { root, venvPython } from "../../setup/paths.mjs";
import { findPython, pythonCommands } from "../../setup/python/find-python.mjs";
import { SetupError } from "../../setup/setup-error.mjs";
import { pins } from "../../setup/steps/python.mjs";
import { lastWords, run } from "../../setup/terminal/run.mjs";

const folder = join(root, ".venv-bench");
const requirements = join(root, "bench", "torch", "requirements.txt");
const own = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
/** What pip's largest choice takes while it is unpacked, in bytes. */
const neededBytes = 9e9;

/** A Python that has PyTorch, `.venv-bench` first, as `{ python, version }`, or undefined. */
export async function findTorch() {
  const candidates = [[own], [venvPython()]].filter(([path]) => existsSync(path));
  for (const [command, ...first] of [...candidates, ...pythonCommands()]) {
    const script = "import sys, torch; print(torch.__version__); print(sys.executable)";
    const result = await run(command, [...first, "-W", "ignore", "-c", script], { timeoutSeconds: 120 });
    if (!result.ok) continue;
    const [version, python] = result.output.trim().split(/\r?\n/).slice(-2);
    return { python, version };
  }
  return undefined;
}

/**
 * Makes `.venv-bench` with the PyTorch, and the transformers for tests, that `requirements.txt` pins, unless they are there.
 *
 * @throws SetupError when there is no Python, no room, or pip fails.
 */
export async function makeTorchEnvironment(tell) {
  const wanted = pins(readFileSync(requirements, "utf8"));
  const versions = existsSync(own) ? await installed([...wanted.keys()]) : new Map();
  const has = (name) => versions.get(name)?.split("+")[0] === wanted.get(name);
  if ([...wanted.keys()].every(has)) return;
  if (has("torch")) {
    tell("installing transformers into .venv-bench: 0.3 GB, half a minute");
    return install();
  }
  const base = await findPython();
  if (!base)
    throw new SetupError("no Python 3.10 or newer to measure PyTorch with: install it, or leave out --with-torch");
  const { bavail, bsize } = statfsSync(root);
  if (bavail * bsize < neededBytes)
    throw new SetupError(
      `PyTorch may take ${neededBytes / 1e9} GB and the disk has ${Math.floor((bavail * bsize) / 1e9)}: make room`,
    );
  tell(`installing PyTorch ${wanted.get("torch")} into .venv-bench: up to 5.3 GB, some minutes`);
  const made = await run(base.command, ["-m", "venv", "--clear", folder], { cwd: root });
  if (!made.ok) throw new SetupError(`.venv-bench could not be made: ${lastWords(made.output)}`);
  await install();
}

/** The versions of the packages that are in `.venv-bench`. */
async function installed(names) {
  const script =
    "import sys, importlib.metadata as m\n" +
    "print(*(f'{d.name.lower()}=={d.version}' for d in m.distributions() if d.name.lower() in sys.argv), sep='\\n')";
  const found = await run(own, ["-c", script, ...names]);
  return found.ok ? pins(found.output) : new Map();
}

async function install() {
  const pip = ["-m", "pip", "install", "--no-input", "--no-cache-dir", "--requirement", requirements];
  const done = await run(own, pip, { cwd: root, env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1" } });
  if (!done.ok) throw new SetupError(`pip could not fill .venv-bench: ${lastWords(done.output)}`);
}
