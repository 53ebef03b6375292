import { nameEach } from "./name-lists";

/** What guessing the same class for every image gets, if it is the commonest: the least that a classifier has to beat. */
export interface Majority {
  className: string;
  /** Its share of the images, from 0 to 1. */
  accuracy: number;
}

/** Labels, and the names that they stand for. */
interface Labeled {
  readonly labels: ArrayLike<number>;
  readonly classNames: readonly string[];
}

/** How many images each of so many classes has. */
export function classCounts(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (label < classes) counts[label] = (counts[label] as number) + 1;
  }
  return counts;
}

/** The commonest class of some images; of several the first. */
export function majorityOf({ labels, classNames }: Labeled, classes = classNames.length): Majority {
  const counts = classCounts(labels, classes);
  const most = counts.reduce((best, count, label) => (count > (counts[best] as number) ? label : best), 0);
  return {
    className: nameEach(classNames, classes)[most] as string,
    accuracy: (counts[most] as number) / labels.length,
  };
}

/** Whether guessing the commonest class gets no more than guessing evenly among all. */
export function isBalanced({ accuracy }: Majority, evenly: number): boolean {
  return Math.abs(accuracy / evenly - 1) < 1e-9;
}

/** The names of the classes that have no image. */
export function emptyClasses({ labels, classNames }: Labeled, classes = classNames.length): string[] {
  const counts = classCounts(labels, classes);
  return nameEach(classNames, classes).filter((_, label) => counts[label] === 0);
}
