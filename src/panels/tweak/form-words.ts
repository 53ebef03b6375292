import { showField } from "../../base/field";
import { inLanguage, type Words } from "../../base/language";
import { escapeHtml, htmlTable, type TableColumn, type TableRow, textTable } from "../../base/text-table";
import { whole } from "../../base/whole";
import { batchCount } from "../../data/batches";
import { type AnyDataset, datasetName } from "../../data/examples";
import { duration, gigabytes, operations } from "../../train/plan";
import { type StepTime, stepFlops, type TweakCost } from "./form-cost";
import { GROUPS, groupName, type TweakValues } from "./form-fields";
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

function columns(): TableColumn[] {
  const [field, value] = [inLanguage({ en: "field", zh: "字段" }), inLanguage({ en: "value", zh: "取值" })];
  return [{ name: "" }, { name: field }, { name: value }, { name: "" }];
}

/** All of a form in plain text: a table of its fields, then what it costs. */
export function formText(state: FormState): string {
  return [
    textTable(columns(), tableRows(state)),
    ...state.problems.map(({ message }) => `${inLanguage({ en: "can't be", zh: "不可行" })}: ${message}`),
    ...costLines(state).map(({ name, words, kind }) => `${kind === "part" ? "  " : ""}${name}: ${words}`),
  ].join("\n");
}

/** The same as HTML, for where there are no controls. */
export function formHtml(state: FormState): string {
  return `${htmlTable(columns(), tableRows(state))}\n${summaryHtml(state)}`;
}

/** What a form costs, or what is wrong with it, as HTML that a page's theme colors. */
export function summaryHtml(state: FormState): string {
  const wrong = state.problems.map(({ message }) => `<li>${escapeHtml(message)}</li>`);
  const right = costLines(state).map(({ name, words, kind }) => {
    const cell = `padding:1px 12px 1px ${kind === "part" ? 16 : 0}px;vertical-align:top`;
    return `<tr><td style="${cell};white-space:nowrap">${escapeHtml(name)}</td><td style="${kind === "total" ? "font-weight:600" : ""}">${escapeHtml(words)}</td></tr>`;
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

function tableRows({ rows }: FormState): TableRow[] {
  return GROUPS.flatMap((group) =>
    rows
      .filter((row) => row.group === group)
      .map(({ field, value, about, problem }, i) => [
        i === 0 ? groupName(group) : "",
        field,
        showField(value),
        problem === undefined ? about : `! ${problem}`,
      ]),
  );
}

/** One line of what a model costs: its parameters in all, those of a part, or another cost. */
interface CostLine {
  readonly name: string;
  readonly words: string;
  readonly kind: "total" | "part" | "other";
}

function costLines({ values, cost, train }: FormState): CostLine[] {
  if (!cost) return [];
  const { total, parts } = cost.parameters;
  const blocks = Object.keys(parts).filter((name) => name.startsWith("blocks.")).length;
  const each = parts["blocks.0"]?.total ?? 0;
  const partLines = Object.entries(parts)
    .filter(([name]) => name === "blocks.0" || !name.startsWith("blocks."))
    .map(([name, part]): CostLine => {
      if (name !== "blocks.0") return { name, words: whole(part.total), kind: "part" };
      return { name: "blocks", words: `${whole(each * blocks)} (${blocks} x ${whole(each)})`, kind: "part" };
    });
  const flops = operations(cost.flopsPerExample);
  const bytes = gigabytes(cost.peakBytes);
  const memory =
    cost.step && !cost.step.scaledFrom
      ? {
          en: `${bytes} of tensors at the peak of a step, measured`,
          zh: `一步中张量最多占 ${bytes}，实测`,
        }
      : {
          en: `about ${bytes} of tensors at the peak of a step, by a formula`,
          zh: `一步中张量最多约占 ${bytes}，按公式估计`,
        };
  const others: [name: Words, words: string][] = [
    [
      { en: "operations", zh: "运算量" },
      inLanguage({ en: `${flops} an image, forward and backward`, zh: `每张图像前向加反向 ${flops}` }),
    ],
    [{ en: "memory", zh: "内存" }, inLanguage(memory)],
    [{ en: "time", zh: "时间" }, time(values, cost.step, train)],
  ];
  return [
    { name: inLanguage({ en: "parameters", zh: "参数量" }), words: whole(total), kind: "total" },
    ...partLines,
    ...others.map(([name, words]): CostLine => ({ name: inLanguage(name), words, kind: "other" })),
  ];
}

function time(values: TweakValues, step: StepTime | null, train: AnyDataset | undefined): string {
  if (!step) return inLanguage({ en: "not known before a step is timed: measure", zh: "给一步计时之后才知道" });
  const { batchSize, accumulate, epochs } = values;
  const images = batchSize * accumulate;
  const count = train?.length ?? EXAMPLE_IMAGES;
  const steps = batchCount(count, { batchSize: images }) * epochs;
  const { seconds, scaledFrom } = step;
  const all = duration(seconds * steps);
  const each = milliseconds(seconds);
  const timed = scaledFrom && [operations(stepFlops(scaledFrom.values)), milliseconds(scaledFrom.seconds)];
  const what = {
    en: `${whole(epochs)} epoch${epochs === 1 ? "" : "s"} of ${train ? datasetName(train) : `${whole(count)} images`}`,
    zh: `${train ? datasetName(train) : `${whole(count)} 张图像`} 训练 ${whole(epochs)} 轮`,
  };
  const from = timed
    ? {
        en: `scaled by operations from one of ${timed[0]} that took ${timed[1]} here`,
        zh: `由这里一步 ${timed[0]} 用时 ${timed[1]} 按运算量换算`,
      }
    : { en: "timed here", zh: "在这里实测" };
  return inLanguage({
    en: `about ${all} for ${what.en}, without validation: ${each} a step of ${whole(images)} images, ${from.en}`,
    zh: `${what.zh}约需 ${all}（不含验证）：每步 ${whole(images)} 张图像 ${each}，${from.zh}`,
  });
}

function milliseconds(seconds: number): string {
  if (seconds >= 1) return duration(seconds);
  const short = Number((seconds * 1000).toPrecision(2));
  return inLanguage({ en: `${short} ms`, zh: `${short} 毫秒` });
}
