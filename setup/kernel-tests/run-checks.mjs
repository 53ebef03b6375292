// Checks of the kernel from outside are tests in Python, which write a report line by line.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../paths.mjs";
import { run } from "../terminal/run.mjs";
import { seconds } from "../terminal/seconds.mjs";
import { onInterrupt } from "../terminal/signals.mjs";
import { checkLine, countChecks, readChecks } from "./report.mjs";

/** Runs the checks of a folder, tells each as it ends, and resolves to `{ ok, checks }`. */
export async function runChecks(python, folder, kernel, { filter, env: more = {} } = {}) {
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
  const env = { ...process.env, ...more, ACCEPTANCE_REPORT: reportPath, PYTHONUNBUFFERED: "1" };
  const result = await run(python, args, { cwd: root, env });
  clearInterval(watch);
  const checks = show();
  if (!result.ok) console.log(`\n${result.output.trimEnd()}`);
  console.log(`\n${kernel}: ${countChecks(checks)} (${seconds(performance.now() - started)})`);
  forget();
  remove();
  return { ok: result.ok, checks };
}

/** The checks that are written whole; the last line may be on its way. */
function readWhole(path) {
  if (!statSync(path, { throwIfNoEntry: false })) return [];
  const text = readFileSync(path, "utf8");
  return readChecks(text.slice(0, text.lastIndexOf("\n") + 1));
}
