import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { answerFunction } from "../../vit/problem-type";
import { answersBy, checkAnswer } from "../answers";
import { checkWord } from "../choices";
import { Explanation } from "../explanation";
import { checkLook, lookAt, tokenGrid } from "../look";
import { tokenLabels } from "../patch-map";
import { readOut } from "../read-out";
import { rowOf } from "../row-of";

/** What is read. */
export interface LogitLensOptions {
  /** Which states: before the first block and after each, those between attention and MLP, or all in their order. Default "blocks". */
  states?: "blocks" | "between" | "all";
  /** Logits, or the probabilities that the model makes of them, as `predict` does. Default "logits". */
  of?: "logits" | "probabilities";
}

/**
 * The logit lens: the model's last normalization and head on every token of the residual stream, at every depth: what would
 * the answer be if the model stopped here (nostalgebraist, "interpreting GPT: the logit lens", 2020)?
 *
 * Post-norm blocks have no last normalization: the head reads what each block puts out, and between attention and MLP what
 * the first normalization does. The last state's class token has the model's own logits where the head reads it.
 *
 * @returns `[image, state, token, class]`
 * @throws VitlabError when the images don't fit the model, or it answers with numbers that are no probabilities.
 *
 * @example
 * ```ts
 * import { datasetToTensor, loadModel, logitLens, shapes } from "vitlab";
 *
 * // What the class would be if the model ended after each block; at the end it is the answer.
 * const { model } = await loadModel("vit-shapes");
 * const images = datasetToTensor(shapes({ count: 1, split: "test" }));
 * const lens = logitLens(model, images, { of: "logits" });
 * console.log(lens.axes.map(({ name }) => name), lens.shape);
 * // [ 'image', 'state', 'token', 'class' ] [ 1, 5, 65, 10 ]
 * ```
 */
export function logitLens(model: ViT, images: Tensor4D, options: LogitLensOptions = {}): Explanation {
  checkLook("logitLens", model, images);
  checkOptions("logitLens", options, { states: true, of: true });
  const which = checkWord("states", options.states ?? "blocks", ["blocks", "between", "all"]);
  const of = checkWord("of", options.of ?? "logits", ["logits", "probabilities"]);
  if (of === "probabilities") checkAnswer(model, "probability");
  const states = statesOf(model, which);
  const values = lookAt(
    model,
    images,
    states.map(({ name }) => name),
  );
  const tokens = tokenLabels(model, tokenGrid(model, images));
  const [batch, { classes }] = [images.shape[0], model.config];
  const size = tokens.length * classes;
  const data = new Float32Array(batch * states.length * size);
  values.forEach((value, state) => {
    const read = answersBy(model, readOut(model, value), of === "logits" ? "logit" : "probability");
    for (let image = 0; image < batch; image++)
      data.set(rowOf(read, image, size), (image * states.length + state) * size);
  });
  return new Explanation({
    method: "logit lens",
    unit: of === "logits" ? "logit" : "probability",
    axes: [
      { name: "image" },
      { name: "state", labels: states.map(({ label }) => label) },
      { name: "token", labels: tokens },
      { name: "class" },
    ],
    shape: [batch, states.length, tokens.length, classes],
    data,
    uniform: of === "probabilities" && answerFunction(model.config) === "softmax" ? 1 / classes : undefined,
  });
}

interface NamedState {
  name: string;
  label: string;
}

function statesOf({ blocks, config }: ViT, which: "blocks" | "between" | "all"): NamedState[] {
  const between = (i: number) => ({
    name: `blocks.${i}.${config.norm === "post" ? "norm1.output" : "middle"}`,
    label: `block ${i}, between`,
  });
  const after = (i: number) => ({ name: `blocks.${i}.output`, label: `block ${i}` });
  const all = blocks.flatMap((_, i) => [
    ...(which === "blocks" ? [] : [between(i)]),
    ...(which === "between" ? [] : [after(i)]),
  ]);
  return which === "between" ? all : [{ name: "embeddings", label: "embeddings" }, ...all];
}
