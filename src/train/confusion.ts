import { VitlabError } from "../base/error";
import { distinctNames } from "../data/name-lists";

/** The class of each image, and the class that the model gives it. */
export interface Predictions {
  labels: Int32Array;
  predicted: Int32Array;
}

/** Images of one class that were taken for another. */
export interface ConfusedPair {
  /** Name of the class that they are of. */
  truth: string;
  /** Name of the class that the model gave them. */
  predicted: string;
  /** Images. */
  count: number;
}

/** With more classes a matrix of all pairs isn't made: one of 10,000 would take 800 MB. */
const MOST_MATRIX_CLASSES = 1000;

/** Pairs that are worth a list. */
const MOST_PAIRS = 100;

/** `[label][predicted]`, in images. */
export function confusionOf({ labels, predicted }: Predictions, classes: number): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => {
    const row = confusion[label] as number[];
    row[predicted[i] as number] = (row[predicted[i] as number] as number) + 1;
  });
  return confusion;
}

/** The pairs of classes that were confused most often, the most frequent first. */
export function mostConfused({ labels, predicted }: Predictions, classNames: readonly string[]): ConfusedPair[] {
  const classes = classNames.length;
  const counts = new Map<number, number>();
  labels.forEach((label, i) => {
    const pair = label * classes + (predicted[i] as number);
    if (label !== predicted[i]) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  });
  const names = distinctNames(classNames);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a - b)
    .slice(0, MOST_PAIRS)
    .map(([pair, count]) => ({
      truth: names[Math.floor(pair / classes)] as string,
      predicted: names[pair % classes] as string,
      count,
    }));
}

/**
 * Gives a value the matrix as its property `confusion`; with too many classes one that isn't listed, and says so when it is
 * read.
 */
export function withConfusion<T extends object>(
  value: T,
  measured: Predictions,
  classes: number,
): T & { confusion: number[][] } {
  if (classes <= MOST_MATRIX_CLASSES) return { ...value, confusion: confusionOf(measured, classes) };
  return Object.defineProperty({ ...value } as T & { confusion: number[][] }, "confusion", {
    enumerable: false,
    get: () => {
      throw new VitlabError(
        `a confusion matrix is made of up to ${MOST_MATRIX_CLASSES.toLocaleString("en-US")} classes, and there are ` +
          `${classes.toLocaleString("en-US")}: mostConfused has the pairs that were confused most often`,
      );
    },
  });
}
