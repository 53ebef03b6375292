import { DisplayKind, printAs } from "../../base/display-kind";
import { inLanguage } from "../../base/language";
import { plainText } from "../../base/plain-text";
import { withDefaults } from "../plan";
import type { SweepPoint } from "../sweep-points";
import type { SweepSoFar } from "../sweep-so-far";
import { type SweepTable, sweepTable } from "../sweep-table";
import { type Importance, importance } from "./importance";
import { knownSweep } from "./known-sweep";
import { type SweepFigures, sweepFigures } from "./sweep-figures";
import { sweepWords } from "./sweep-words";

/** What a sweep has shown. */
export interface SweepReport {
  readonly title: string;
  /** All of it in words, a fact a line. */
  readonly text: string;
  /** The best point; null where nothing was measured. */
  readonly best: SweepPoint | null;
  readonly importance: Importance;
  /** Of all points, the best first. */
  readonly table: SweepTable;
  readonly figures: SweepFigures;
}

/** How notebooks show a report. */
export const reportDisplay = new DisplayKind<SweepReport>();

/**
 * A report of a sweep: the best point with its interval over seeds, how much each setting matters, and the figures that show it.
 *
 * Intervals are those of Student's t. Importance is the share of the results' variance that a setting explains alone, by
 * functional ANOVA over a random forest (Hutter, Hoos and Leyton-Brown, 2014).
 */
export function sweepReport(sweep: SweepSoFar): SweepReport {
  const { trials, epochs } = sweep;
  const plan = withDefaults(sweep.plan);
  const known = knownSweep(plan, trials, epochs);
  const found = importance(known.settings, known.compared.values);
  const report: SweepReport = {
    title: inLanguage({ en: `Sweep on ${plainText(plan.data)}`, zh: `${plainText(plan.data)} 上的超参数搜索` }),
    text: sweepWords(known, found).join("\n"),
    best: known.best,
    importance: found,
    table: sweepTable(sweep),
    figures: sweepFigures(known, found),
  };
  return reportDisplay.mark(
    printAs(report, ({ text }) => text),
    ({ text }) => text,
  );
}
