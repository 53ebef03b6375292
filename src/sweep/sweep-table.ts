import { inLanguage } from "../base/language";
import { meanAndDeviation } from "../base/mean-and-deviation";
import { textTable } from "../base/text-table";
import { percent } from "../train/percent";
import { duration } from "../train/plan";
import { lastEpochs } from "./last-epochs";
import { epochsOf, type FullPlan, withDefaults } from "./plan";
import { describeValue, varied } from "./space";
import type { TrialEpoch, TrialState } from "./store";
import { sweepPoints } from "./sweep-points";
import type { SweepSoFar, SweepTrial } from "./sweep-so-far";

/** A sweep as a table: a line for each point, the best first. */
export interface SweepTable {
  /** Numbers stand to the right. */
  readonly columns: readonly { readonly name: string; readonly numeric?: boolean }[];
  /** Cells as texts, one for each column. */
  readonly rows: readonly (readonly string[])[];
}

/** What is told of a trial's state. */
const STATES = {
  waiting: { en: "waiting", zh: "等待中" },
  running: { en: "running", zh: "进行中" },
  paused: { en: "paused", zh: "已暂停" },
  done: { en: "done", zh: "已完成" },
  failed: { en: "failed", zh: "失败" },
} as const;

/** Rows of a table that is read as text. */
const MOST_LINES = 40;

/** The table of a sweep; of several seeds the mean and, behind ±, the standard deviation. */
export function sweepTable({ plan, trials, epochs }: SweepSoFar): SweepTable {
  const complete = withDefaults(plan);
  const names = varied(complete.settings);
  const points = sweepPoints(complete, trials, epochs);
  const last = lastEpochs(epochs);
  const columns = [
    { name: inLanguage({ en: "point", zh: "点" }), numeric: true },
    ...names.map((name) => ({ name, numeric: points.every(({ settings }) => isNumber(settings[name])) })),
    { name: inLanguage({ en: "epochs", zh: "轮次" }), numeric: true },
    { name: inLanguage({ en: "validation loss", zh: "验证损失" }), numeric: true },
    { name: inLanguage({ en: "accuracy", zh: "准确率" }), numeric: true },
    { name: inLanguage({ en: "state", zh: "状态" }) },
  ];
  const rows = points.map(({ point, settings, trials: own }) => {
    const measured = own.flatMap(({ id }) => last.get(id) ?? []);
    return [
      String(point + 1),
      ...names.map((name) => (name in settings ? describeValue(settings[name]!) : "")),
      progress(own),
      spread(measured, "validationLoss", (value) => value.toFixed(4)),
      spread(measured, "validationAccuracy", percent),
      stateOf(own),
    ];
  });
  return { columns, rows };
}

/** How far a sweep is, in a sentence, and its best points as a table in lines of text. */
export function describeSweep(sweep: SweepSoFar, most = MOST_LINES): string {
  const { columns, rows } = sweepTable(sweep);
  return [standingOf(sweep), textTable(columns, rows.slice(0, most)), ...rowsLeftOut(rows.length, most)].join("\n");
}

/** How many rows aren't shown, in words; nothing where all are. */
export function rowsLeftOut(rows: number, most: number): string[] {
  const more = rows - most;
  if (more <= 0) return [];
  return [inLanguage({ en: `and ${more} more ${more === 1 ? "point" : "points"}`, zh: `另有 ${more} 个点` })];
}

/** How far a sweep is, in a sentence. */
export function standingOf(sweep: SweepSoFar): string {
  const { trials, best, plan, epochs } = sweep;
  const count = (state: SweepTrial["state"]) => trials.filter((trial) => trial.state === state).length;
  const rest = (["running", "paused", "waiting", "failed"] as const).filter((state) => count(state) > 0);
  const isOver = trials.every(({ state }) => state === "done" || state === "failed");
  const left = count("running") > 0 ? secondsLeft(sweep) : null;
  const parts = [
    [
      inLanguage({
        en: `${count("done")} of ${trials.length} trials done`,
        zh: `${trials.length} 次试验中已完成 ${count("done")} 次`,
      }),
      ...rest.map((state) => `${count(state)} ${inLanguage(STATES[state])}`),
    ].join(inLanguage({ en: ", ", zh: "，" })),
    ...(left === null ? [] : [inLanguage({ en: `about ${duration(left)} left`, zh: `大约还需 ${duration(left)}` })]),
  ];
  const last = best && lastEpochs(epochs).get(best.id);
  if (last) parts.push(describeBest(best, last, withDefaults(plan), isOver));
  return parts.join(inLanguage({ en: "; ", zh: "；" }));
}

function describeBest({ point, seed }: SweepTrial, last: TrialEpoch, plan: FullPlan, isOver: boolean): string {
  const value = last[plan.monitor] ?? Number.NaN;
  const isLoss = plan.monitor === "validationLoss";
  const several = plan.seeds.length > 1;
  return inLanguage({
    en:
      `best${isOver ? "" : " so far"}: point ${point + 1}${several ? `, seed ${seed}` : ""}, ` +
      (isLoss ? `validation loss ${value.toFixed(4)}` : `accuracy ${percent(value)}`),
    zh:
      `${isOver ? "最好" : "目前最好"}：点 ${point + 1}${several ? `，种子 ${seed}` : ""}，` +
      (isLoss ? `验证损失 ${value.toFixed(4)}` : `准确率 ${percent(value)}`),
  });
}

/** At the pace so far; null where nothing is known of it, nor how many work, or the search chooses how far each trial goes. */
function secondsLeft({ plan, trials, epochs, workers }: SweepSoFar): number | null {
  const measured = epochs.reduce((sum, { seconds }) => sum + seconds, 0);
  if (epochs.length === 0 || workers === 0 || plan.search === "asha") return null;
  const open = trials.filter(({ state }) => state !== "failed");
  const left = open.reduce((sum, trial) => sum + epochsOf(trial) - trial.epochs, 0);
  return (left * measured) / epochs.length / workers;
}

function progress(trials: readonly TrialState[]): string {
  const [all, most] = [epochsOf(trials[0]!), Math.max(...trials.map(({ epochs }) => epochs))];
  return most === all ? String(all) : inLanguage({ en: `${most} of ${all}`, zh: `${most}/${all}` });
}

function spread(
  rows: readonly TrialEpoch[],
  name: "validationLoss" | "validationAccuracy",
  show: (value: number) => string,
): string {
  const values = rows.map((row) => row[name]).filter((value) => value !== null);
  if (values.length === 0) return "";
  const { mean, deviation } = meanAndDeviation(values);
  return values.length === 1 ? show(mean) : `${show(mean)} ± ${show(deviation)}`;
}

function stateOf(trials: readonly TrialState[]): string {
  const count = (state: SweepTrial["state"]) => trials.filter((trial) => trial.state === state).length;
  const states = (["done", "running", "paused", "waiting", "failed"] as const).filter((state) => count(state) > 0);
  return states
    .map((state) => (trials.length === 1 ? inLanguage(STATES[state]) : `${count(state)} ${inLanguage(STATES[state])}`))
    .join(", ");
}

function isNumber(value: unknown): boolean {
  return value === undefined || typeof value === "number";
}
