import { htmlTable, shorten } from "../base/text-table";
import { distinctNames } from "../data/name-lists";
import { confusionMatrix } from "../figure/confusion-matrix";
import type { MimeBundle } from "../figure/figure";
import { MOST_SHOWN_CLASSES, shownClasses, worstFirst } from "../train/describe-evaluation";
import type { Evaluation } from "../train/evaluation";
import { percent } from "../train/percent";
import { figureHtml, htmlBundle, paragraph } from "./bundles";

const CLASS_COLUMNS = [{ name: "class" }, { name: "accuracy", numeric: true }, { name: "images", numeric: true }];
const PAIR_COLUMNS = [{ name: "class" }, { name: "taken for" }, { name: "images", numeric: true }];
const MOST_PAIRS = 20;

/** An evaluation as a notebook shows it: the confusion matrix, or of very many classes the pairs confused most, and a row a class. */
export async function showEvaluation(evaluation: Evaluation, words: string): Promise<MimeBundle> {
  const { perClass, mostConfused } = evaluation;
  const { shown, worstOf } = shownClasses(evaluation);
  const classes = htmlTable(
    CLASS_COLUMNS,
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
          PAIR_COLUMNS,
          pairs.map(({ truth, predicted, count }) => [truth, predicted, whole(count)]),
        );
  const which = worstOf ? [paragraph(`the ${shown.length} worst of ${whole(worstOf)} classes`)] : [];
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
  return [`worst classes: ${worst.join(", ")}`, ...(pairs.length > 0 ? [`most often taken: ${pairs.join(", ")}`] : [])];
}

function whole(n: number): string {
  return n.toLocaleString("en-US");
}
