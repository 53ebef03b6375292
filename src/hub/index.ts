/**
 * `vitlab/hub`: pre-trained models of Hugging Face's format in and out, and images as such models saw them.
 *
 * @module
 */
import "../tensor/node/engine";

export { type HubTraceOptions, hubTrace } from "./hub-trace";
export {
  ImageProcessor,
  type ImageProcessorOptions,
  loadImageProcessor,
  type ProcessorInput,
} from "./image-processor";
export { type LoadedViT, type LoadViTOptions, loadViT } from "./load-vit";
export { type ModelFolderOptions, type ModelProgress, modelFolder } from "./model-folder";
export {
  type ModelForPhotos,
  type PhotoAttention,
  type PhotoAttentionOptions,
  type PhotoModel,
  photoAttention,
} from "./photo-attention";
export type { ImageProcessorConfig } from "./processor-config";
export type { ImageProcessorSize } from "./processor-size";
export {
  type LoadSafetensorsOptions,
  loadSafetensors,
  type SaveSafetensorsOptions,
  saveSafetensors,
} from "./safetensors-file";
export { type SaveViTOptions, saveViT } from "./save-vit";
export type { PicturePart } from "./seen-part";
export { fromTorchSimpleViT, type TorchSimpleViTOptions, toTorchSimpleViT } from "./torch-simple-vit";
