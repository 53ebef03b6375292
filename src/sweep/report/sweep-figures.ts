import { inLanguage } from "../../base/language";
import { shorten } from "../../base/text-table";
import { bars } from "../../figure/bars";
import { intervals } from "../../figure/intervals";
import { parallelCoordinates } from "../../figure/parallel-coordinates";
import type { PlotFigure } from "../../figure/plot-figure";
import { describeValue } from "../space";
import { isMeasured } from "../sweep-points";
import type { Importance } from "./importance";
import type { KnownSweep } from "./known-sweep";
import { afterEpochs, betterOf, monitorAfter, monitorName, nameOf, variedInWords } from "./sweep-names";
import { type TrialCurve, trialCurves } from "./trial-curves";

/** The figures of a report; one that would say nothing is left out. */
export interface SweepFigures {
  /** The points' settings and what came of them, as lines over parallel axes. */
  readonly settings?: PlotFigure;
  /** What is monitored, by epoch, of all trials. */
  readonly curves?: PlotFigure;
  /** How much each setting matters. */
  readonly importance?: PlotFigure;
  /** The best points with their intervals over seeds. */
  readonly intervals?: PlotFigure;
}

const MOST_INTERVALS = 20;
const LONGEST_LABEL = 52;

/** What of a sweep can be drawn. */
export function sweepFigures(known: KnownSweep, found: Importance): SweepFigures {
  const figures = {
    settings: settingsFigure(known),
    curves: curvesFigure(known),
    importance: importanceFigure(known, found),
    intervals: intervalsFigure(known),
  };
  return Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== undefined));
}

function settingsFigure({ plan, points, best, settings, compared }: KnownSweep): PlotFigure | undefined {
  const { values, epoch } = compared;
  if (settings.length < 2 || values.filter(Number.isFinite).length < 2) return undefined;
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return parallelCoordinates(
    settings.map(({ name, values, logarithmic, listed }) => ({
      name,
      values: listed ? values.map((value) => (value === null ? null : describeValue(value))) : values,
      ...(listed ? { order: listed } : { logarithmic }),
    })),
    {
      title: { en: "Settings and what came of them", zh: "各点的设置与结果" },
      names: points.map(nameOf),
      ...(best && { highlight: points.indexOf(best) }),
      result: {
        name: epoch === null ? monitorName(plan) : monitorAfter(plan, epoch),
        values,
        better: betterOf(plan),
        percent: plan.monitor === "validationAccuracy",
        logarithmic: plan.monitor === "validationLoss" && low > 0 && high > 20 * low,
      },
    },
  );
}

function curvesFigure({ plan, best, trials, epochs }: KnownSweep): PlotFigure | undefined {
  const { monitor } = plan;
  const values = new Map<number, number[]>();
  for (const row of epochs) {
    const own = values.get(row.trial) ?? [];
    while (own.length < row.epoch) own.push(Number.NaN);
    own[row.epoch - 1] = isMeasured(row[monitor]) ? row[monitor] : Number.NaN;
    values.set(row.trial, own);
  }
  const curves = trials.flatMap(({ id, point, seed }): TrialCurve[] => {
    const own = values.get(id);
    if (!own?.some(Number.isFinite)) return [];
    const ofSeed = plan.seeds.length > 1 ? inLanguage({ en: `, seed ${seed}`, zh: `，种子 ${seed}` }) : "";
    return [{ name: `${nameOf({ point })}${ofSeed}`, values: own, isBest: point === best?.point }];
  });
  if (!curves.some(({ values }) => values.filter(Number.isFinite).length > 1)) return undefined;
  const seeds = best && best.count > 1 ? inLanguage({ en: `, ${best.count} seeds`, zh: `，${best.count} 个种子` }) : "";
  return trialCurves(curves, {
    title: inLanguage({
      en: `All trials: ${monitorName(plan)} by epoch`,
      zh: `所有试验：各轮次的${monitorName(plan)}`,
    }),
    valueTitle: monitorName(plan),
    bestName: best ? inLanguage({ en: `best: ${nameOf(best)}${seeds}`, zh: `最好：${nameOf(best)}${seeds}` }) : "",
    percent: monitor === "validationAccuracy",
  });
}

function importanceFigure({ compared }: KnownSweep, { shares, together, why }: Importance): PlotFigure | undefined {
  // Of one setting alone it is everything.
  if (why !== null || shares.length < 2) return undefined;
  const { epoch } = compared;
  return bars(
    [...shares.map(({ name }) => name), { en: "several together", zh: "多项设置共同" }],
    [...shares.map(({ share }) => share), together],
    {
      title: inLanguage({
        en: `How much each setting matters${epoch === null ? "" : afterEpochs(epoch)}`,
        zh: `各项设置的重要性${epoch === null ? "" : afterEpochs(epoch)}`,
      }),
      valueTitle: { en: "share of the variance explained", zh: "解释的方差占比" },
      percent: true,
      highlight: 0,
    },
  );
}

function intervalsFigure({ plan, points, settings }: KnownSweep): PlotFigure | undefined {
  const repeated = points.filter(({ count }) => count > 0);
  if (repeated.filter(({ low }) => low !== null).length < 2) return undefined;
  const shown = repeated.slice(0, MOST_INTERVALS);
  const some = shown.length < repeated.length;
  return intervals(
    shown.map((point) => shorten(variedInWords(point.settings, settings) || nameOf(point), LONGEST_LABEL)),
    [
      {
        name: monitorName(plan),
        values: shown.map(({ mean }) => mean),
        low: shown.map(({ low }) => low ?? Number.NaN),
        high: shown.map(({ high }) => high ?? Number.NaN),
        better: betterOf(plan),
        percent: plan.monitor === "validationAccuracy",
      },
    ],
    {
      title: inLanguage({
        en: `${some ? `The ${shown.length} best of ${repeated.length} points` : "All points"}: means over seeds, 95 % intervals`,
        zh: `${some ? `${repeated.length} 个点中最好的 ${shown.length} 个` : "所有点"}：各种子的平均值与 95% 区间`,
      }),
      highlight: 0,
    },
  );
}
