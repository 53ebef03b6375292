// `npm run test:kernel`: set-up, then tests of the kernel from outside, by the programs people use it with.
//   --kernel NAME   test another installed kernel (tslab, python3)
//   --filter WORDS  only tests whose names have these words, as `pytest -k` takes them
//   --quick         fewer interrupts and a shorter flood of messages
//   --peers         a table of what this kernel and others do, for the documentation

import { join } from "node:path";
import { acceptance, folder } from "./kernel-tests/acceptance.mjs";
import { kernelTestRun } from "./kernel-tests/arguments.mjs";
import { main } from "./main.mjs";
import { root } from "./paths.mjs";
import { setUp } from "./set-up.mjs";
import { addRequirements } from "./steps/requirements.mjs";
import { takeStep } from "./terminal/progress.mjs";
import { run } from "./terminal/run.mjs";

await main(async () => {
  const { kernel, filter, quick, peers } = kernelTestRun(process.argv.slice(2));
  const { python } = await setUp();
  if (!python) {
    console.log("✗ The kernel cannot be tested without the Python environment: see the line about Python above");
    return 1;
  }
  const words = "installing jupyter_kernel_test, nbmake, papermill, jupytext";
  const add = (report) => addRequirements(python, "requirements-kernel.txt", words, report);
  if (!(await takeStep("Test programs", add))) return 1;
  if (peers) {
    const result = await run(python, [join(folder, "peers.py")], { cwd: root, inherit: true });
    return result.ok ? 0 : 1;
  }
  return (await acceptance(python, kernel, { filter, quick })) ? 0 : 1;
});
