import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { plainText } from "../base/plain-text";
import { type Confusion, readConfusion, type SparseConfusion } from "./confusion-counts";
import { figureText } from "./figure-text";
import { matrixPlot } from "./matrix-plot";
import { type NumbersInput, showPercent } from "./numbers";
import { aText, figureOptions, type OptionKinds, someTexts } from "./option-kinds";
import { PlotFigure } from "./plot-figure";

/** How a confusion matrix is drawn. */
export interface ConfusionMatrixOptions {
  /** One for each class. Default: their numbers. */
  classNames?: readonly Words[];
  title?: Words;
}

const OPTIONS: OptionKinds<ConfusionMatrixOptions> = { classNames: someTexts, title: aText };

/** Classes that a matrix is drawn of; of more than these, the ones that are confused most. */
const MOST_CLASSES = 100;
const MOST_CONFUSED = 20;
/** Classes up to which each cell has its number. */
const MOST_WRITTEN = 30;
/** Mistakes named in words. */
const NAMED = 10;
/** Mistakes that are kept to choose from: the most frequent. */
const KEPT = 1000;

/** Images of one class that were taken for another. */
interface Mistake {
  truth: number;
  predicted: number;
  count: number;
}

/** What a confusion matrix says as a whole. */
interface Totals {
  images: number;
  right: number;
  /** Images of each class. */
  ofClass: Float64Array;
  /** The most frequent ones, those first. */
  mistakes: Mistake[];
}

/**
 * Which class was taken for which: row = truth, column = prediction, each cell the number of images and, as its
 * color, their share of the row.
 *
 * Up to 30 classes each cell has its number. Of more than 100 classes those 20 are drawn that are confused most; the
 * figure's words say what was left out.
 *
 * @param counts `[classes, classes]`, or of many classes the cells that aren't 0: `{ classes, cells: [[3, 5, 12]] }`
 * @throws VitlabError when it isn't square, counts less than 0, or `classNames` doesn't name each class.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "vitlab";
 *
 * console.log(confusionMatrix([[8, 2], [1, 9]], { classNames: ["cat", "dog"] }).text);
 * // Confusion matrix
 * // 2 classes, 20 images, 17 right (85.0%)
 * // most frequent mistake: cat taken for dog, 2 times
 * ```
 */
export function confusionMatrix(
  counts: NumbersInput | SparseConfusion,
  given: ConfusionMatrixOptions = {},
): PlotFigure {
  const options = figureOptions("confusionMatrix", given, OPTIONS);
  const { classNames, title = inLanguage({ en: "Confusion matrix", zh: "混淆矩阵" }) } = options;
  const confusion = readConfusion(counts);
  const { classes } = confusion;
  if (classNames && classNames.length !== classes)
    throw new VitlabError(`classNames has ${classNames.length} names: counts has ${classes} classes`);
  const totals = totalsOf(confusion);
  const shown = shownClasses(classes, totals.mistakes);
  const cells = cellsOf(confusion, shown);
  const labels =
    classNames || shown.length < classes ? shown.map((index) => classNames?.[index] ?? String(index)) : undefined;
  const texts = Array.from(cells, String);
  const spec = matrixPlot(
    {
      rows: shown.length,
      columns: shown.length,
      values: cells.map((count, cell) => {
        const ofClass = totals.ofClass[shown[Math.floor(cell / shown.length)]!]!;
        return ofClass === 0 ? 0 : count / ofClass;
      }),
    },
    {
      title,
      xTitle: inLanguage({ en: "predicted class", zh: "预测类别" }),
      yTitle: inLanguage({ en: "true class", zh: "真实类别" }),
      valueTitle: inLanguage({ en: "share of the true class", zh: "占真实类别的比例" }),
      xLabels: labels,
      yLabels: labels,
      zmin: 0,
      zmax: 1,
      colorScale: "blues",
      cellTexts: texts,
      written: shown.length <= MOST_WRITTEN,
      tickFormat: ".0%",
      hoverTemplate: inLanguage({
        en: "%{text} of true class %{y} were predicted as %{x} (%{z:.1%})",
        zh: "真实类别 %{y} 中有 %{text} 张被预测为 %{x}（%{z:.1%}）",
      }),
    },
  );
  return new PlotFigure(spec, inWords(title, classes, totals, { shown, cells }, classNames));
}

function totalsOf({ classes, forEach }: Confusion): Totals {
  const ofClass = new Float64Array(classes);
  let mistakes: Mistake[] = [];
  let [images, right, least] = [0, 0, 0];
  // Equal counts stay in the order of the classes.
  const keep = () => mistakes.sort((a, b) => b.count - a.count).slice(0, KEPT);
  forEach((truth, predicted, count) => {
    images += count;
    ofClass[truth]! += count;
    if (truth === predicted) right += count;
    else if (count > least) mistakes.push({ truth, predicted, count });
    if (mistakes.length < 2 * KEPT) return;
    mistakes = keep();
    least = mistakes.at(-1)!.count;
  });
  return { images, right, ofClass, mistakes: keep() };
}

/** All classes; of too many, those of the most frequent mistakes, in the order of the classes. */
function shownClasses(classes: number, mistakes: readonly Mistake[]): number[] {
  if (classes <= MOST_CLASSES) return Array.from({ length: classes }, (_, index) => index);
  const shown = new Set<number>();
  for (const { truth, predicted } of mistakes) {
    if (new Set([...shown, truth, predicted]).size > MOST_CONFUSED) break;
    shown.add(truth).add(predicted);
  }
  // Where nothing is confused, the first classes stand for all.
  for (let index = 0; shown.size < 2; index++) shown.add(index);
  return [...shown].sort((a, b) => a - b);
}

function cellsOf({ forEach }: Confusion, shown: readonly number[]): Float64Array {
  const place = new Map(shown.map((index, at) => [index, at]));
  const cells = new Float64Array(shown.length ** 2);
  forEach((truth, predicted, count) => {
    const [row, column] = [place.get(truth), place.get(predicted)];
    if (row !== undefined && column !== undefined) cells[row * shown.length + column]! += count;
  });
  return cells;
}

function inWords(
  title: string,
  classes: number,
  { images, right, mistakes }: Totals,
  { shown, cells }: { shown: readonly number[]; cells: Float64Array },
  names: readonly string[] | undefined,
): string {
  const share = images === 0 ? "0%" : showPercent(right / images);
  const lines = [
    title,
    inLanguage({
      en: `${classes} classes, ${images} images, ${right} right (${share})`,
      zh: `${classes} 个类别，${images} 张图像，${right} 张正确（${share}）`,
    }),
  ];
  if (shown.length < classes) {
    const seen = cells.reduce((sum, count, cell) => (cell % (shown.length + 1) === 0 ? sum : sum + count), 0);
    lines.push(
      inLanguage({
        en: `shown are the ${shown.length} classes that are confused most, with ${seen} of the ${images - right} mistakes; left out are ${classes - shown.length} classes`,
        zh: `画出的是最易混淆的 ${shown.length} 个类别，包含 ${images - right} 次错误中的 ${seen} 次；其余 ${classes - shown.length} 个类别未画出`,
      }),
    );
  }
  const nameOf = (index: number) => plainText(names?.[index] ?? String(index));
  const named = mistakes.slice(0, shown.length < classes ? NAMED : 1);
  const mistakesInWords = named.map(({ truth, predicted, count }, place) =>
    inLanguage({
      en: `${place === 0 ? "most frequent mistake" : "then"}: ${nameOf(truth)} taken for ${nameOf(predicted)}, ${count} ${count === 1 ? "time" : "times"}`,
      zh: `${place === 0 ? "最常见的错误" : "其次"}：把 ${nameOf(truth)} 认成 ${nameOf(predicted)}，${count} 次`,
    }),
  );
  return figureText(lines, mistakesInWords);
}
