import { VitlabError } from "../base/error";
import { type ImageDataset, takeImages } from "./dataset";
import { fewNames, repeatedName, sameNames } from "./name-lists";

/**
 * The images of some classes alone, labeled anew in the order of the names: `pickClasses(dataset, ["cat", "dog"])`.
 *
 * @throws VitlabError when a name is none of the data set's classes, or of two, or comes twice, or there are fewer than two.
 *
 * @example
 * ```ts
 * import { pickClasses, shapes } from "vitlab";
 *
 * const pets = pickClasses(shapes({ count: 100 }), ["dog", "cat"]);
 * console.log(pets.length, pets.classNames); // 20 [ 'dog', 'cat' ]
 * ```
 */
export function pickClasses<D extends ImageDataset>(dataset: D, names: readonly string[]): D {
  const what = `${dataset.name} ${dataset.split}`;
  const places = new Map(dataset.classNames.map((name, label) => [name, label]));
  const unknown = names.find((name) => !places.has(name));
  if (unknown !== undefined)
    throw new VitlabError(`${what} has no class ${unknown}: its classes are ${fewNames(dataset.classNames)}`);
  if (names.length < 2)
    throw new VitlabError(`a classifier needs two classes at least, and ${names.length} of ${what} was chosen`);
  if (sameNames(names, dataset.classNames)) return dataset;
  const twice = repeatedName(names);
  if (twice !== undefined) throw new VitlabError(`class ${twice} comes twice: name each class once`);
  const asked = new Set(names);
  const shared = repeatedName(dataset.classNames.filter((name) => asked.has(name)));
  if (shared !== undefined)
    throw new VitlabError(
      `two classes of ${what} are called ${shared}: give them names of their own to choose one of them`,
    );
  const newLabel = new Map(names.map((name, label) => [places.get(name) as number, label]));
  const indices = Array.from(dataset.labels.keys()).filter((i) => newLabel.has(dataset.labels[i] as number));
  const taken = takeImages(dataset, indices);
  return Object.assign(taken, {
    classNames: [...names],
    labels: taken.labels.map((label) => newLabel.get(label) as number),
  });
}
