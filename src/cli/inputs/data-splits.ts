import type { ImageDataset } from "../../data/dataset";
import type { FittingModel } from "../../hub/picture-fit";

/** The three parts of a data set, none sharing an image with another. */
export interface DataSplits {
  train: ImageDataset;
  validation: ImageDataset;
  test: ImageDataset;
}

/** A part of a data set, or in folders all of it. */
export type SplitName = keyof DataSplits | "all";

/** How large the parts are, and the images. */
export interface DataSizes {
  /** Height and width the model takes. */
  imageSize: readonly [number, number];
  /** A model that images of other sizes and channels are made to fit. */
  fit?: FittingModel;
  /** Validation images; each source has its own default. */
  validation?: number;
}
