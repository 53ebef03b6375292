import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pythonIn, root, stampFolder } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashTree, readStamp, writeStamp } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";

/**
 * A Python environment in `.setup` with what a requirements file pins, made anew where the pins have changed, and with the
 * kernel of this folder: what programs of others need must not move what the notebooks have in `.venv`. Returns its
 * interpreter; `options` are pip's.
 */
export async function ownEnvironment(base, name, requirements, report, options = []) {
  const environment = join(stampFolder, name);
  const stamp = join(environment, "vitlab.json");
  const python = pythonIn(environment);
  const hash = hashTree(root, [requirements]);
  if (readStamp(stamp)?.requirements !== hash) {
    report.working(`installing ${requirements}`);
    mkdirSync(stampFolder, { recursive: true });
    await step(base, ["-m", "venv", "--clear", environment]);
    const file = ["--requirement", join(root, requirements)];
    await step(python, ["-m", "pip", "install", "--retries", "2", "--no-input", ...options, ...file]);
    writeStamp(stamp, { requirements: hash });
  }
  const cli = join(root, "dist", "cli", "main.js");
  await step(process.execPath, [cli, "kernelspec", "install", "--prefix", environment]);
  return python;
}

async function step(command, args) {
  const result = await run(command, args, { cwd: root });
  if (!result.ok) throw new SetupError(lastWords(result.output));
}
