import type { Majority } from "../data/class-counts";
import type { ConfusedPair } from "./confusion";

/** How a model does on one class. */
export interface ClassResult {
  className: string;
  /** Images of this class. */
  count: number;
  /** Share of them that the model names rightly, from 0 to 1; NaN where there are none. */
  accuracy: number;
}

/** How a model does on a data set. */
export interface Evaluation {
  /** Mean cross-entropy over all images, in nats. */
  loss: number;
  /** Share of images that the model names rightly, from 0 to 1. */
  accuracy: number;
  /** Count of images. */
  count: number;
  /** The commonest class of these images, and what guessing it for all of them would get. */
  majority: Majority;
  /** `confusion[label][predicted]`, in images; of more than 1,000 classes it is not made, and reading it throws. */
  confusion: number[][];
  /** The 100 pairs of classes that were confused most often, the most frequent first. */
  mostConfused: ConfusedPair[];
  /** One a class of the model, in its order. */
  perClass: ClassResult[];
}
