// `npm run fuzz`: tests/fuzz with two million cases in all, of another seed each time; a line for each parser.
// `npm run build` comes first, as for all tests.
//   --cases 97000              for each parser; those whose cases are slow get a share of them
//   --seed 7 --path 12:3       a failure once more, as it was told
//   "a sweep's plan"           one parser, by its name

import { randomInt } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { main } from "./main.mjs";
import { packageFile, root } from "./paths.mjs";
import { run } from "./terminal/run.mjs";
import { seconds } from "./terminal/seconds.mjs";
import { onInterrupt } from "./terminal/signals.mjs";

// Some twenty times so many are two million: docs/fuzzing.md lists the parsers.
const CASES = "97000";

await main(async () => {
  const { values, positionals } = parseArgs({
    options: { cases: { type: "string", default: CASES }, seed: { type: "string" }, path: { type: "string" } },
    allowPositionals: true,
  });
  const seed = values.seed ?? String(randomInt(2 ** 31));
  console.log(`seed ${seed}`);
  const folder = mkdtempSync(join(tmpdir(), "vitlab-fuzz-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  const told = join(folder, "told");
  const env = { ...process.env, VITLAB_FUZZ_CASES: values.cases, VITLAB_FUZZ_SEED: seed, VITLAB_FUZZ_TOLD: told };
  if (values.path) env.VITLAB_FUZZ_PATH = values.path;
  const only = positionals.flatMap((name) => ["-t", name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")]);
  const files = readdirSync(join(root, "tests", "fuzz")).filter((name) => name.endsWith(".test.ts"));
  let cases = 0;
  let failed = 0;
  // Each in a process of its own: what one takes of memory is not the next one's.
  for (const file of files) {
    writeFileSync(told, "");
    const args = [packageFile("vitest", "vitest.mjs"), "run", `tests/fuzz/${file}`, "--passWithNoTests", ...only];
    const { ok, output } = await run(process.execPath, args, { cwd: root, env });
    for (const line of readFileSync(told, "utf8").trim().split("\n").filter(Boolean)) {
      const [name, count, milliseconds] = line.split("\t");
      cases += Number(count);
      console.log(
        `✓ ${name.padEnd(36)} ${Number(count).toLocaleString("en-US").padStart(9)} cases, ${seconds(Number(milliseconds))}`,
      );
    }
    if (ok) continue;
    failed++;
    console.log(`✗ ${file}\n${output}`);
  }
  forget();
  remove();
  console.log(`${cases.toLocaleString("en-US")} cases held, ${failed} of ${files.length} files failed`);
  return failed === 0 ? 0 : 1;
});
