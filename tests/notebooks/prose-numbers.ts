import { MEASURED_MIME, type MeasuredNumber } from "../../src/panels/measured";
import { type Notebook, textOf } from "./notebook";

/** What a cell measured, by name. */
export type MeasuredNumbers = Readonly<Record<string, MeasuredNumber>>;

const NUMBER = String.raw`[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?`;
const QUANTITY = new RegExp(String.raw`(${NUMBER})(?:\s*±\s*(${NUMBER}))?(?:\s*(%))?`, "g");
/** What may stand between a number and its mark: what sets it bold or in code, and a unit. */
const MARK = /^[*_`]*(?:\s?[\p{L}]+)?[*_`]*<!-- measured: ([\w.-]+) -->/u;

/** The numbers that the cells of a notebook measured. @throws where one name has two values. */
export function measuredNumbers({ cells }: Notebook): MeasuredNumbers {
  const all: Record<string, MeasuredNumber> = {};
  for (const { data } of cells.flatMap((cell) => cell.outputs ?? []))
    for (const [name, value] of Object.entries((data?.[MEASURED_MIME] ?? {}) as MeasuredNumbers)) {
      if (name in all && JSON.stringify(all[name]) !== JSON.stringify(value))
        throw new Error(`${name} is measured twice, and differently`);
      all[name] = value;
    }
  return all;
}

/** What is wrong with the numbers of a text: those with % or ± that have no mark, and marked ones that aren't what was measured. */
export function problemsOfProse(text: string, measured: MeasuredNumbers): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`(?!<!-- measured)/g, "");
  const problems: string[] = [];
  let marks = 0;
  for (const found of prose.matchAll(QUANTITY)) {
    const [quantity, mean, deviation, percent] = found as unknown as [string, string, string?, string?];
    const name = MARK.exec(prose.slice(found.index + quantity.length))?.[1];
    if (name !== undefined) {
      marks++;
      const problem = problemOf(name, measured[name], mean, deviation, percent !== undefined);
      if (problem) problems.push(problem);
    } else if (deviation !== undefined || percent !== undefined)
      problems.push(`"${quantity.trim()}" has no <!-- measured: … -->`);
  }
  const all = [...prose.matchAll(/<!-- measured:/g)].length;
  if (all > marks) problems.push(`${all - marks} marks stand behind no number`);
  return problems;
}

/** The same for all prose of a notebook. */
export function problemsOfNotebook(notebook: Notebook): string[] {
  const measured = measuredNumbers(notebook);
  return notebook.cells
    .filter((cell) => cell.cell_type === "markdown")
    .flatMap((cell) => problemsOfProse(textOf(cell), measured).map((problem) => `${cell.id}: ${problem}`));
}

function problemOf(
  name: string,
  value: MeasuredNumber | undefined,
  mean: string,
  deviation: string | undefined,
  percent: boolean,
): string | undefined {
  if (value === undefined) return `no cell measures ${name}`;
  const told = [mean, ...(deviation === undefined ? [] : [deviation])];
  const found =
    typeof value === "number" ? [value] : deviation === undefined ? [value.mean] : [value.mean, value.deviation];
  if (told.length > found.length) return `${name} is one number, without ±`;
  const wanted = told.map((one, i) => written((found[i] as number) * (percent ? 100 : 1), one));
  const given = told.map((one) => one.replace("−", "-"));
  return wanted.every((one, i) => one === given[i])
    ? undefined
    : `${name} is told as ${given.join(" ± ")}, but is ${wanted.join(" ± ")}`;
}

/** A number with as many digits as another one was written with. */
function written(value: number, like: string): string {
  const exponent = /e/.exec(like);
  const digits = /\.(\d+)/.exec(like)?.[1]?.length ?? 0;
  if (exponent) return value.toExponential(digits);
  const text = value.toFixed(digits).replace(/^-(?=0(\.0+)?$)/, "");
  return like.includes(",") ? Number(text).toLocaleString("en-US", { minimumFractionDigits: digits }) : text;
}
