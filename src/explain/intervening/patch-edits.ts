import type { Tensor } from "@tensorflow/tfjs-core";
import { checkOptions, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { Random } from "../../base/random";
import { showShape } from "../../base/shape";
import type { Edit } from "../../nn/forward-context";
import { tf } from "../../tensor/tf";
import { ViT } from "../../vit/model";
import { givenColor, type Paint } from "../paint";
import { otherOrder } from "./other-order";

/** How patches are masked. */
export interface MaskPatchesOptions {
  /** What is seen instead: in the model's units, one number or one a channel. Default "mean", the image's own mean color. */
  color?: Paint;
}

/**
 * An edit that paints patches over: `model.run(images, { edit: { patches: maskPatches(model, [27, 28]) } })`.
 *
 * @param model says in which order a patch holds its numbers
 * @param patches counted from 0, row by row
 * @throws VitlabError when no patch is named, one twice, or the color has other channels; in the run, when there is no such patch.
 *
 * @example
 * ```ts
 * import { datasetToTensor, landmarkPatches, loadModel, maskPatches, needle } from "vitlab";
 *
 * // Image 1 is of two marks turned differently. Painted over they are alike, and the model says so.
 * const drawings = needle({ count: 2, split: "test" });
 * const images = datasetToTensor(drawings, { indices: [1] });
 * const { model, classNames } = await loadModel("vit-needle");
 * const edit = { patches: maskPatches(model, landmarkPatches(drawings, 1, 4).mark) };
 * const [before] = model.predict(images).argMax(-1).dataSync();
 * const [after] = model.predict(images, { edit }).argMax(-1).dataSync();
 * console.log(classNames[before], classNames[after]); // different same
 * ```
 */
export function maskPatches(model: ViT, patches: readonly number[], options: MaskPatchesOptions = {}): Edit {
  if (!(model instanceof ViT))
    throw new VitlabError(`maskPatches got ${show(model)} for its model: give the ViT that is run`);
  checkOptions("maskPatches", options, { color: true });
  checkPatches("maskPatches", patches);
  const { channels, patchOrder } = model.config;
  const { color = "mean" } = options;
  const painted = color === "mean" ? undefined : givenColor(color, channels);
  return (value) => {
    const [batch, count, length] = patchesShape("maskPatches", value, patches);
    const pixels = length / channels;
    const byChannel = patchOrder === "chw" ? [channels, pixels] : [pixels, channels];
    const given = patchOrder === "chw" ? [1, 1, channels, 1] : [1, 1, 1, channels];
    const split = tf.reshape(value, [batch, count, ...byChannel]);
    const paint = painted
      ? tf.reshape(tf.tensor1d(painted), given)
      : tf.mean(split, patchOrder === "chw" ? [1, 3] : [1, 2], true);
    const isMasked = Array.from({ length: count }, (_, i) => (patches.includes(i) ? 1 : 0));
    return tf.reshape(tf.where(tf.tensor(isMasked, [1, count, 1, 1], "bool"), paint, split), value.shape);
  };
}

/**
 * An edit that puts two patches in each other's place: `model.run(images, { edit: { patches: swapPatches(3, 60) } })`.
 *
 * @param a counted from 0, row by row
 * @throws VitlabError when both are the same; in the run, when there is no such patch.
 *
 * @example
 * ```ts
 * import { swapPatches, tf } from "vitlab";
 *
 * // Three patches of one number each.
 * console.log(swapPatches(0, 2)(tf.tensor3d([[[1], [2], [3]]])).dataSync()); // Float32Array(3) [ 3, 2, 1 ]
 * ```
 */
export function swapPatches(a: number, b: number): Edit {
  if (a === b) throw new VitlabError(`swapPatches got patch ${show(a)} twice, which changes nothing: give two patches`);
  checkPatches("swapPatches", [a, b]);
  return (value) => {
    const [, count] = patchesShape("swapPatches", value, [a, b]);
    const order = Array.from({ length: count }, (_, i) => (i === a ? b : i === b ? a : i));
    return tf.gather(value, order, 1);
  };
}

/**
 * An edit that puts all patches in another order, the same for all images: what the model still says knows nothing of their
 * places (Naseer et al., "Intriguing Properties of Vision Transformers", 2021, section 3.3).
 *
 * @param seed chooses the order
 * @throws VitlabError in the run, when there is one patch only.
 *
 * @example
 * ```ts
 * import { datasetToTensor, presets, shapes, shufflePatches, tf, ViT } from "vitlab";
 *
 * // Without positions a model doesn't see in which order patches come.
 * const model = new ViT({ ...presets.tiny, positions: "none" });
 * const images = datasetToTensor(shapes({ count: 1 }));
 * const { logits } = model.run(images, { edit: { patches: shufflePatches(1) } });
 * console.log(tf.sub(logits, model.forward(images)).abs().max().dataSync()[0] < 1e-4); // true
 * ```
 */
export function shufflePatches(seed = 0): Edit {
  // Here already, so that a seed that is none is refused now.
  const start = new Random(seed);
  return (value) => {
    const [, count] = patchesShape("shufflePatches", value, []);
    if (count < 2) throw new VitlabError("shufflePatches got a single patch, which has no other order: leave it out");
    return tf.gather(value, otherOrder(count, start.clone()), 1);
  };
}

function checkPatches(call: string, patches: readonly number[]): void {
  if (!Array.isArray(patches) || patches.length === 0)
    throw new VitlabError(
      `${call} got ${Array.isArray(patches) ? "no patch" : show(patches)}, which changes nothing: give a list of patches, such as [27, 28]`,
    );
  const wrong = patches.find((patch) => !Number.isInteger(patch) || patch < 0);
  if (wrong !== undefined) throw new VitlabError(`there is no patch ${show(wrong)}: patches are counted from 0`);
  const twice = patches.find((patch, i) => patches.indexOf(patch) < i);
  if (twice !== undefined) throw new VitlabError(`${call} got patch ${twice} twice: name each once`);
}

/** @throws VitlabError when the value isn't that of the patches, or has fewer. */
function patchesShape(call: string, { shape }: Tensor, patches: readonly number[]): [number, number, number] {
  if (shape.length !== 3)
    throw new VitlabError(
      `${call} got a value ${showShape(shape)}: it edits the one named patches, { edit: { patches: ${call}(…) } }`,
    );
  const [batch, count, length] = shape as [number, number, number];
  const wrong = patches.find((patch) => patch >= count);
  if (wrong !== undefined)
    throw new VitlabError(`there is no patch ${wrong}: the images have patches 0 to ${count - 1}`);
  return [batch, count, length];
}
