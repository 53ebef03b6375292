import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { ViT } from "../../vit/model";
import type { Explanation } from "../explanation";
import { occlusion } from "../intervening/occlusion";
import { attentionMap } from "../seeing/attention-map";
import { attentionRollout } from "../seeing/attention-rollout";
import { gradientAttention } from "../seeing/gradient-attention";
import { relevance } from "../seeing/relevance";
import { weightedAttention } from "../seeing/weighted-attention";

/**
 * Explains why images are given classes, as a map of the patches, `[image, row, column]`: the larger a patch's number, the more
 * it supports the class.
 *
 * @param classes the class that is explained, one for each image
 */
export type Explainer = (model: ViT, images: Tensor4D, classes: readonly number[]) => Explanation;

/**
 * The maps of patches that vitlab draws, by name, with their defaults.
 *
 * @example
 * ```ts
 * import { explainers } from "vitlab";
 *
 * console.log(Object.keys(explainers).join(", "));
 * // attention, attention x value norms, rollout, gradient x attention, relevance, occlusion
 * ```
 */
export const explainers = {
  /** `attentionMap`. */
  attention: (model, images) => attentionMap(model, images),
  /** `weightedAttention`. */
  "attention x value norms": (model, images) => weightedAttention(model, images),
  /** `attentionRollout`. */
  rollout: (model, images) => attentionRollout(model, images),
  /** `gradientAttention`. */
  "gradient x attention": (model, images, classes) => gradientAttention(model, images, { class: classes }),
  /** `relevance`. */
  relevance: (model, images, classes) => relevance(model, images, { class: classes }),
  /** `occlusion`. */
  occlusion: (model, images, classes) => occlusion(model, images, { class: classes }),
} satisfies Record<string, Explainer>;
