import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, venv, venvPython } from "../paths.mjs";
import { findPython } from "../python/find-python.mjs";
import { makeEnvironment } from "../python/make-environment.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashTree, readStamp, writeStamp, writeWhole } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";

const stampPath = join(venv, "vitlab.json");
const withoutPython =
  'to run the notebooks without it, open this folder in VS Code with its Jupyter extension and pick the kernel "TypeScript (vitlab)"';

/** Makes `.venv` with what `requirements.txt` pins; `value` is its interpreter. Throws, in one sentence, where it can't. */
export async function preparePython(report) {
  const hash = hashTree(root, ["requirements.txt"]);
  const python = venvPython();
  const stamp = readStamp(stampPath);
  if (existsSync(python) && stamp?.requirements === hash && stamp.version === environmentVersion()) {
    settleLab();
    return { text: `JupyterLab ${pinnedVersion("jupyterlab")} in .venv`, value: python };
  }

  const base = await findPython();
  if (!base) {
    throw new SetupError(
      `no Python 3.10 or newer, so no JupyterLab: install it (Debian, Ubuntu: sudo apt install python3 python3-venv) and start again; ${withoutPython}`,
    );
  }
  report.working("making .venv");
  await makeEnvironment(base);

  const count = pins(readFileSync(join(root, "requirements.txt"), "utf8")).size;
  const words = `installing JupyterLab and what it needs (Python ${base.version})`;
  let collected = 0;
  report.working(words, 0);
  const result = await run(
    python,
    ["-m", "pip", "install", "--retries", "2", "--no-input", "--requirement", join(root, "requirements.txt")],
    {
      cwd: root,
      env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PYTHONUNBUFFERED: "1" },
      onLine(line) {
        if (/^(Collecting|Requirement already)/.test(line)) collected += 1;
        report.working(words, line.startsWith("Installing") ? 0.75 : (0.75 * collected) / Math.max(collected, count));
      },
    },
  );
  if (!result.ok) {
    throw new SetupError(
      `pip could not install requirements.txt (${lastWords(result.output)}): check the network and start again; ${withoutPython}`,
    );
  }
  settleLab();
  writeStamp(stampPath, { requirements: hash, version: environmentVersion() });
  return { text: `JupyterLab ${pinnedVersion("jupyterlab")} installed in .venv`, value: python };
}

/** The Python version that `.venv` was made for, as its own `pyvenv.cfg` says. */
function environmentVersion() {
  try {
    return readFileSync(join(venv, "pyvenv.cfg"), "utf8").match(/^version(?:_info)?\s*=\s*([\d.]+)/m)?.[1];
  } catch {
    return undefined;
  }
}

function pinnedVersion(name) {
  return pins(readFileSync(join(root, "requirements.txt"), "utf8")).get(name);
}

/** The names and versions that a `requirements.txt` pins. */
export function pins(text) {
  return new Map([...text.matchAll(/^([\w.-]+)==([^\s;]+)/gm)].map((match) => [match[1].toLowerCase(), match[2]]));
}

/** What JupyterLab is set to here, unless a person sets it otherwise. */
const LAB_SETTINGS = {
  // No question about Jupyter's own news on a learner's first start.
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  // A notebook opened again shows its widgets before anything has run.
  "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true },
  // The page of contents is there to be read.
  "@jupyterlab/docmanager-extension:plugin": { defaultViewers: { markdown: "Markdown Preview" } },
  // Code is read whole: beside the list of files a line of 100 characters is cut otherwise.
  "@jupyterlab/notebook-extension:tracker": { codeCellConfig: { lineWrap: true } },
};

/** Writes the settings that `.venv` doesn't have yet; what is set there already stays. */
export function settleLab(folder = venv) {
  const path = join(folder, "share", "jupyter", "lab", "settings", "overrides.json");
  const before = readStamp(path) ?? {};
  if (Object.keys(LAB_SETTINGS).every((plugin) => plugin in before)) return;
  writeWhole(path, `${JSON.stringify({ ...LAB_SETTINGS, ...before }, null, 2)}\n`);
}
