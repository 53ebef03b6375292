import { VitlabError } from "../tensor/error";
import { plainText } from "../tensor/plain-text";
import { matrixPlot } from "./matrix-plot";
import { type NumbersInput, toMatrix } from "./numbers";
import { PlotFigure } from "./plot-figure";

/** How a confusion matrix is drawn. */
export interface ConfusionMatrixOptions {
  title?: string;
}

/**
 * Which class was taken for which: row = truth, column = prediction, each cell the number of images and, as its
 * colour, their share of the row.
 *
 * @param counts `[classes, classes]`
 * @throws VitlabError when it isn't square, counts less than 0, or `classNames` doesn't name each class.
 */
export function confusionMatrix(
  counts: NumbersInput,
  classNames?: readonly string[],
  { title = "Confusion matrix" }: ConfusionMatrixOptions = {},
): PlotFigure {
  const { rows, columns, values } = toMatrix(counts, "counts");
  if (rows !== columns)
    throw new VitlabError(`counts is ${rows}x${columns}: a confusion matrix has a row and a column for each class`);
  if (classNames && classNames.length !== rows)
    throw new VitlabError(`classNames has ${classNames.length} names: counts has ${rows} classes`);
  const wrong = values.findIndex((value) => !(value >= 0));
  if (wrong >= 0)
    throw new VitlabError(
      `counts[${Math.floor(wrong / columns)}][${wrong % columns}] is ${values[wrong]}: images are counted from 0`,
    );
  const shares = values.map((value, index) => {
    const row = Math.floor(index / columns) * columns;
    const total = values.subarray(row, row + columns).reduce((sum, count) => sum + count, 0);
    return total === 0 ? 0 : value / total;
  });
  const spec = matrixPlot(
    { rows, columns, values: shares },
    {
      title,
      xTitle: "predicted class",
      yTitle: "true class",
      valueTitle: "share of the true class",
      xLabels: classNames,
      yLabels: classNames,
      zmin: 0,
      zmax: 1,
      colorScale: "blues",
      cellTexts: Array.from(values, String),
      tickFormat: ".0%",
      hoverTemplate: "%{text} of true class %{y} were predicted as %{x} (%{z:.1%})",
    },
  );
  return new PlotFigure(spec, summary(title, rows, values, classNames));
}

function summary(title: string, classes: number, counts: Float64Array, names: readonly string[] | undefined): string {
  const nameOf = (index: number) => plainText(names?.[index] ?? String(index));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let right = 0;
  let most = { count: 0, truth: 0, prediction: 0 };
  for (let truth = 0; truth < classes; truth++) {
    for (let prediction = 0; prediction < classes; prediction++) {
      const count = counts[truth * classes + prediction]!;
      if (truth === prediction) right += count;
      else if (count > most.count) most = { count, truth, prediction };
    }
  }
  const lines = [title, `${classes} classes, ${total} images, ${right} right (${percent(right, total)})`];
  if (most.count > 0)
    lines.push(
      `most frequent mistake: ${nameOf(most.truth)} taken for ${nameOf(most.prediction)}, ${most.count} times`,
    );
  return lines.join("\n");
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "0%" : `${((100 * part) / whole).toFixed(1)}%`;
}
