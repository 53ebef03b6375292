import { VitlabError } from "../../base/error";
import { cifar10 } from "../../data/cifar10";
import { type ImageDataset, subset, takeImages } from "../../data/dataset";
import { DRAWN } from "../../data/drawn-by-name";
import { DRAWN_COUNTS, type DrawingRules, type DrawnSplit, drawnDataset, drawnSubset } from "../../data/drawn-dataset";
import { withTransform } from "../../data/with-transform";
import { bytesFit } from "../../hub/picture-fit";
import { type DataSource, describeSource } from "./data-source";
import type { DataSizes, DataSplits, SplitName } from "./data-splits";
import { folderSplit, folderSplits } from "./folder-splits";

/**
 * Reads the parts of a data set. Which images are held out depends neither on a seed nor on the model, so that results
 * of different runs can be compared.
 *
 * @param trainCount so many of the training images
 */
export async function loadSplits(source: DataSource, sizes: DataSizes, trainCount?: number): Promise<DataSplits> {
  const some = trainCount === undefined ? undefined : { subset: trainCount };
  if (source.kind === "folder") {
    const splits = await folderSplits(source.path, sizes);
    return { ...splits, train: chosen(splits.train, some) };
  }
  const [train, validation, test] = await Promise.all([
    loadSplit(source, "train", sizes, some),
    loadSplit(source, "validation", sizes),
    loadSplit(source, "test", sizes),
  ]);
  return { train, validation, test };
}

/** Some of the images: each class as often as in the whole, or the first ones, as many as there are. */
type SomeImages = { subset: number } | { first: number };

/** Reads one part of a data set, the same images that `loadSplits` gives, or some of them. */
export async function loadSplit(
  source: DataSource,
  split: SplitName,
  sizes: DataSizes,
  some?: SomeImages,
): Promise<ImageDataset> {
  if (source.kind === "folder") return chosen(await folderSplit(source.path, split, sizes), some);
  if (split === "all")
    throw new VitlabError(`split all is for folders: choose train, validation or test of ${describeSource(source)}`);
  const [height, width] = sizes.imageSize;
  if (source.kind === "drawn") {
    if (height !== width && !sizes.fit)
      throw new VitlabError(
        `images of ${source.name} are square, and the model takes images of ${height}x${width}: use a folder instead`,
      );
    const size = Math.max(height, width);
    return fitted(drawn(DRAWN[source.name], split, { size, validation: sizes.validation }, some), sizes);
  }
  if ((height !== 32 || width !== 32) && !sizes.fit)
    throw new VitlabError(
      `CIFAR-10 has images of 32x32, and the model takes ${height}x${width}: choose a model for 32x32, such as article, tiny or small`,
    );
  return fitted(chosen(await cifar10({ split, validation: sizes.validation }), some), sizes);
}

/** Images of a drawn data set; drawing takes time, and only what is looked at is drawn. */
function drawn(
  rules: DrawingRules,
  split: DrawnSplit,
  { size, validation }: { size: number; validation: number | undefined },
  some: SomeImages | undefined,
): ImageDataset {
  const count = (split === "validation" ? validation : undefined) ?? DRAWN_COUNTS[split];
  if (some && "subset" in some) return drawnSubset({ split, size, count }, rules, some.subset);
  return drawnDataset({ split, size, count: some ? Math.min(some.first, count) : count }, rules);
}

function chosen(dataset: ImageDataset, some: SomeImages | undefined): ImageDataset {
  if (!some) return dataset;
  if ("subset" in some) return subset(dataset, some.subset);
  return takeImages(
    dataset,
    Array.from({ length: Math.min(some.first, dataset.length) }, (_, i) => i),
  );
}

/** As the images are where they fit; else each is made to fit when it is read, which is what the article's program means. */
function fitted(dataset: ImageDataset, { imageSize: [height, width], fit }: DataSizes): ImageDataset {
  if (!fit) return dataset;
  const fits = dataset.height === height && dataset.width === width && dataset.channels === fit.model.config.channels;
  return fits ? dataset : withTransform(dataset, bytesFit(fit));
}

/** Some of the images, each class as often as in the whole; all where no count is given. */
export function fewer(dataset: ImageDataset, count: number | undefined): ImageDataset {
  return count === undefined ? dataset : subset(dataset, count);
}
