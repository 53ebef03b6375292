import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { VitlabError } from "../../base/error";
import type { SweepPlan } from "../../sweep/plan";
import { sweep } from "../../sweep/sweep";
import { readSweep, type SweepTrial } from "../../sweep/sweep-so-far";
import { describeSweep } from "../../sweep/sweep-table";
import { noteLine, printJson, printLine } from "../terminal/output";
import { listenForInterrupts } from "../training/interrupts";
import { sweepDisplay } from "./sweep-display";

/** The options of `vitlab sweep`. */
export interface SweepArguments {
  out?: string;
  resume?: boolean;
  workers?: number;
  redis?: string;
  json?: boolean;
}

/** So long nobody wonders why nothing happens. */
const NO_WORKER_MS = 5_000;

/** Runs a plan, and shows how it gets on; then the table, or with `--json` each event as a line. */
export async function runSweep(file: string, { out, resume, workers, redis, json }: SweepArguments): Promise<void> {
  const plan = readPlan(file);
  const dir = out ?? join("runs", basename(file, extname(file)));
  const stop = new AbortController();
  const run = sweep(plan, { dir, resume, workers, redis, live: false, signal: stop.signal });
  const display = sweepDisplay(plan, () => readSweep(dir));
  const interrupts = listenForInterrupts(() => {
    display.clear();
    noteLine("stopping after the steps under way; Ctrl-C once more ends at once");
    stop.abort();
  });
  const noWorker = setTimeout(() => {
    if (redis !== undefined)
      noteLine("no worker has begun yet: start some by `vitlab sweep worker` with the same --redis");
  }, NO_WORKER_MS);
  try {
    for await (const event of run) {
      clearTimeout(noWorker);
      if (json) printJson(event);
      else display.tell(event);
    }
    const { reason, best, trials } = await run;
    display.clear();
    if (json) printJson({ type: "end", reason, dir, best });
    else showSweep(dir);
    if (reason === "finished") return checkNoneFailed(trials);
    // Without what may be secret in the address.
    const where = redis === undefined ? "" : " --redis ...";
    noteLine(`go on: vitlab sweep ${file} --out ${dir} --resume${where}`);
    process.exitCode = interrupts.exitCode() ?? 1;
  } finally {
    clearTimeout(noWorker);
    display.clear();
    interrupts.end();
  }
}

/** @throws VitlabError saying why, where there are trials that couldn't be trained to their end. */
function checkNoneFailed(trials: readonly SweepTrial[]): void {
  const failed = trials.filter(({ state }) => state === "failed");
  const [first] = failed;
  if (!first) return;
  const which = `trial ${first.id + 1}`;
  throw new VitlabError(
    `${failed.length} of ${trials.length} trials failed, ${failed.length === 1 ? which : `the first of them ${which}`}: ${first.error}`,
  );
}

/** Prints the table of the sweep in a folder. */
export function showSweep(dir: string): void {
  for (const line of describeSweep(readSweep(dir), Number.POSITIVE_INFINITY).split("\n")) printLine(line);
}

function readPlan(file: string): SweepPlan {
  let text: string;
  try {
    // Some editors begin a file with a mark that isn't JSON.
    text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new VitlabError(
      code === "ENOENT" ? `there is no plan ${file}` : `the plan ${file} can't be read: ${message}`,
    );
  }
  try {
    return JSON.parse(text) as SweepPlan;
  } catch (error) {
    throw new VitlabError(`the plan ${file} is no JSON (${(error as Error).message}): see vitlab sweep --help`);
  }
}
