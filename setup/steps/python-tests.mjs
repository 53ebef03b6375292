import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, venv } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashTree, readStamp, writeStamp } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { pins } from "./python.mjs";

const requirements = "requirements-kernel.txt";
const stampPath = join(venv, "vitlab-kernel.json");

/** Adds what `requirements-kernel.txt` pins to `.venv`, where it changed or `.venv` is new. Throws where pip can't. */
export async function preparePythonTests(python, report) {
  // With both files a change in one never moves a version that the other pins.
  const hash = hashTree(root, ["requirements.txt", requirements]);
  if (readStamp(stampPath)?.requirements === hash) return { text: "as requirements-kernel.txt says" };
  const count = pins(readFileSync(join(root, requirements), "utf8")).size;
  const words = "installing jupyter_kernel_test, nbmake, papermill, jupytext";
  let collected = 0;
  report.working(words, 0);
  const files = ["--requirement", join(root, requirements), "--constraint", join(root, "requirements.txt")];
  const result = await run(python, ["-m", "pip", "install", "--retries", "2", "--no-input", ...files], {
    cwd: root,
    env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PYTHONUNBUFFERED: "1" },
    onLine(line) {
      if (line.startsWith("Collecting")) collected += 1;
      report.working(words, Math.min(1, collected / count));
    },
  });
  if (!result.ok) {
    throw new SetupError(
      `pip could not install ${requirements} (${lastWords(result.output)}): check the network and start again`,
    );
  }
  writeStamp(stampPath, { requirements: hash });
  return { text: "requirements-kernel.txt installed" };
}
