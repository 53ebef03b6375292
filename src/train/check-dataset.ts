import { VitlabError } from "../base/error";
import type { ImageDataset } from "../data/dataset";
import { type AnyDataset, datasetName, isImageDataset } from "../data/examples";
import type { FullViTConfig } from "../vit/config";
import { sizeOf } from "../vit/patches";
import { answerFunction } from "../vit/problem-type";
import { configOf, type Trainable } from "./trainable";

/** @throws VitlabError unless each image has a label, and each label a class name. */
export function checkLabels({ name, split, length, labels, classNames }: ImageDataset): void {
  const what = `${name} ${split}`;
  if (labels.length !== length)
    throw new VitlabError(`${what} has ${labels.length} labels for ${length} images: give one an image`);
  const unnamed = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classNames.length));
  if (unnamed >= 0)
    throw new VitlabError(
      `image ${unnamed} of ${what} has label ${labels[unnamed]}, and classNames names ${classNames.length} classes: ` +
        "give a name for each class",
    );
}

/**
 * Checks that a model can be trained or measured on a data set; of what a model that is no ViT takes nothing is known.
 *
 * @param ownLoss whether it isn't the default loss, which compares with class numbers
 * @throws VitlabError when it is empty, its images have another size than the model's, a label is none of its classes, or
 *   the model doesn't choose one class of several.
 */
export function checkDataset(dataset: AnyDataset, model: Trainable, ownLoss: boolean): void {
  if (dataset.length === 0)
    throw new VitlabError(
      `data set ${datasetName(dataset)} is empty: give at least one ${isImageDataset(dataset) ? "image" : "example"}`,
    );
  if (!isImageDataset(dataset)) return;
  const config = configOf(model);
  if (config) {
    checkImageSize(dataset, config);
    if (!ownLoss) checkClasses(dataset, config);
  }
  checkLabels(dataset);
}

/** The model's classes come first: a label beyond them has its own remedy. */
function checkClasses(dataset: ImageDataset, config: FullViTConfig): void {
  checkChoosesAClass(dataset, config);
  const { name, split, labels, classNames } = dataset;
  const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < config.classes));
  if (wrong >= 0)
    throw new VitlabError(
      `image ${wrong} of ${name} ${split} has label ${labels[wrong]}: the model has ${config.classes} classes, so labels go from 0 to ` +
        `${config.classes - 1}; make the model with classes: ${Math.max(classNames.length, config.classes)}`,
    );
}

function checkImageSize(dataset: ImageDataset, config: FullViTConfig): void {
  const what = `${dataset.name} ${dataset.split}`;
  const [height, width] = sizeOf(config.imageSize);
  if (dataset.height !== height || dataset.width !== width || dataset.channels !== config.channels)
    throw new VitlabError(
      `the images of ${what} are ${dataset.height}x${dataset.width} with ${dataset.channels} channels: ` +
        `the model was made for ${height}x${width} with ${config.channels}; ` +
        `make it with imageSize [${dataset.height}, ${dataset.width}] and channels ${dataset.channels}, or resize the images`,
    );
}

/** @throws VitlabError unless the model chooses one class of several for each image, as such a data set asks. */
export function checkChoosesAClass({ name, split, classNames }: ImageDataset, config: FullViTConfig): void {
  if (answerFunction(config) === "softmax") return;
  throw new VitlabError(
    `${name} ${split} has one class an image, and the model ${purpose(config)}: give it a new head for these classes ` +
      `(withNewHead(model, ${classNames.length}), or { newHead: true } in loadViT; vitlab finetune makes one)`,
  );
}

function purpose({ problemType, classes }: FullViTConfig): string {
  if (problemType === "regression") return "answers with values (a regression)";
  return problemType === "multi_label_classification"
    ? "answers for each class by itself (multi_label_classification)"
    : `has ${classes} class only, which every image is of`;
}
