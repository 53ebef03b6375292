// `npm run test:mcp`: set-up, then the recipe of docs/agents.md, run by a program through jupyter-mcp-server. Needs the network once.
//   --quick   a training of 20 seconds in place of three minutes

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ownEnvironment } from "./kernel-tests/own-environment.mjs";
import { main } from "./main.mjs";
import { root } from "./paths.mjs";
import { runNeededStep } from "./run-step.mjs";
import { setUp } from "./set-up.mjs";
import { SetupError } from "./setup-error.mjs";
import { pins } from "./steps/python.mjs";
import { run } from "./terminal/run.mjs";

const requirements = "requirements-mcp.txt";

await main(async () => {
  const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
  const { python: base } = await setUp();
  if (!base) throw new SetupError("the recipe needs Python: see the line about it above");
  const python = await runNeededStep("jupyter-mcp-server", async (report) => ({
    value: await ownEnvironment(base, "mcp", requirements, report),
    text: pins(readFileSync(join(root, requirements), "utf8")).get("jupyter-mcp-server"),
  }));
  const recipe = [join(root, "tests", "kernel", "mcp", "recipe.py"), ...(values.quick ? ["--quick"] : [])];
  return (await run(python, recipe, { cwd: root, inherit: true })).ok ? 0 : 1;
});
