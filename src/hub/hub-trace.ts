import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { StateDict } from "../nn/module";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";
import type { ViT } from "../vit/model";
import { cropToPatches } from "./crop-to-patches";

/** How a model is traced. */
export interface HubTraceOptions {
  /** Take images of another size than the model's and stretch the positions over them. Default false. */
  interpolatePositions?: boolean;
  /** The [height, width] that images come in. Default: the model's own. */
  imageSize?: readonly [number, number];
}

/** Images at a time: a trace of ViT-B takes 60 MB an image. */
const AT_ONCE = 8;

/**
 * What a model computes of images, under transformers' names and in its shapes: `logits` `[batch, classes]`,
 * `hidden_states.0` (the embeddings) to `hidden_states.DEPTH` (the last block's output, before the last layer
 * normalization), `last_hidden_state` (after it), each `[batch, tokens, dim]`, and `attentions.i` `[batch, heads, tokens,
 * tokens]`.
 *
 * @param pixels `[batch, channels, height, width]`, values in [-1, 1]
 * @throws VitlabError when the images don't fit the model.
 *
 * @example
 * ```ts
 * import { hubTrace, presets, tf, ViT } from "vitlab";
 *
 * const values = hubTrace(new ViT(presets.tiny), tf.zeros([1, 3, 32, 32]));
 * console.log(values.logits.shape, values["hidden_states.4"].shape, values["attentions.0"].shape);
 * // [ 1, 10 ] [ 1, 65, 48 ] [ 1, 4, 65, 65 ]
 * ```
 */
export function hubTrace(model: ViT, pixels: Tensor, options: HubTraceOptions = {}): StateDict {
  checkOptions("hubTrace", options, { interpolatePositions: true, imageSize: true });
  checkNotDisposed("the tensor pixel_values", pixels);
  const { channels, depth } = model.config;
  const [batch, given] = pixels.shape as [number, number];
  if (pixels.rank !== 4 || given !== channels)
    throw new VitlabError(
      `pixel_values is ${showShape(pixels.shape)}: expected [batch, ${channels}, height, width], channels first`,
    );
  if (batch === 0) throw new VitlabError(`pixel_values is ${showShape(pixels.shape)}: it holds no image`);
  const { interpolatePositions = false, imageSize } = options;
  const pieces: Record<string, Tensor[]> = {};
  const keep = (name: string, value: Tensor) => {
    pieces[name] = [...(pieces[name] ?? []), tf.keep(tf.clone(value))];
  };
  try {
    for (let start = 0; start < batch; start += AT_ONCE)
      tf.tidy(() => {
        const some = tf.slice(pixels, start, Math.min(AT_ONCE, batch - start));
        const images = cropToPatches(tf.transpose(some, [0, 2, 3, 1]) as Tensor4D, model, {
          interpolatePositions,
          imageSize,
        });
        const { logits, trace } = model.run(images, { interpolatePositions });
        keep("logits", logits);
        keep("hidden_states.0", trace.get("embeddings"));
        for (let i = 0; i < depth; i++) {
          keep(`hidden_states.${i + 1}`, trace.get(`blocks.${i}.output`));
          keep(`attentions.${i}`, trace.get(`blocks.${i}.attention.weights`));
        }
        keep("last_hidden_state", trace.get<Tensor3D>(model.norm ? "normalized" : `blocks.${depth - 1}.output`));
        trace.dispose();
      });
    const state: StateDict = {};
    for (const [name, parts] of Object.entries(pieces)) {
      const whole = tf.concat(parts, 0);
      state[name] = { shape: [...whole.shape], data: Float32Array.from(whole.dataSync()) };
      whole.dispose();
    }
    return state;
  } finally {
    for (const parts of Object.values(pieces)) tf.dispose(parts);
  }
}
