import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import type { ViT } from "../../vit/model";
import { checkWord } from "../choices";
import { type Axis, Explanation } from "../explanation";
import { commonHeads } from "../heads";
import { checkLook, classesOf, look, type Numbers, tokenGrid } from "../look";
import { tokenLabels } from "../patch-map";
import { rowOf } from "../row-of";
import { type BlockChoice, blockAxis, chosenBlocks } from "./block-choice";
import { type Place, replacedLogits } from "./replaced-logits";
import { zerosNote } from "./zeros-note";

/** Which value of a block is exchanged. */
export type PatchedValue = "input" | "middle" | "attention.output" | "mlp.output" | "output" | "heads";

/** What goes from one image's run into the other's. */
export interface PatchActivationsOptions extends BlockChoice {
  /**
   * "input", "middle", "output": the residual stream before the block, between its parts, after it; "attention.output",
   * "mlp.output": what a part adds; "heads": what the heads weigh together.
   */
  at: PatchedValue;
  /** "token": one token after the other; "head": one head, with all tokens; "all": the whole value. Default "token", of heads "head". */
  each?: "token" | "head" | "all";
  /** Between which two classes is decided, that of `from` and that of `into`. Default: the largest logit of each. */
  classes?: readonly [from: number, into: number];
  /** The share of the difference that comes back, or the logits of all classes. Default "recovered". */
  of?: "recovered" | "logits";
}

const VALUES: readonly PatchedValue[] = ["input", "middle", "attention.output", "mlp.output", "output", "heads"];

/** A smaller share of the logits is rounding. */
const SMALLEST_DIFFERENCE = 1e-5;

/**
 * Activation patching: puts values of one image's run into another's, one place after the other, and measures how far the answer
 * moves from the one to the other, `(m(patched) - m(into)) / (m(from) - m(into))`, where m is the logit of from's class minus
 * that of into's (Meng et al., "Locating and Editing Factual Associations in GPT", 2022, section 2.1; Wang et al.,
 * "Interpretability in the Wild", 2022, section 3).
 *
 * @param from `[1, height, width, channels]`: whose values are taken
 * @param into `[1, height, width, channels]`: whose run they are put into
 * @returns `[block, token]`, `[block, head]` or `[block]`: 0 where nothing changes, 1 where the answer is that to `from`; for
 * logits an axis more, `class`
 * @throws VitlabError when the images don't fit the model or have the same class, or their answers don't differ.
 *
 * @example
 * ```ts
 * import { datasetToTensor, loadModel, needle, patchActivations } from "vitlab";
 *
 * // From an image of marks turned the same way into one of marks turned differently: which place carries the answer?
 * const { model } = await loadModel("vit-needle");
 * const images = needle({ count: 2, split: "test" });
 * const [from, into] = [0, 1].map((index) => datasetToTensor(images, { indices: [index] }));
 * const recovered = patchActivations(model, from, into, { at: "output", blocks: [2] });
 * console.log(recovered.axes.map(({ name }) => name), recovered.shape); // [ 'block', 'token' ] [ 1, 65 ]
 * // The class token after the last block is all that the head reads.
 * console.log(recovered.at(0, 0).toFixed(2)); // 1.00
 * ```
 */
export function patchActivations(
  model: ViT,
  from: Tensor4D,
  into: Tensor4D,
  options: PatchActivationsOptions,
): Explanation {
  checkLook("patchActivations", model, from);
  checkLook("patchActivations", model, into);
  checkOptions("patchActivations", options, { at: true, each: true, classes: true, of: true, blocks: true });
  checkPair(from, into);
  const at = checkWord("at", options.at, VALUES);
  const each = checkedEach(at, options.each ?? (at === "heads" ? "head" : "token"));
  const of = checkWord("of", options.of ?? "recovered", ["recovered", "logits"]);
  const blocks = chosenBlocks(model, options.blocks);
  const names = blocks.map((block) => `blocks.${block}.${at === "heads" ? "attention.heads" : at}`);
  const source = look(model, from, names);
  const inner = innerAxis(model, into, each, blocks);
  const places: Place[] = inner ? Array.from({ length: inner.length }, (_, i) => i) : ["all"];
  const replacements = names.map((name, i) => ({ name, by: source.values[i] as Numbers }));
  const { before, after, drops } = replacedLogits(model, into, replacements, places);
  const axes: Axis[] = [blockAxis(blocks, options.blocks), ...(inner ? [inner.axis] : [])];
  const shape = [blocks.length, ...(inner ? [inner.length] : [])];
  const patching = `activation patching of ${at}, ${each === "all" ? "whole" : `${each} by ${each}`}`;
  if (of === "logits") {
    axes.push({ name: "class" });
    shape.push(model.config.classes);
    return new Explanation({ method: `logits after ${patching}`, unit: "logit", axes, shape, data: after.data });
  }
  const [there, here] = checkedClasses(model, [source.logits, before], options.classes);
  const whole = moved(source.logits.data, there, here) - moved(before.data, there, here);
  if (Math.abs(whole) < SMALLEST_DIFFERENCE * Math.max(...before.data.map(Math.abs)))
    throw new VitlabError(
      `both images have the same logit of class ${there} minus that of class ${here}, so that there is nothing to recover: give two images that the model tells apart`,
    );
  const { classes } = model.config;
  const data = Float32Array.from(
    { length: drops.data.length / classes },
    (_, i) => -moved(rowOf(drops.data, i, classes), there, here) / whole,
  );
  const notes = [`From class ${there} into class ${here}; 0 changes nothing, 1 answers as to the first image.`];
  return new Explanation({
    method: patching,
    unit: "share recovered",
    axes,
    shape,
    data: data.map((value) => value + 0), // -0 is 0
    notes: [...notes, ...zerosNote(data)],
  });
}

/** The logit of one class minus that of another. */
function moved(logits: Float32Array, there: number, here: number): number {
  return (logits[there] as number) - (logits[here] as number);
}

function checkPair(from: Tensor4D, into: Tensor4D): void {
  for (const { shape } of [from, into])
    if (shape[0] !== 1)
      throw new VitlabError(
        `patchActivations got ${shape[0]} images at once: give one to take from and one to put into, each [1, height, width, channels]`,
      );
}

function checkedEach(at: PatchedValue, each: "token" | "head" | "all"): "token" | "head" | "all" {
  return checkWord(`each of ${at}`, each, at === "heads" ? ["head", "all"] : ["token", "all"]);
}

function innerAxis(model: ViT, image: Tensor4D, each: "token" | "head" | "all", blocks: readonly number[]) {
  if (each === "all") return undefined;
  if (each === "head") return { axis: { name: "head" }, length: commonHeads(model, blocks) };
  const labels = tokenLabels(model, tokenGrid(model, image));
  return { axis: { name: "token", labels }, length: labels.length };
}

/** @throws VitlabError when there is no such class, or both are the same. */
function checkedClasses(
  model: ViT,
  logits: readonly [Numbers, Numbers],
  asked: readonly [number, number] | undefined,
): [there: number, here: number] {
  if (asked !== undefined && !(Array.isArray(asked) && asked.length === 2))
    throw new VitlabError(`classes is ${show(asked)}: give two, that of the first image and that of the second`);
  const [there, here] = logits.map((each, i) => classesOf(model, each, asked?.[i])[0] as number) as [number, number];
  if (there === here)
    throw new VitlabError(
      `both images are of class ${there}, so that there is nothing to recover: give images of two classes, or name two in classes`,
    );
  return [there, here];
}
