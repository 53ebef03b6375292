// `npm run test:kernel`: set-up, then tests of the kernel from outside, by the programs people use it with.
//   --kernel NAME   test another installed kernel (tslab, python3)
//   --filter WORDS  only tests whose names have these words, as `pytest -k` takes them
//   --quick         fewer interrupts and a shorter flood of messages
//   --peers         a table of what this kernel and others do, for the documentation

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelTestRun } from "./kernel-tests/arguments.mjs";
import { checkLine, countChecks, readChecks } from "./kernel-tests/report.mjs";
import { main } from "./main.mjs";
import { root } from "./paths.mjs";
import { setUp } from "./set-up.mjs";
import { addRequirements } from "./steps/requirements.mjs";
import { takeStep } from "./terminal/progress.mjs";
import { run } from "./terminal/run.mjs";
import { seconds } from "./terminal/seconds.mjs";
import { onInterrupt } from "./terminal/signals.mjs";

const folder = join(root, "tests", "kernel", "acceptance");
const fewer = { ACCEPTANCE_INTERRUPTS: "40", ACCEPTANCE_SECONDS: "2" };

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
  return acceptance(python, kernel, filter, quick ? fewer : {});
});

async function acceptance(python, kernel, filter, settings) {
  const temporary = mkdtempSync(join(tmpdir(), "vitlab-kernel-"));
  const remove = () => rmSync(temporary, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  const reportPath = join(temporary, "checks.jsonl");
  const started = performance.now();
  let shown = 0;
  let group;
  const show = () => {
    const checks = readWhole(reportPath);
    for (const check of checks.slice(shown)) {
      if (check.group !== group) console.log(`${check.group.replaceAll("_", " ")}`);
      group = check.group;
      console.log(checkLine(check));
    }
    shown = checks.length;
    return checks;
  };
  const watch = setInterval(show, 300);
  const args = ["-m", "pytest", folder, "-q", "--kernel", kernel, ...(filter ? ["-k", filter] : [])];
  const env = { ...process.env, ...settings, ACCEPTANCE_REPORT: reportPath, PYTHONUNBUFFERED: "1" };
  const result = await run(python, args, { cwd: root, env });
  clearInterval(watch);
  const checks = show();
  if (!result.ok) console.log(`\n${result.output.trimEnd()}`);
  console.log(`\n${kernel}: ${countChecks(checks)} (${seconds(performance.now() - started)})`);
  forget();
  remove();
  return result.ok ? 0 : 1;
}

/** The checks that are written whole; the last line may be on its way. */
function readWhole(path) {
  if (!statSync(path, { throwIfNoEntry: false })) return [];
  const text = readFileSync(path, "utf8");
  return readChecks(text.slice(0, text.lastIndexOf("\n") + 1));
}
