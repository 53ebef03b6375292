// `npm test`: set-up, style, types, tests, notebooks; the first failure ends it. Further arguments go to vitest, and then
// the notebooks are left out.
// The last line is always `N passed, N failed`.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "./main.mjs";
import { ownNotebooks } from "./notebooks/arguments.mjs";
import { executeNotebooks } from "./notebooks/execute.mjs";
import { packageFile, root } from "./paths.mjs";
import { setUp } from "./set-up.mjs";
import { readStamp } from "./stamp.mjs";
import { run } from "./terminal/run.mjs";
import { seconds } from "./terminal/seconds.mjs";
import { onInterrupt } from "./terminal/signals.mjs";
import { countTests } from "./test-counts.mjs";

await main(async () => {
  let python;
  try {
    ({ python } = await setUp());
  } catch (error) {
    console.log("0 passed, 1 failed");
    throw error;
  }
  const checks = [
    ["Style (biome check)", packageFile("@biomejs/biome", "bin/biome"), ["check"]],
    ["Types (tsc --noEmit)", packageFile("typescript", "bin/tsc"), ["--noEmit"]],
    ["Types of the examples", packageFile("typescript", "bin/tsc"), ["--noEmit", "--project", "examples"]],
  ];
  for (const [title, program, args] of checks) {
    const started = performance.now();
    const result = await run(process.execPath, [program, ...args], { cwd: root, inherit: true });
    console.log(`${result.ok ? "✓" : "✗"} ${title} (${seconds(performance.now() - started)})`);
    if (!result.ok) {
      console.log("0 passed, 1 failed");
      return 1;
    }
  }
  const args = process.argv.slice(2);
  const { passed, failed } = await vitest(args);
  if (failed > 0 || args.length > 0) return tell(passed, failed);
  const notebooks = await checkNotebooks(python);
  return tell(passed + notebooks.passed, notebooks.failed);
});

function tell(passed, failed) {
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Every notebook, executed in a copy; without the Python environment there is nothing to execute them with. */
async function checkNotebooks(python) {
  if (!python) {
    console.log("– Notebooks: not executed, for want of the Python environment");
    return { passed: 0, failed: 0 };
  }
  // Those in Chinese have the same cells, which a test holds.
  const files = ownNotebooks(join(root, "notebooks"));
  const ok = await executeNotebooks(python, files, { check: true, withData: false, changed: false });
  return ok ? { passed: files.length, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(args) {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-test-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  const reportPath = join(folder, "report.json");
  const program = packageFile("vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`];
  const result = await run(process.execPath, [program, "run", ...reporters, ...args], { cwd: root, inherit: true });
  const counts = countTests(readStamp(reportPath), result.ok);
  forget();
  remove();
  return counts;
}
