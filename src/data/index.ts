/**
 * `vitlab/data`: images in, as bytes, batches and tensors.
 *
 * @module
 */
import "../tensor/node/engine";

export { type AugmentOptions, augment, compose, flip, type ShiftFill, shiftCrop } from "./augment";
export type { Augmentation, ByteBatch } from "./augmentation";
export { type Batch, type BatchOptions, batches, epochOrder } from "./batches";
export type { ByteImage } from "./byte-image";
export { chelsea } from "./chelsea";
export { type Cifar10Options, type Cifar10Split, cifar10, hasCifar10 } from "./cifar10";
export type { Majority } from "./class-counts";
export { cifar10ClassNames } from "./class-names";
export { colorJitter } from "./color-jitter";
export { cropImage } from "./crop-image";
export {
  describeDataset,
  type ImageDataset,
  type ImageTransform,
  imageAt,
  type LabeledImage,
  type SplitOptions,
  splitDataset,
  subset,
  takeImages,
} from "./dataset";
export { type DownloadCifar10Options, downloadCifar10 } from "./download-cifar10";
export type { DownloadProgress } from "./download-file";
export type { DrawnDataset, DrawnOptions, DrawnSplit } from "./drawn-dataset";
export { cutout, type EraseOptions, erase } from "./erase";
export type { AnyDataset, Dataset } from "./examples";
export type { FolderPart } from "./folder-parts";
export {
  coverImage,
  cropSquare,
  encodePng,
  type ReadImageOptions,
  readImage,
  resizeImage,
  writePng,
} from "./image-file";
export {
  describeSkipped,
  type ImageFolderDataset,
  type ImageFolderOptions,
  type ImageFolderResize,
  imageFolder,
} from "./image-folder";
export { imageLandmarks, landmarkPatches } from "./landmark-patches";
export type { Landmarks, Point } from "./landmarks";
export type { SkippedFile } from "./list-images";
export { type MixedImages, type Mixing, type MixOptions, mixing } from "./mix";
export { type NeedleDataset, type NeedleOptions, needle } from "./needle";
export { pickClasses } from "./pick-classes";
export { type PassOrder, type PilFilter, type PilResizeOptions, pilResize } from "./pil-resize";
export { type ShapesDataset, type ShapesOptions, type ShapesVersion, shapes } from "./shapes";
export { type TensorDatasetOptions, tensorDataset } from "./tensor-dataset";
export {
  type DatasetToTensorOptions,
  datasetToTensor,
  imageToTensor,
  labelsToTensor,
  type ToTensorOptions,
} from "./to-tensor";
export { trivialAugment } from "./trivial-augment";
export { withTransform } from "./with-transform";
