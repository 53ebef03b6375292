import { extname } from "node:path";
import { csv } from "../../base/csv";
import { VitlabError } from "../../base/error";
import { writeFileAtomic } from "../../base/node/atomic-file";
import { lastEpochs } from "../../sweep/last-epochs";
import type { SettingValue } from "../../sweep/space";
import { readSweep, readSweepSteps } from "../../sweep/sweep-so-far";
import { printLine } from "../terminal/output";

/** A row for each trial, with its last numbers; for each epoch, or each step that was told of. */
type Rows = "trials" | "epochs" | "steps";

type Row = Readonly<Record<string, SettingValue | null | undefined>>;

/** Writes the numbers of a sweep for other tools: CSV or JSON Lines, as the file's name says. */
export async function exportSweep(dir: string, file: string, { of }: { of: Rows }): Promise<void> {
  const kind = extname(file).toLowerCase();
  if (kind !== ".csv" && kind !== ".jsonl")
    throw new VitlabError(`${file} has neither of the endings .csv and .jsonl: they say what it is to be`);
  const rows = rowsOf(dir, of);
  const text = kind === ".csv" ? asCsv(rows) : rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await writeFileAtomic(file, text);
  printLine(`${rows.length} ${rows.length === 1 ? of.slice(0, -1) : of} in ${file}`);
}

function rowsOf(dir: string, of: Rows): Row[] {
  if (of === "steps") return readSweepSteps(dir).map((row) => ({ ...row }));
  const { trials, epochs } = readSweep(dir);
  const settings = new Map(trials.map(({ id, seed, settings }) => [id, { seed, ...settings }]));
  if (of === "epochs") return epochs.map((row) => ({ ...row, ...settings.get(row.trial) }));
  const last = lastEpochs(epochs);
  return trials.map(({ id, point, seed, state, epochs, error, engine, threads, machine, settings }) => {
    const { trainLoss = null, validationLoss = null, validationAccuracy = null } = last.get(id) ?? {};
    const numbers = { trainLoss, validationLoss, validationAccuracy };
    return {
      trial: id,
      point,
      seed,
      state,
      ...settings,
      epochsDone: epochs,
      ...numbers,
      error,
      engine,
      threads,
      machine,
    };
  });
}

/** All rows have the columns of any; what a row hasn't, or isn't known, stays empty. */
function asCsv(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(Object.keys))];
  const cell = (value: Row[string]) =>
    typeof value === "number"
      ? value
      : typeof value === "object" && value !== null
        ? JSON.stringify(value)
        : String(value ?? "");
  return csv([columns, ...rows.map((row) => columns.map((column) => cell(row[column])))]);
}
