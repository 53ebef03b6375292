import { VitlabError } from "../tensor/error";
import { type ImageDataset, takeImages } from "./dataset";

/**
 * The images of some classes alone, labelled anew in the order of the names: `pickClasses(dataset, ["cat", "dog"])`.
 *
 * @throws VitlabError when a name is none of the data set's classes or comes twice, or there are fewer than two.
 */
export function pickClasses<D extends ImageDataset>(dataset: D, names: readonly string[]): D {
  const what = `${dataset.name} ${dataset.split}`;
  const unknown = names.find((name) => !dataset.classNames.includes(name));
  if (unknown !== undefined)
    throw new VitlabError(`${what} has no class ${unknown}: its classes are ${dataset.classNames.join(", ")}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new VitlabError(`class ${twice} comes twice: name each class once`);
  if (names.length < 2)
    throw new VitlabError(`a classifier needs two classes at least, and ${names.length} of ${what} was chosen`);
  if (names.join("\n") === dataset.classNames.join("\n")) return dataset;
  const newLabel = new Map(names.map((name, label) => [dataset.classNames.indexOf(name), label]));
  const indices = Array.from(dataset.labels.keys()).filter((i) => newLabel.has(dataset.labels[i] as number));
  const taken = takeImages(dataset, indices);
  return Object.assign(taken, {
    classNames: [...names],
    labels: taken.labels.map((label) => newLabel.get(label) as number),
  });
}
