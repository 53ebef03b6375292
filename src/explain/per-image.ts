import { VitlabError } from "../base/error";
import type { ViT } from "../vit/model";

/** @throws VitlabError when the model mixes images, so that none has an explanation of its own. */
export function checkPerImage({ config }: ViT): void {
  if (config.attentionOverBatch)
    throw new VitlabError(
      "this model attends between the images of a batch (attentionOverBatch), so that no image has an explanation of its own: leave the option out",
    );
}
