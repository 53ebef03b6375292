import fs from "node:fs";
import path from "node:path";
import answersOf from "./answers.json";
import { type Cell, folder, type Notebook, ownNames, readNotebook, textOf } from "./notebook";

/** A wrong answer that is typical. */
export interface Wrong {
  /** Texts of the solution, and what stands in their place. */
  change: Record<string, string>;
  says: string;
}

/** Wrong answers, by exercise. */
export const wrongAnswers = answersOf as unknown as Record<string, Wrong[]>;
const name = ownNames().find((each) => each.startsWith("10-"))!;
const notebook = readNotebook(path.join(folder, name));
export const exercises = Object.keys(wrongAnswers);

/** The code of a page of solutions, by exercise. */
export function solutionsOf(language: string): Record<string, string> {
  const page = fs.readFileSync(path.join(folder, language, "solutions", name.replace(".ipynb", ".md")), "utf8");
  return Object.fromEntries(
    [...page.matchAll(/^## (\d+) · (?:(?!^## ).)*?^```ts\n(.*?)\n^```/gms)].map(([, exercise, code]) => [
      exercise,
      code,
    ]),
  );
}

export const solutions = solutionsOf("");

/** The code cells under each heading that begins with a number, and under "" those before. */
function sectionsOf({ cells }: Notebook): Record<string, Cell[]> {
  const sections: Record<string, Cell[]> = {};
  let under = "";
  for (const cell of cells) {
    const heading = cell.cell_type === "markdown" ? /^## (?:(\d+) · )?/m.exec(textOf(cell)) : null;
    if (heading) under = heading[1] ?? "after";
    if (cell.cell_type === "code") sections[under] = [...(sections[under] ?? []), cell];
  }
  return sections;
}

export const sections = sectionsOf(notebook);

/** What a reader changes in an exercise, and what stands around it: what is before it, and what follows up to the check. */
export function partsOf(exercise: string) {
  const cells = sections[exercise]!;
  const codes = cells.map(textOf);
  const own = /\b(?:const|class) (my\w+|My\w+)/.exec(solutions[exercise]!)![1];
  const at = codes.findIndex((code) => new RegExp(String.raw`\b(?:const|class) ${own}\b`).test(code));
  const check = codes.findIndex((code) => code.includes(`await check(${exercise}, `));
  const quick = cells.map(({ metadata }) => (metadata.check as string) ?? "");
  const before = codes.slice(0, at).map((code, i) => inPlaceOf(code, quick[i]!));
  return { before: before.join("\n"), start: codes[at]!, after: codes.slice(at + 1, check + 1).join("\n") };
}

/** A cell of parameters, with the quick values in the place of those that it names. */
function inPlaceOf(code: string, quick: string): string {
  return quick.split("\n").reduce((changed, line) => {
    const declared = /^const \w+ =/.exec(line)?.[0];
    return declared ? changed.replace(new RegExp(`^${declared}.*$`, "m"), line) : changed;
  }, code);
}

/** The code before the first exercise, which all need. */
export const setup = sections[""]!.map(textOf).join("\n");
const IMPORT = /^import \{([^}]*)\} from "vitlab";$/gm;

/** One import of all names, as cells import them anew. */
export function withOneImport(code: string): { names: string[]; body: string } {
  const names = [...code.matchAll(IMPORT)].flatMap(([, list]) => list!.split(",").map((each) => each.trim()));
  const values = names.filter((each) => !each.startsWith("type "));
  const types = names.filter((each) => each.startsWith("type ") && !values.includes(each.slice(5)));
  return { names: [...new Set([...values, ...types])].filter(Boolean), body: code.replace(IMPORT, "") };
}

/** A wrong answer's code. @throws where a text isn't in the solution once. */
export function changed({ change }: Wrong, solution: string): string {
  return Object.entries(change).reduce((code, [old, now]) => {
    if (code.split(old).length !== 2) throw new Error(`${old} isn't once in the solution`);
    return code.replace(old, () => now);
  }, solution);
}

/** What is executed of an exercise: all before the answers, and for each of them a block with the check behind it. */
export function programOf(exercise: string, answers: readonly string[]) {
  const { before, after } = partsOf(exercise);
  const blocks = answers.map((answer, i) => `begin(${i});\n{\n${answer}\n${after}\n}`);
  return withOneImport([setup, before, ...blocks].join("\n"));
}
