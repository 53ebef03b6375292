import { show } from "../base/check-options";
import { printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { meanAndDeviation } from "../base/mean-and-deviation";
import { htmlTable, textTable } from "../base/text-table";

/** The MIME type by which the numbers of a text find those that its cell measured. */
export const MEASURED_MIME = "application/vnd.vitlab.measured+json";

/** A number, or those of several runs, whose mean and standard deviation are told. */
export type MeasuredInput = number | readonly number[];

/** A measured number as it is stored: of several runs the mean, and the standard deviation with n - 1 in the denominator. */
export type MeasuredNumber = number | { readonly mean: number; readonly deviation: number };

/**
 * Numbers that the text around a cell tells, as its value: `measured({ earToEye, none: accuracies.none })` shows them in a
 * table. In the text `12.3 %<!-- measured: earToEye -->` says which one is meant, and a test compares the two.
 *
 * Several numbers are told as mean ± standard deviation.
 *
 * @throws VitlabError when one isn't finite, or a list has fewer than two.
 *
 * @example
 * ```ts
 * import { measured } from "vitlab";
 *
 * // A number, and the mean and deviation of three runs.
 * console.log(measured({ accuracy: 0.5, seconds: [1, 2, 3] }).values);
 * // { accuracy: 0.5, seconds: { mean: 2, deviation: 1 } }
 * ```
 */
export function measured(values: Readonly<Record<string, MeasuredInput>>): Measured {
  if (typeof values !== "object" || values === null || Array.isArray(values) || Object.keys(values).length === 0)
    throw new VitlabError(`measured got ${show(values)}: give numbers by their names, such as { accuracy: 0.91 }`);
  return new Measured(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, summary(name, value)])));
}

const COLUMNS = [{ name: "measured" }, { name: "", numeric: true }];

/** Measured numbers by their names; made by `measured`. */
export class Measured {
  constructor(readonly values: Readonly<Record<string, MeasuredNumber>>) {
    printAs(this, () => textTable(COLUMNS, this.#rows()));
  }

  /** How a notebook shows them. */
  [Symbol.for("Jupyter.display")](): Record<string, unknown> {
    const rows = this.#rows();
    return {
      "text/plain": textTable(COLUMNS, rows),
      "text/html": htmlTable(COLUMNS, rows),
      [MEASURED_MIME]: this.values,
    };
  }

  #rows(): string[][] {
    return Object.entries(this.values).map(([name, value]) => [name, inWords(value)]);
  }
}

function summary(name: string, value: MeasuredInput): MeasuredNumber {
  const all = typeof value === "number" ? [value] : Array.from(value ?? []);
  if (!all.every(Number.isFinite) || all.length === 0 || (all.length === 1 && typeof value !== "number"))
    throw new VitlabError(`measured got ${show(value)} for ${name}: give a finite number, or two or more of them`);
  return typeof value === "number" ? value : meanAndDeviation(all);
}

function inWords(value: MeasuredNumber): string {
  if (typeof value === "number") return number(value);
  const { mean, deviation } = value;
  const digits = deviation > 0 ? Math.min(20, Math.max(0, 1 - Math.floor(Math.log10(deviation)))) : 3;
  return `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}

/** Four digits that count, whole numbers in full. */
function number(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  return Math.abs(value) < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
