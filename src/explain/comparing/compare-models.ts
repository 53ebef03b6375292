import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { ViT } from "../../vit/model";
import { Explanation } from "../explanation";
import { stacked } from "./stacked";

/**
 * The same question to several models: an explanation with the models as its first axis, as in
 * `compareModels({ before, after }, (model) => attentionMap(model, images))`.
 *
 * @param models by the names that they are called
 * @param probe what is asked
 * @returns `[model, …]`, the axes of the probe's explanations behind
 * @throws VitlabError when there are fewer than two models, or the probe's explanations don't have the same axes.
 *
 * @example
 * ```ts
 * import { attentionMap, compareModels, datasetToTensor, loadModel, shapes, ViT } from "vitlab";
 *
 * const { model: trained } = await loadModel("vit-shapes");
 * const untrained = new ViT(trained.config);
 * const images = datasetToTensor(shapes({ count: 1 }));
 * const maps = compareModels({ untrained, trained }, (model) => attentionMap(model, images));
 * console.log(maps.axes[0], maps.shape); // { name: 'model', labels: [ 'untrained', 'trained' ] } [ 2, 1, 8, 8 ]
 * ```
 */
export function compareModels(models: Readonly<Record<string, ViT>>, probe: (model: ViT) => Explanation): Explanation {
  const given = Object.entries(models ?? {});
  const wrong = given.find(([, model]) => !(model instanceof ViT));
  if (wrong) throw new VitlabError(`compareModels got ${show(wrong[1])} for its model ${wrong[0]}: give a ViT`);
  if (given.length < 2)
    throw new VitlabError(
      `compareModels got ${given.length === 1 ? "one model" : "no model"}: give at least two by name, as in { before, after }`,
    );
  if (typeof probe !== "function")
    throw new VitlabError(
      `compareModels got ${show(probe)} for what it asks: give a function, (model) => attentionMap(model, images)`,
    );
  const found = given.map(([name, model]) => {
    const explanation = probe(model);
    if (explanation instanceof Explanation) return explanation;
    throw new VitlabError(`of ${name} the question gave ${show(explanation)}: it must return an explanation`);
  });
  return stacked(found, { name: "model", labels: given.map(([name]) => name) });
}
