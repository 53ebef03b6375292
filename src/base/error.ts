import { sentence } from "./sentence";

/**
 * A mistake the caller can mend; its message is one sentence that says what was wrong and what to do.
 *
 * @example
 * ```ts
 * import { presets, ViT, VitlabError } from "vitlab";
 *
 * try {
 *   new ViT({ ...presets.tiny, patchSize: 5 });
 * } catch (error) {
 *   if (error instanceof VitlabError) console.log(error.message);
 *   // image is 32x32: patch size 5 does not divide its height 32; use patch size 4 or resize to 30x30
 * }
 * ```
 */
export class VitlabError extends Error {
  override name = "VitlabError";

  /** @param message may quote what others wrote: it becomes one line that does nothing to a terminal, and no longer than a page. */
  constructor(message: string, options?: ErrorOptions) {
    super(sentence(message), options);
  }
}
