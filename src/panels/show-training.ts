import { inLanguage } from "../base/language";
import { htmlTable } from "../base/text-table";
import { isBalanced } from "../data/class-counts";
import { figureBundle, figureHtml, htmlBundle, paragraph, wordsBundle } from "../figure/bundles";
import { type CurveWithPlaces, curves } from "../figure/curves";
import type { MimeBundle } from "../figure/figure";
import { CHANCE, type Level } from "../figure/level-line";
import type { PlotFigure } from "../figure/plot-figure";
import type { EpochEvent } from "../train/events";
import type { TrainingSoFar } from "../train/fit-result";
import { percent } from "../train/percent";
import type { TrainingPlan } from "../train/plan";

/** A run, or what came of one, as a notebook shows it: the curves of its epochs so far. */
export async function showTraining(training: TrainingSoFar, words: string): Promise<MimeBundle> {
  const { history } = training;
  if (history.length === 0) return wordsBundle(words);
  // Before the first epoch a run has made its plan.
  return figureBundle(trainingCurves(history, await training.plan), words);
}

const TRAINING_LOSS = { en: "training loss", zh: "训练损失" };
const VALIDATION_LOSS = { en: "validation loss", zh: "验证损失" };
const VALIDATION_ACCURACY = { en: "validation accuracy", zh: "验证准确率" };
const COLUMNS = [{ en: "epoch", zh: "轮次" }, TRAINING_LOSS, VALIDATION_LOSS, VALIDATION_ACCURACY];
const MOST_ROWS = 100;

/** Epochs as a notebook shows them: curves, and a row an epoch. */
export async function showHistory(history: readonly EpochEvent[], words: string): Promise<MimeBundle> {
  if (history.length === 0) return wordsBundle(words);
  const figure = trainingCurves(history);
  const columns = COLUMNS.map((name) => ({ name: inLanguage(name), numeric: true }));
  const rows = history
    .slice(-MOST_ROWS)
    .map(({ epoch, trainLoss, validationLoss, validationAccuracy }) => [
      String(epoch),
      trainLoss.toFixed(4),
      validationLoss?.toFixed(4) ?? "–",
      percent(validationAccuracy ?? Number.NaN),
    ]);
  const which =
    history.length > MOST_ROWS
      ? [
          paragraph(
            inLanguage({
              en: `the last ${MOST_ROWS} of ${history.length} epochs`,
              zh: `${history.length} 轮中的最后 ${MOST_ROWS} 轮`,
            }),
          ),
        ]
      : [];
  return htmlBundle([await figureHtml(figure), ...which, htmlTable(columns, rows)], [words, figure.text]);
}

/** Losses, and accuracy on the right, beside what guessing gets. */
export function trainingCurves(history: readonly EpochEvent[], plan?: TrainingPlan): PlotFigure {
  const x = history.map(({ epoch }) => epoch);
  const curve = (value: (event: EpochEvent) => number | null): CurveWithPlaces => ({
    x,
    y: history.map((event) => value(event) ?? Number.NaN),
  });
  const validated = history.some(({ validationLoss }) => validationLoss !== null);
  return curves(
    [
      { name: TRAINING_LOSS, ...curve(({ trainLoss }) => trainLoss) },
      ...(validated
        ? [
            { name: VALIDATION_LOSS, ...curve(({ validationLoss }) => validationLoss) },
            {
              name: VALIDATION_ACCURACY,
              ...curve(({ validationAccuracy }) => validationAccuracy),
              panel: "right" as const,
            },
          ]
        : []),
    ],
    {
      title: { en: "Training", zh: "训练" },
      yTitle: { en: "loss", zh: "损失" },
      chance: plan?.chance?.loss,
      ...(validated && {
        rightTitle: { en: "accuracy", zh: "准确率" },
        rightPercent: true,
        rightChance: plan && guessing(plan),
      }),
    },
  );
}

function guessing({ majority, chance }: TrainingPlan): Level | undefined {
  if (!majority || !chance) return undefined;
  return {
    value: majority.accuracy,
    label: isBalanced(majority, chance.accuracy) ? CHANCE : { en: "the commonest class", zh: "最常见的类别" },
  };
}
