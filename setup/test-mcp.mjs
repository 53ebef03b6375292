// `npm run test:mcp`: set-up, then the recipe of docs/agents.md, run by a program through jupyter-mcp-server. Needs the network once.
//   --quick   a training of 20 seconds in place of three minutes

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { main } from "./main.mjs";
import { pythonIn, root, stampFolder } from "./paths.mjs";
import { setUp } from "./set-up.mjs";
import { SetupError } from "./setup-error.mjs";
import { hashTree, readStamp, writeStamp } from "./stamp.mjs";
import { pins } from "./steps/python.mjs";
import { takeStep } from "./terminal/progress.mjs";
import { lastWords, run } from "./terminal/run.mjs";

const requirements = "requirements-mcp.txt";
// Not .venv: what jupyter-mcp-server needs must not move what the notebooks have.
const environment = join(stampFolder, "mcp");
const stamp = join(environment, "vitlab.json");
const python = pythonIn(environment);

await main(async () => {
  const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
  const { python: base } = await setUp();
  if (!base) throw new SetupError("the recipe needs Python: see the line about it above");
  if (!(await takeStep("jupyter-mcp-server", (report) => install(base, report)))) return 1;
  const recipe = [join(root, "tests", "kernel", "mcp", "recipe.py"), ...(values.quick ? ["--quick"] : [])];
  return (await run(python, recipe, { cwd: root, inherit: true })).ok ? 0 : 1;
});

/** Makes the environment where it is new or its pins have changed, and puts the kernel of this folder into it. */
async function install(base, report) {
  const hash = hashTree(root, [requirements]);
  if (readStamp(stamp)?.requirements !== hash) {
    report.working(`installing ${requirements}`);
    mkdirSync(stampFolder, { recursive: true });
    await step(base, ["-m", "venv", "--clear", environment]);
    await step(python, [
      "-m",
      "pip",
      "install",
      "--retries",
      "2",
      "--no-input",
      "--requirement",
      join(root, requirements),
    ]);
    writeStamp(stamp, { requirements: hash });
  }
  await step(process.execPath, [
    join(root, "dist", "cli", "main.js"),
    "kernelspec",
    "install",
    "--prefix",
    environment,
  ]);
  return { text: pins(readFileSync(join(root, requirements), "utf8")).get("jupyter-mcp-server") };
}

async function step(command, args) {
  const result = await run(command, args, { cwd: root });
  if (!result.ok) throw new SetupError(lastWords(result.output));
}
