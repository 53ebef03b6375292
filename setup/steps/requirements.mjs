import { readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { root, venv } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashTree, readStamp, writeStamp } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { pins } from "./python.mjs";

/**
 * Adds what a file beside `requirements.txt` pins to `.venv`, where it changed or `.venv` is new; `words` says meanwhile
 * what it is. Throws where pip can't.
 */
export async function addRequirements(python, requirements, words, report) {
  const stampPath = join(venv, `vitlab-${parse(requirements).name}.json`);
  // With both files a change in one never moves a version that the other pins.
  const hash = hashTree(root, ["requirements.txt", requirements]);
  if (readStamp(stampPath)?.requirements === hash) return { text: `as ${requirements} says` };
  const count = pins(readFileSync(join(root, requirements), "utf8")).size;
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
  return { text: `${requirements} installed` };
}
