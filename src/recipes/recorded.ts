import { readFile } from "node:fs/promises";
import { checkWhole } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { writeFileAtomic } from "../base/node/atomic-file";
import { shipped } from "../base/node/shipped";
import { hasCifar10 } from "../data/cifar10";

/** What one run gives: numbers that JSON keeps. */
export type RecordedResult = number | readonly number[] | { readonly [name: string]: number | readonly number[] };

/** How often runs are repeated, and what they need. */
export interface RecordedOptions {
  /** Runs of each case, with the seeds 0, 1, …. Default 5. */
  seeds?: number;
  /** Whether the runs need CIFAR-10: without it the record is read, whatever `VITLAB_FULL` says. Default false. */
  cifar10?: boolean;
}

/** The file of one experiment. */
interface RecordFile {
  command: string;
  results: Record<string, RecordedResult[]>;
}

/**
 * The results of an experiment that takes too long for a cell, by case, one for each seed: `recorded("03-positions",
 * ["none", "learned"], async (positions, seed) => …)`.
 *
 * They are read from `data/results/NAME.json`. With `VITLAB_FULL=1` in the environment `run` makes those that are missing there,
 * one after the other, and each is written as soon as it is known: what was broken off goes on, and a file that was deleted
 * is made anew. A name begins with the number of its notebook.
 *
 * @throws VitlabError when there is no record, it has other cases or fewer seeds, or a run gives what JSON doesn't keep.
 */
export async function recorded<Case extends string, Result extends RecordedResult>(
  name: string,
  cases: readonly Case[],
  run: (which: Case, seed: number) => Result | Promise<Result>,
  options: RecordedOptions = {},
): Promise<Record<Case, Result[]>> {
  checkOptions("recorded", options, { seeds: true, cifar10: true });
  const { seeds = 5, cifar10 = false } = options;
  checkWhole("seeds", seeds);
  if (typeof name !== "string" || !/^\d\d-[a-z0-9-]+$/.test(name))
    throw new VitlabError(
      `recorded got ${show(name)} for its name: give the number of the notebook and a word, such as "03-positions"`,
    );
  const file = shipped("results", `${name}.json`);
  const command = `VITLAB_FULL=1 npm run notebooks -- ${name.slice(0, 2)}${cifar10 ? " --with-data" : ""}`;
  const found = await readRecord(file, name);
  const mayRun = process.env.VITLAB_FULL === "1" && (!cifar10 || hasCifar10());
  if (!mayRun) return complete(found?.results ?? {}, name, cases, seeds, command) as Record<Case, Result[]>;
  const results: Record<string, RecordedResult[]> = Object.fromEntries(
    cases.map((which) => [which, (found?.results[which] ?? []).slice(0, seeds)]),
  );
  for (let seed = 0; seed < seeds; seed++)
    for (const which of cases) {
      const known = results[which] as RecordedResult[];
      if (known.length > seed) continue;
      const result = await run(which, seed);
      checkResult(result, name, which);
      known.push(result);
      await writeFileAtomic(file, recordText({ command, results }));
      console.log(`${which}, seed ${seed}: ${JSON.stringify(result)}`);
    }
  return results as Record<Case, Result[]>;
}

async function readRecord(file: string, name: string): Promise<RecordFile | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new VitlabError(`data/results/${name}.json can't be read: ${error.message}`);
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as RecordFile;
  } catch {
    throw new VitlabError(`data/results/${name}.json is no JSON: delete it and make it anew with VITLAB_FULL=1`);
  }
}

/** @throws VitlabError when a case or a seed of it is missing. */
function complete(
  results: Record<string, RecordedResult[]>,
  name: string,
  cases: readonly string[],
  seeds: number,
  command: string,
): Record<string, RecordedResult[]> {
  const missing = cases.find((which) => (results[which]?.length ?? 0) < seeds);
  if (missing !== undefined)
    throw new VitlabError(
      `data/results/${name}.json has ${results[missing]?.length ?? 0} of ${seeds} results for ${show(missing)}: ${command} makes the others`,
    );
  return Object.fromEntries(cases.map((which) => [which, (results[which] as RecordedResult[]).slice(0, seeds)]));
}

/** @throws VitlabError when JSON would lose a number. */
function checkResult(result: unknown, name: string, which: string): void {
  const numbers = (value: unknown): boolean =>
    Array.isArray(value) ? value.every(numbers) : typeof value === "number" && Number.isFinite(value);
  const named = typeof result === "object" && result !== null && !Array.isArray(result);
  if (!(named ? Object.values(result).every(numbers) : numbers(result)))
    throw new VitlabError(
      `the run of ${name} for ${show(which)} gave ${show(result)}: give finite numbers, alone, in a list or by name`,
    );
}

/** A line for each result: a change reads well in a comparison of versions. */
function recordText({ command, results }: RecordFile): string {
  const cases = Object.entries(results).map(
    ([which, all]) =>
      `    ${JSON.stringify(which)}: [\n${all.map((one) => `      ${JSON.stringify(one)}`).join(",\n")}\n    ]`,
  );
  return `{\n  "command": ${JSON.stringify(command)},\n  "results": {\n${cases.join(",\n")}\n  }\n}\n`;
}
