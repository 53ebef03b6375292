import { VitlabError } from "../base/error";
import type { PilFilter } from "../data/pil-resize";
import type { PictureStep } from "./picture-step";
import type { ImageProcessorSize, TargetSize } from "./processor-size";

/** How an image processor of transformers reads its fields, and what it does where they say nothing. */
export interface ProcessorType {
  /** Default of `size`. */
  size: ImageProcessorSize;
  /** Whether one number as `size` stands for both sides; else for the shorter one. */
  square: boolean;
  /** Default of `resample`. */
  filter: PilFilter;
  /** Default of `crop_size`; undefined where the file has to say it. */
  cropSize?: number;
  /** Default of `do_center_crop`. */
  centerCrop: boolean;
  /** Default of `do_convert_rgb`. */
  convertRgb: boolean;
  /** Defaults of `image_mean` and `image_std`, one a channel. */
  mean: readonly number[];
  std: readonly number[];
  /** Whether it heeds `do_pad`. */
  pads: boolean;
  /**
   * What a resize to `size` means.
   *
   * @throws VitlabError when `size` is of a form that this type has no meaning for.
   */
  resize: (size: TargetSize, filter: PilFilter, cropShare: number) => PictureStep[];
}

const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const OPENAI = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] };

const toSize = (size: TargetSize, filter: PilFilter): PictureStep[] => [{ kind: "resize", size, filter }];

const plain = {
  size: { height: 224, width: 224 },
  square: true,
  filter: "bicubic",
  centerCrop: false,
  convertRgb: false,
  ...HALF,
  pads: true,
  resize: toSize,
} as const satisfies ProcessorType;

/** The shorter side to `size`, a square cut out of its middle. */
const cropping = {
  ...plain,
  size: { shortest_edge: 224 },
  square: false,
  cropSize: 224,
  centerCrop: true,
  convertRgb: true,
  ...OPENAI,
} as const satisfies ProcessorType;

/** The image processors of transformers 5.23 that are read, by the start of their names. */
export const PROCESSOR_TYPES = {
  ViT: { ...plain, filter: "bilinear" },
  DeiT: { ...plain, size: { height: 256, width: 256 }, cropSize: 224, centerCrop: true },
  Beit: { ...plain, cropSize: 224, pads: false },
  Pvt: { ...plain, ...IMAGENET },
  Siglip: { ...plain, square: false, convertRgb: true },
  CLIP: cropping,
  // DINOv2's, too.
  Bit: cropping,
  Levit: { ...cropping, convertRgb: false, ...IMAGENET, resize: levitResize },
  ConvNext: { ...plain, size: { shortest_edge: 384 }, square: false, pads: false, resize: convNextResize },
} as const satisfies Record<string, ProcessorType>;

/** The name of a type that is read. */
export type ProcessorTypeName = keyof typeof PROCESSOR_TYPES;

/** LeViT means by its shorter side that of the square it cuts out: the resize leaves a margin. */
function levitResize(size: TargetSize, filter: PilFilter): PictureStep[] {
  if ("maxHeight" in size) throw without("Levit", "max_height and max_width");
  return toSize("height" in size ? size : { shortestEdge: Math.trunc((256 / 224) * size.shortestEdge) }, filter);
}

/** ConvNeXT cuts a square out of a larger picture where it is smaller than 384 pixels, and squashes the picture above. */
function convNextResize(size: TargetSize, filter: PilFilter, cropShare: number): PictureStep[] {
  if (!("shortestEdge" in size)) throw without("ConvNext", "height and width");
  const { shortestEdge } = size;
  const square = { height: shortestEdge, width: shortestEdge };
  if (shortestEdge >= 384) return toSize(square, filter);
  return [...toSize({ shortestEdge: Math.trunc(shortestEdge / cropShare) }, filter), { kind: "crop", ...square }];
}

function without(type: ProcessorTypeName, keys: string): VitlabError {
  return new VitlabError(
    `a ${type}ImageProcessor has no meaning for a size with ${keys}: give a number of pixels or { "shortest_edge": … }`,
  );
}

/**
 * The type that a name such as "ViTImageProcessor", "CLIPImageProcessorFast" or "DeiTFeatureExtractor" stands for;
 * undefined where it isn't read.
 */
export function processorTypeName(name: unknown): ProcessorTypeName | undefined {
  const start =
    /^(\w+?)(?:ImageProcessor(?:Fast|Pil)?|FeatureExtractor)$/.exec(typeof name === "string" ? name : "")?.[1] ?? "";
  return Object.hasOwn(PROCESSOR_TYPES, start) ? (start as ProcessorTypeName) : undefined;
}

/** Which type transformers takes for a model where its image processor's file names none. */
const OF_MODELS: Readonly<Record<string, ProcessorTypeName>> = {
  vit: "ViT",
  vit_mae: "ViT",
  vit_msn: "ViT",
  ijepa: "ViT",
  swin: "ViT",
  swinv2: "ViT",
  deit: "DeiT",
  beit: "Beit",
  "data2vec-vision": "Beit",
  pvt: "Pvt",
  siglip: "Siglip",
  clip: "CLIP",
  bit: "Bit",
  dinov2: "Bit",
  hiera: "Bit",
  levit: "Levit",
  convnext: "ConvNext",
  convnextv2: "ConvNext",
  resnet: "ConvNext",
};

/** The `image_processor_type` that goes without saying for a `model_type`; undefined where it isn't known. */
export function processorTypeOfModel(modelType: unknown): string | undefined {
  const isKnown = typeof modelType === "string" && Object.hasOwn(OF_MODELS, modelType);
  return isKnown ? `${OF_MODELS[modelType]}ImageProcessor` : undefined;
}
