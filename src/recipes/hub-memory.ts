import { VitlabError } from "../base/error";
import { readHubConfig } from "../hub/hub-config";
import { ImageProcessor } from "../hub/image-processor";
import type { LoadedViT } from "../hub/load-vit";
import { type Fields, isObject } from "../hub/read-json";
import type { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";

/** What of a folder in Hugging Face's format isn't the model itself. */
export type HubPart = Partial<Pick<LoadedViT, "config" | "processor" | "imageProcessor">>;

/**
 * What a checkpoint has to remember of a model in Hugging Face's format, in its `about`.
 *
 * @param model what came of it; where its head is another, what the former was for is forgotten
 */
export function rememberHub(
  given: HubPart & Pick<LoadedViT, "model" | "newHead">,
  model: ViT,
): { huggingFace?: { config: Fields; processor: Fields | undefined } } {
  const { config, processor } = given;
  if (!config) return {};
  const { id2label: _, label2id: __, problem_type: problemType, ...kept } = config;
  const keeps = model === given.model && !given.newHead && problemType !== undefined;
  return { huggingFace: { config: { ...kept, ...(keeps && { problem_type: problemType }) }, processor } };
}

/**
 * What a checkpoint remembers of the folder in Hugging Face's format that it was fine-tuned from.
 *
 * @param path names the checkpoint's config.json in messages
 * @throws VitlabError when it tells of images of another size than the model's.
 */
export function rememberedHub(
  model: ViT,
  about: Readonly<Record<string, unknown>>,
  path: string,
): HubPart & Partial<Pick<LoadedViT, "imageSize">> {
  const before = about.huggingFace;
  if (!isObject(before) || !isObject(before.config)) return {};
  const { config } = before;
  const processor = isObject(before.processor) ? before.processor : undefined;
  const hub = readHubConfig(config, path);
  const [height, width] = hub.imageSize;
  const own = sizeOf(model.config.imageSize).join("x");
  if (sizeOf(hub.config.imageSize).join("x") !== own)
    throw new VitlabError(
      `${path}: about.huggingFace.config tells of images of ${height}x${width}, and the model takes ${own}; restore the file`,
    );
  const { channels } = model.config;
  const imageProcessor = () => new ImageProcessor(processor ?? { size: { height, width } }, { channels });
  return { config, processor, imageProcessor, imageSize: [height, width] };
}
