import { VitlabError } from "../base/error";
import { emptyClasses } from "./class-counts";
import { type ImageDataset, withDescription } from "./dataset";
import { fewNames, repeatedName, sameNames } from "./name-lists";

/**
 * The images labeled by the numbers that a model gives their classes, found by name; the classes are then the model's.
 *
 * @param labels the model's class names, in its order
 * @throws VitlabError when a class that has images is none of the model's, or a name stands for several classes.
 */
export function matchClasses<D extends ImageDataset>(dataset: D, labels: readonly string[]): D {
  const { classNames } = dataset;
  if (sameNames(classNames, labels)) return dataset;
  const what = `${dataset.name} ${dataset.split}`;
  const empty = new Set(emptyClasses(dataset));
  const used = classNames.filter((name) => !empty.has(name));
  // Some programs write é as one character, others as two.
  const keys = new Map(labels.map((name, label) => [name.normalize("NFC"), label]));
  const unknown = used.filter((name) => !keys.has(name.normalize("NFC")));
  if (unknown.length > 0)
    throw new VitlabError(
      `${what} has images of ${fewNames(unknown)}, and the model has no such class (its classes are ${fewNames(labels)}): ` +
        "leave them out with pickClasses, or with --classes on the command line",
    );
  const known = new Set(used.map((name) => name.normalize("NFC")));
  for (const names of [classNames, labels]) {
    const twice = repeatedName(names.map((name) => name.normalize("NFC")).filter((name) => known.has(name)));
    if (twice !== undefined)
      throw new VitlabError(
        `two classes ${names === labels ? "of the model" : `of ${what}`} are called ${twice}, so images can't be matched by that name: ` +
          "give the images of all the model's classes, in its order",
      );
  }
  const newLabel = classNames.map((name) => keys.get(name.normalize("NFC")) ?? -1);
  return withDescription({
    ...dataset,
    classNames: [...labels],
    labels: dataset.labels.map((label) => newLabel[label] as number),
  });
}
