import { shipped } from "../base/node/shipped";
import type { ByteImage } from "./byte-image";
import { readImage } from "./image-file";

/**
 * Chelsea the cat, a photograph of 451x300 pixels by Stéfan van der Walt (CC0, from scikit-image's sample data).
 *
 * @example
 * ```ts
 * import { chelsea } from "vitlab";
 *
 * const { width, height, channels } = await chelsea();
 * console.log(width, height, channels); // 451 300 3
 * ```
 */
export function chelsea(): Promise<ByteImage> {
  return readImage(shipped("chelsea.png"));
}
