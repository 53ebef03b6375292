import { inLanguage } from "../base/language";
import { htmlTable, shorten } from "../base/text-table";
import { whole } from "../base/whole";
import { distinctNames } from "../data/name-lists";
import { figureHtml, htmlBundle, paragraph } from "../figure/bundles";
import { confusionMatrix } from "../figure/confusion-matrix";
import type { MimeBundle } from "../figure/figure";
import { MOST_SHOWN_CLASSES, shownClasses, worstFirst } from "../train/describe-evaluation";
import type { Evaluation } from "../train/evaluation";
import { percent } from "../train/percent";

const CLASS = { en: "class", zh: "类别" };
const IMAGES = { en: "images", zh: "图像数" };
const classColumns = () => [
  { name: inLanguage(CLASS) },
  { name: inLanguage({ en: "accuracy", zh: "准确率" }), numeric: true },
  { name: inLanguage(IMAGES), numeric: true },
];
const pairColumns = () => [
  { name: inLanguage(CLASS) },
  { name: inLanguage({ en: "taken for", zh: "被认成" }) },
  { name: inLanguage(IMAGES), numeric: true },
];
const MOST_PAIRS = 20;

/** An evaluation as a notebook shows it: the confusion matrix, or of very many classes the pairs confused most, and a row a class. */
export async function showEvaluation(evaluation: Evaluation, words: string): Promise<MimeBundle> {
  const { perClass, mostConfused } = evaluation;
  const { shown, worstOf } = shownClasses(evaluation);
  const classes = htmlTable(
    classColumns(),
    shown.map(({ className, accuracy, count }) => [className, percent(accuracy), whole(count)]),
  );
  const pairs = mostConfused.slice(0, MOST_PAIRS);
  const confused =
    perClass.length <= MOST_SHOWN_CLASSES
      ? await figureHtml(
          confusionMatrix(evaluation.confusion, {
            classNames: distinctNames(perClass.map(({ className }) => className)),
          }),
        )
      : htmlTable(
          pairColumns(),
          pairs.map(({ truth, predicted, count }) => [truth, predicted, whole(count)]),
        );
  const which = worstOf
    ? [
        paragraph(
          inLanguage({
            en: `the ${shown.length} worst of ${whole(worstOf)} classes`,
            zh: `${whole(worstOf)} 个类别中最差的 ${shown.length} 个`,
          }),
        ),
      ]
    : [];
  return htmlBundle([paragraph(words), confused, ...which, classes], [shorten(words, 400), ...inWords(evaluation)]);
}

/** The worst classes and the most frequent mistakes, a line each. */
function inWords(evaluation: Evaluation): string[] {
  const worst = worstFirst(evaluation.perClass.filter(({ count }) => count > 0))
    .slice(0, 5)
    .map(({ className, accuracy, count }) => `${shorten(className, 30)} ${percent(accuracy)} of ${whole(count)}`);
  const pairs = evaluation.mostConfused
    .slice(0, 3)
    .map(({ truth, predicted, count }) => `${shorten(truth, 30)} for ${shorten(predicted, 30)} (${whole(count)})`);
  return [
    `${inLanguage({ en: "worst classes", zh: "最差的类别" })}: ${worst.join(", ")}`,
    ...(pairs.length > 0 ? [`${inLanguage({ en: "most often taken", zh: "最常认错" })}: ${pairs.join(", ")}`] : []),
  ];
}
