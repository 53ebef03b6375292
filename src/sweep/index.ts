/**
 * `vitlab/sweep`: many trainings by a plan.
 *
 * @module
 */
import "../tensor/node/engine";
import { tableBundle } from "./live-table";
import { showReport } from "./report/show-report";
import { reportDisplay } from "./report/sweep-report";
import { sweepDisplay } from "./sweep-so-far";

export type { SweepEvent } from "./conductor";
export type { Monitor, SweepPlan } from "./plan";
export type { Importance } from "./report/importance";
export type { SweepFigures } from "./report/sweep-figures";
export { type SweepReport, sweepReport } from "./report/sweep-report";
export { sweepReportPage } from "./report/sweep-report-page";
export type { ChosenSettings, SettingChoice, SettingCondition, SettingSpace, SettingValue } from "./space";
export type { TrialEpoch, TrialState, TrialStep } from "./store";
export { type SweepOptions, sweep } from "./sweep";
export type { SweepPoint } from "./sweep-points";
export { type SweepResult, SweepRun } from "./sweep-run";
export { readSweep, readSweepSteps, type SweepSoFar, type SweepTrial } from "./sweep-so-far";
export type { SweepTable } from "./sweep-table";

// What a cell ends with is shown as a table, or with pictures.
sweepDisplay.presentWith((sweep) => tableBundle(sweep));
reportDisplay.presentWith(showReport);
