import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import type { ViT } from "../../vit/model";
import { checkWord } from "../choices";
import { type Axis, Explanation } from "../explanation";
import { commonHeads } from "../heads";
import { checkLook, classesOf, type Numbers, tokenCount, tokenGrid } from "../look";
import { tokenLabels } from "../patch-map";
import { type BlockChoice, blockAxis, chosenBlocks } from "./block-choice";
import { classesInWords } from "./classes-in-words";
import { type Place, replacedLogits, type ValueOf } from "./replaced-logits";
import { STAND_INS, type StandInKind, standIns } from "./stand-in";
import { zerosNote } from "./zeros-note";

/** What is knocked out. */
export type Ablated = "heads" | "attention" | "mlp" | "blocks" | "positions";

/** What is knocked out, and what takes its place. */
export interface AblateOptions extends BlockChoice {
  /**
   * "heads": what each head weighs together, of all tokens; "attention", "mlp": their output, bias included; "blocks": all that a
   * block adds to its input; "positions": the value of each token at a block's input.
   */
  what: Ablated;
  /**
   * "zero"; "mean": one vector, the mean over images and tokens; "meanPerToken": the mean over images at the same token;
   * "resample": the value of another image, never of the same.
   */
  with: StandInKind;
  /** The images that means and samples come from, as the model takes them. Default: those that are explained. */
  reference?: Tensor4D;
  /** Chooses the images of "resample". Default 0. */
  seed?: number;
  /** The class, or one for each image. Default: the one with the largest logit. */
  class?: number | readonly number[];
  /** By how much the class's logit drops, or the logits of all classes after the knock-out. Default "drop". */
  of?: "drop" | "logits";
}

/** How the parts of a block are called in a run, and which axis of theirs counts tokens. */
const PARTS: Record<Ablated, { value: (block: string) => ValueOf; tokenAxis: number; words: string }> = {
  heads: { value: (block) => ({ name: `${block}.attention.heads` }), tokenAxis: 2, words: "each head" },
  attention: { value: (block) => ({ name: `${block}.attention.output` }), tokenAxis: 1, words: "attention" },
  mlp: { value: (block) => ({ name: `${block}.mlp.output` }), tokenAxis: 1, words: "the MLP" },
  blocks: {
    value: (block) => ({ name: `${block}.output`, addedTo: `${block}.input` }),
    tokenAxis: 1,
    words: "each block",
  },
  positions: { value: (block) => ({ name: `${block}.input` }), tokenAxis: 1, words: "each token of a block's input" },
};

const WITH: Record<StandInKind, { brief: string; note: string[] }> = {
  zero: { brief: "zero", note: [] },
  mean: { brief: "mean", note: ["Instead comes the mean over images and tokens."] },
  meanPerToken: { brief: "mean of each token", note: ["Instead comes the mean over images at the same token."] },
  resample: { brief: "resampled", note: ["Instead comes the value of another image."] },
};

/**
 * Knocks out one part of the model after another and measures what the class loses: its logit before minus its logit after
 * (Michel, Levy and Neubig, "Are Sixteen Heads Really Better than One?", 2019, section 2.3, for zero; Wang et al.,
 * "Interpretability in the Wild", 2022, section 2.1, for means).
 *
 * @returns `[image, block]`, for heads `[image, block, head]`, for positions `[image, block, token]`: drops of the class's
 * logit, above 0 where the part speaks for the class; for logits an axis more, `class`
 * @throws VitlabError when nothing that is knocked out has an effect, a mean or sample would be the image's own value, or the
 * model has no such block or class.
 *
 * @example
 * ```ts
 * import { ablate, datasetToTensor, loadModel, needle } from "vitlab";
 *
 * // What the class loses without each head.
 * const { model } = await loadModel("vit-needle");
 * const images = datasetToTensor(needle({ count: 2, split: "test" }));
 * const drops = ablate(model, images, { what: "heads", with: "zero" });
 * console.log(drops.axes.map(({ name }) => name), drops.shape); // [ 'image', 'block', 'head' ] [ 2, 3, 4 ]
 * ```
 */
export function ablate(model: ViT, images: Tensor4D, options: AblateOptions): Explanation {
  checkLook("ablate", model, images);
  checkOptions("ablate", options, {
    what: true,
    with: true,
    reference: true,
    seed: true,
    class: true,
    of: true,
    blocks: true,
  });
  const what = checkWord("what", options.what, Object.keys(PARTS) as Ablated[]);
  const kind = checkWord("with", options.with, STAND_INS);
  const of = checkWord("of", options.of ?? "drop", ["drop", "logits"]);
  const { reference, seed = 0 } = options;
  if (reference) checkLook("the reference of ablate", model, reference);
  const blocks = chosenBlocks(model, options.blocks);
  const { value, tokenAxis, words } = PARTS[what];
  const values = blocks.map((block) => value(`blocks.${block}`));
  const given = standIns(model, images, values, tokenAxis, { kind, reference, seed });
  const inner = innerAxis(model, images, what, blocks);
  const places: Place[] = inner ? Array.from({ length: inner.length }, (_, i) => i) : ["all"];
  const replacements = values.map((one, i) => ({ ...one, by: given[i] as Numbers }));
  const { before, after, drops } = replacedLogits(model, images, replacements, places);
  checkEffect(words, drops);
  const shape = [images.shape[0], blocks.length, ...(inner ? [inner.length] : [])];
  const axes: Axis[] = [{ name: "image" }, blockAxis(blocks, options.blocks), ...(inner ? [inner.axis] : [])];
  const { brief, note } = WITH[kind];
  const knockOut = `knock-out of ${words} (${brief})`;
  if (of === "logits") {
    axes.push({ name: "class" });
    shape.push(model.config.classes);
    return new Explanation({
      method: `logits after ${knockOut}`,
      unit: "logit",
      axes,
      shape,
      data: after.data,
      notes: note,
    });
  }
  const asked = classesOf(model, before, options.class);
  const data = ofClasses(drops, asked);
  const notes = [`The logit is that of ${classesInWords(asked)}, before minus after.`, ...note, ...zerosNote(data)];
  return new Explanation({ method: `drop by ${knockOut}`, unit: "logit", axes, shape, data, notes });
}

/** The axis of what is knocked out one by one within a block. */
function innerAxis(
  model: ViT,
  images: Tensor4D,
  what: Ablated,
  blocks: readonly number[],
): { axis: Axis; length: number } | undefined {
  if (what === "heads") return { axis: { name: "head" }, length: commonHeads(model, blocks) };
  if (what !== "positions") return undefined;
  const grid = tokenGrid(model, images);
  return { axis: { name: "token", labels: tokenLabels(model, grid) }, length: tokenCount(grid) };
}

/** @throws VitlabError when no logit of any image differs, wherever something was replaced. */
function checkEffect(words: string, drops: Numbers): void {
  if (drops.data.some((drop) => drop !== 0)) return;
  throw new VitlabError(
    `the knock-out of ${words} changes no logit of any image: nothing reads what was replaced, or it was replaced by itself; choose another part or stand-in`,
  );
}

/** The numbers of each image's class, `[image, …]` of `[image, …, class]`. */
function ofClasses({ shape, data }: Numbers, asked: readonly number[]): Float32Array {
  const classes = shape.at(-1) as number;
  const each = data.length / classes / asked.length;
  return Float32Array.from(
    { length: each * asked.length },
    (_, i) => data[i * classes + (asked[Math.floor(i / each)] as number)] as number,
  );
}
