import { showField } from "../../base/field";
import { escapeHtml, htmlTable, type TableColumn, type TableRow, textTable } from "../../base/text-table";
import { batchCount } from "../../data/batches";
import { type AnyDataset, datasetName } from "../../data/examples";
import { duration, gigabytes, operations } from "../../train/plan";
import { type StepTime, stepFlops, type TweakCost } from "./form-cost";
import { GROUPS, type TweakValues } from "./form-fields";
import type { FormProblem } from "./form-problems";
import type { FormRow } from "./form-rows";

/** What a form says: its rows, what is wrong or what it costs. */
export interface FormState {
  readonly values: TweakValues;
  readonly rows: readonly FormRow[];
  readonly problems: readonly FormProblem[];
  /** Null while no model can be made. */
  readonly cost: TweakCost | null;
  readonly train?: AnyDataset;
}

/** Where no data are given, the time is told of so many images. */
const EXAMPLE_IMAGES = 10_000;

const COLUMNS: readonly TableColumn[] = [{ name: "" }, { name: "field" }, { name: "value" }, { name: "" }];

/** All of a form in plain text: a table of its fields, then what it costs. */
export function formText(state: FormState): string {
  return [
    textTable(COLUMNS, tableRows(state)),
    ...summaryLines(state).map(([name, words]) => `${name}: ${words}`),
  ].join("\n");
}

/** The same as HTML, for where there are no controls. */
export function formHtml(state: FormState): string {
  return `${htmlTable(COLUMNS, tableRows(state))}\n${summaryHtml(state)}`;
}

/** What a form costs, or what is wrong with it, as HTML that a page's theme colors. */
export function summaryHtml(state: FormState): string {
  const lines = summaryLines(state);
  const wrong = lines.filter(([name]) => name === WRONG).map(([, words]) => `<li>${escapeHtml(words)}</li>`);
  const right = lines
    .filter(([name]) => name !== WRONG)
    .map(([name, words]) => {
      const inside = name.startsWith(INDENT);
      const cell = `padding:1px 12px 1px ${inside ? 16 : 0}px;vertical-align:top`;
      return `<tr><td style="${cell};white-space:nowrap">${escapeHtml(name.trim())}</td><td style="${name === TOTAL ? "font-weight:600" : ""}">${escapeHtml(words)}</td></tr>`;
    });
  const list = wrong.length > 0 ? `<ul style="margin:0;padding-left:18px;${RED}">${wrong.join("")}</ul>` : "";
  const table = right.length > 0 ? `<table style="border-collapse:collapse">${right.join("")}</table>` : "";
  return `<div role="status" style="line-height:1.5">${list}${table}</div>`;
}

/** What stands beside a field: what it does, or what is wrong. */
export function noteHtml({ about, problem }: FormRow): string {
  if (problem === undefined) return `<span style="${NOTE};opacity:0.75">${escapeHtml(about)}</span>`;
  return `<span role="alert" style="${NOTE};${RED}">${escapeHtml(problem)}</span>`;
}

// JupyterLab's own red of the theme, and one that is legible on white and black.
const RED = "color:var(--jp-error-color1,#d32f2f);font-weight:600";
const NOTE = "display:block;line-height:1.3";
const WRONG = "can't be";
const TOTAL = "parameters";
const INDENT = "  ";

function tableRows({ rows }: FormState): TableRow[] {
  return GROUPS.flatMap((group) =>
    rows
      .filter((row) => row.group === group)
      .map(({ field, value, about, problem }, i) => [
        i === 0 ? group : "",
        field,
        showField(value),
        problem === undefined ? about : `! ${problem}`,
      ]),
  );
}

function summaryLines({ values, problems, cost, train }: FormState): [name: string, words: string][] {
  const lines: [string, string][] = problems.map(({ message }) => [WRONG, message]);
  if (!cost) return lines;
  const { total, parts } = cost.parameters;
  lines.push([TOTAL, whole(total)]);
  const blocks = Object.entries(parts).filter(([name]) => name.startsWith("blocks."));
  const each = blocks[0]?.[1].total ?? 0;
  for (const [name, part] of Object.entries(parts)) {
    if (name === "blocks.0")
      lines.push([`${INDENT}blocks`, `${whole(each * blocks.length)} (${blocks.length} x ${whole(each)})`]);
    else if (!name.startsWith("blocks.")) lines.push([INDENT + name, whole(part.total)]);
  }
  const flops = cost.flopsPerExample;
  lines.push(["operations", `${operations(flops)} an image, forward and backward`]);
  const measured = cost.step && !cost.step.scaledFrom;
  lines.push([
    "memory",
    `${measured ? "" : "about "}${gigabytes(cost.peakBytes)} of tensors at the peak of a step, ${measured ? "measured" : "by a formula"}`,
  ]);
  lines.push(["time", time(values, cost.step, train)]);
  return lines;
}

function time(values: TweakValues, step: StepTime | null, train: AnyDataset | undefined): string {
  if (!step) return "not known before a step is timed: measure";
  const { batchSize, accumulate, epochs } = values;
  const images = batchSize * accumulate;
  const count = train?.length ?? EXAMPLE_IMAGES;
  const steps = batchCount(count, { batchSize: images }) * epochs;
  const what = `${whole(epochs)} epoch${epochs === 1 ? "" : "s"} of ${train ? datasetName(train) : `${whole(count)} images`}`;
  const { seconds, scaledFrom } = step;
  const from = scaledFrom
    ? `scaled by operations from one of ${operations(stepFlops(scaledFrom.values))} that took ${milliseconds(scaledFrom.seconds)} here`
    : "timed here";
  return `about ${duration(seconds * steps)} for ${what}, without validation: ${milliseconds(seconds)} a step of ${whole(images)} images, ${from}`;
}

function milliseconds(seconds: number): string {
  return seconds >= 1 ? duration(seconds) : `${Number((seconds * 1000).toPrecision(2))} ms`;
}

function whole(n: number): string {
  return n.toLocaleString("en-US");
}
