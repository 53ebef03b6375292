// `npm run test:nodes`: the packed package in a stranger's project, the kernel from outside, a training and the notebooks in
// quick form, on each Node.js that vitlab supports; what each needs comes from npm.
//   --only 22,26          some of them
//   --parts kernel,fit    some of it

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { kernel } from "./kernel.mjs";
import { acceptance } from "./kernel-tests/acceptance.mjs";
import { main } from "./main.mjs";
import { nodeBinary } from "./nodes/node-binary.mjs";
import { nodesRun, versions } from "./nodes/versions.mjs";
import { notebookRun } from "./notebooks/arguments.mjs";
import { executeNotebooks } from "./notebooks/execute.mjs";
import { packageFile, root } from "./paths.mjs";
import { setUp } from "./set-up.mjs";
import { SetupError } from "./setup-error.mjs";
import { addRequirements } from "./steps/requirements.mjs";
import { inStrangersProject } from "./stranger/in-project.mjs";
import { takeStep } from "./terminal/progress.mjs";
import { lastWords, run } from "./terminal/run.mjs";
import { onInterrupt } from "./terminal/signals.mjs";

const training = ["tests/train/fit.test.ts", "tests/train/checkpoint.test.ts", "tests/vit/gradients.test.ts"];

await main(async () => {
  const asked = nodesRun(process.argv.slice(2));
  const { python } = await setUp();
  if (!python) throw new SetupError("the notebooks need the Python environment: see the line about Python above");
  const add = (report) => addRequirements(python, "requirements-kernel.txt", "installing pytest, papermill", report);
  if (!(await takeStep("Test programs", add))) return 1;
  const table = [];
  for (const major of asked.majors) {
    const version = versions[major];
    console.log(`\nNode ${version}`);
    const outcome = await onNode(version, asked.parts, python);
    table.push(
      `Node ${version.padEnd(8)}  ${asked.parts.map((part) => `${outcome[part] ? "✓" : "✗"} ${part}`).join("  ")}`,
    );
  }
  console.log(`\n${table.join("\n")}`);
  return table.some((line) => line.includes("✗")) ? 1 : 0;
});

/** Whether each part passes with the program of `version` wherever `node` is asked for. */
async function onNode(version, parts, python) {
  const programs = await nodeBinary(version);
  const node = join(programs, "node");
  const prefix = mkdtempSync(join(tmpdir(), "vitlab-node-"));
  const remove = () => rmSync(prefix, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  try {
    const command = [join(root, "dist", "cli", "main.js"), "kernelspec", "install", "--prefix", prefix];
    const installed = await run(node, command, { cwd: root });
    if (!installed.ok) throw new SetupError(lastWords(installed.output));
    // Jupyter looks there first.
    const env = {
      JUPYTER_PATH: join(prefix, "share", "jupyter"),
      PATH: `${programs}${delimiter}${process.env.PATH}`,
    };
    const checks = {
      package: () => inStrangersProject(node, { ...process.env, ...env }),
      kernel: () => acceptance(python, kernel.name, { quick: true, env }),
      fit: async () => {
        const args = [packageFile("vitest", "vitest.mjs"), "run", ...training];
        return (await run(node, args, { cwd: root, env: { ...process.env, ...env }, inherit: true })).ok;
      },
      notebooks: () => {
        const { files } = notebookRun([], join(root, "notebooks"));
        return executeNotebooks(python, files, { check: true, withData: false, changed: false, env });
      },
    };
    const outcome = {};
    for (const part of parts) outcome[part] = await checks[part]();
    return outcome;
  } finally {
    forget();
    remove();
  }
}
