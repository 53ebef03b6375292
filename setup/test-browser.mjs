// `npm run test:browser`: set-up, then the kernel and the figures in JupyterLab and Notebook 7, in a real browser.
// Arguments are parts of the names of the checks to run. The last line is `N passed, N failed`; where there is no browser,
// one line that says so, and nothing has failed.

import { join } from "node:path";
import { main } from "./main.mjs";
import { root } from "./paths.mjs";
import { setUp } from "./set-up.mjs";
import { addRequirements } from "./steps/requirements.mjs";
import { takeStep } from "./terminal/progress.mjs";
import { run } from "./terminal/run.mjs";

const folder = join(root, "tests", "kernel", "browser");

await main(async () => {
  const { python } = await setUp();
  const { findChromium } = await import("../tests/kernel/browser/chromium.mjs");
  const missing = !python
    ? "the Python environment"
    : !findChromium()
      ? "Chromium (Debian: apt-get install chromium)"
      : "";
  if (missing) {
    console.log(`– Browser: no checks, for want of ${missing}`);
    return 0;
  }
  const add = (report) => addRequirements(python, "requirements-browser.txt", "installing Notebook 7", report);
  if (!(await takeStep("Notebook 7", add))) {
    console.log("0 passed, 1 failed");
    return 1;
  }
  const checks = [join(folder, "check.mjs"), ...process.argv.slice(2)];
  const { ok } = await run(process.execPath, checks, { cwd: root, inherit: true });
  return ok ? 0 : 1;
});
