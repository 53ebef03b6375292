// `npm run test:clients`: set-up, then the kernel driven through the programs that people use as clients of Jupyter kernels,
// in an environment of their own. Needs the network once. Ends with a table in Markdown.
//   --kernel NAME   another installed kernel (python3 is there)
//   --filter WORDS  only tests whose names have these words, as `pytest -k` takes them

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ownEnvironment } from "./kernel-tests/own-environment.mjs";
import { checkTable } from "./kernel-tests/report.mjs";
import { runChecks } from "./kernel-tests/run-checks.mjs";
import { main } from "./main.mjs";
import { root } from "./paths.mjs";
import { runNeededStep } from "./run-step.mjs";
import { setUp } from "./set-up.mjs";
import { SetupError } from "./setup-error.mjs";
import { pins } from "./steps/python.mjs";

const requirements = "requirements-clients.txt";

await main(async () => {
  const options = { kernel: { type: "string", default: "vitlab" }, filter: { type: "string" } };
  const { kernel, filter } = parseArgs({ options }).values;
  const { python: base } = await setUp();
  if (!base) throw new SetupError("the clients need Python: see the line about it above");
  const python = await runNeededStep("Clients", async (report) => ({
    // The pins are whole, and two of the clients disagree about one of them.
    value: await ownEnvironment(base, "clients", requirements, report, ["--no-deps"]),
    text: `${pins(readFileSync(join(root, requirements), "utf8")).size} packages, as ${requirements} says`,
  }));
  const { ok, checks } = await runChecks(python, join(root, "tests", "kernel", "clients"), kernel, { filter });
  console.log(`\n${checkTable(checks, kernel)}`);
  return ok ? 0 : 1;
});
