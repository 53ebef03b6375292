import { existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { SetupError } from "../../setup/setup-error.mjs";
import { build } from "../../setup/steps/build.mjs";
import { showStep } from "../../setup/terminal/progress.mjs";
import { seconds } from "../../setup/terminal/seconds.mjs";
import { findTorch, makeTorchEnvironment } from "../torch/environment.mjs";
import { modelArguments } from "./arguments.mjs";
import { describeBusy, describePauses, howBusy, watchPauses } from "./busy.mjs";
import { measurementsOf, modelCases } from "./cases.mjs";
import { competitorsFor } from "./competitors.mjs";
import { loadLibrary } from "./library.mjs";
import { measure } from "./measure.mjs";
import { table, withPeaks } from "./report.mjs";

/** Measures training steps and inference of the models named, all where none is; prints a table and a JSON line a result. */
export async function benchModels(args) {
  await benchAll(args, measurementsOf);
}

/**
 * The run of either bench: checks what is asked for, says how busy the machine is, measures, prints.
 *
 * @param measurements of all cases, the names and the modes that were asked for
 */
export async function benchAll(args, measurements) {
  const asked = modelArguments(args);
  if (asked.against && !existsSync(join(resolve(asked.against), "index.js")))
    throw new SetupError(
      `--against got "${asked.against}", which has no index.js: give the dist folder of another build`,
    );
  if (asked.withTorch) await step("PyTorch", () => makeTorchEnvironment((line) => console.log(`  ${line}`)));
  if (asked.builds) await step("Build", async (report) => (await build(report)).text);
  const library = loadLibrary();
  const list = measurements(modelCases(library.presets), asked.names, asked.modes);
  const torch = await torchFor(asked);
  const competitors = competitorsFor({ ...asked, python: torch?.python });
  const busy = await howBusy();
  console.log(describeBusy(busy));
  console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${asked.threads} threads; ${asked.rounds} rounds\n`);

  const started = performance.now();
  const peaks = new Map();
  const machine = { cpu: cpus()[0]?.model, loadAverage: busy.load, busyCoresBefore: busy.busyCores };
  const results = [];
  for (const [i, measurement] of list.entries()) {
    const { name, mode, batch, config } = measurement;
    const what = `${i + 1}/${list.length} ${name}, ${mode}, batch ${batch}, ${[config.imageSize].flat().join("x")} px`;
    const progress = showStep(what);
    const idle = watchPauses();
    const found = await measure(measurement, competitors, { ...asked, library, peaks, idle }, progress.working);
    const { text, warning } = describePauses(idle.busyCores());
    progress.end("✓", text);
    console.log(`${warning ? `${warning}\n` : ""}\n${table(withPeaks(found, peaks))}\n`);
    results.push(...found.map((result) => ({ ...result, ...machine, busyCoresInPauses: idle.busyCores() })));
    // Written as it goes: a run of an hour that is cut short has not been for nothing.
    if (asked.json) writeLines(asked.json, withPeaks(results, peaks));
  }
  if (list.length > 1) console.log(`${table(withPeaks(results, peaks))}\n`);
  for (const [engine, peak] of peaks) console.log(`matmul peak of ${engine}: ${Math.round(peak / 1e9)} GFLOP/s`);
  console.log(`measured in ${seconds(performance.now() - started)}\n`);
  if (!asked.json) for (const result of withPeaks(results, peaks)) console.log(JSON.stringify(result));
  failOnDifferentWork(results);
  return { asked, results };
}

async function step(title, work) {
  const report = showStep(title);
  try {
    report.end("✓", (await work(report)) ?? "ready");
  } catch (error) {
    report.end("✗", "stopped");
    throw error;
  }
}

async function torchFor({ peers, insists, withTorch }) {
  if (!peers.some((peer) => peer.startsWith("torch-"))) return undefined;
  const torch = await findTorch();
  if (torch) console.log(`PyTorch ${torch.version}`);
  else if (insists || withTorch)
    throw new SetupError("no Python with PyTorch: run `npm run bench -- --with-torch` once, which makes .venv-bench");
  else console.log("no Python with PyTorch, so measured without: --with-torch makes .venv-bench");
  return torch;
}

function writeLines(file, results) {
  writeFileSync(file, results.map((result) => `${JSON.stringify(result)}\n`).join(""));
}

/** A table of times of different work is worse than none: the run counts as failed. */
function failOnDifferentWork(results) {
  const wrong = results.filter(({ sameWork, lossFell }) => (sameWork && sameWork !== "yes") || lossFell === false);
  if (wrong.length === 0) return;
  const names = wrong.map(({ model, mode, competitor }) => `${competitor} (${model}, ${mode})`);
  throw new SetupError(`not the same work, so not to be compared: ${names.join("; ")}`);
}
