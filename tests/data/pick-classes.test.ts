import { describe, expect, it } from "vitest";
import { imageDataset } from "../../src/data/dataset";
import { pickClasses } from "../../src/data/pick-classes";

const dataset = imageDataset({
  name: "greys",
  split: "train",
  height: 1,
  width: 1,
  channels: 1,
  classNames: ["cat", "deer", "dog"],
  images: Uint8Array.of(10, 20, 30, 40, 50),
  labels: Int32Array.of(2, 0, 1, 0, 2),
  files: ["a", "b", "c", "d", "e"],
});

describe("pickClasses", () => {
  it("keeps the images of the classes named, labelled in the order of the names", () => {
    const picked = pickClasses(dataset, ["dog", "cat"]);
    expect(picked).toMatchObject({ length: 4, classNames: ["dog", "cat"], files: ["a", "b", "d", "e"] });
    expect([...picked.images]).toEqual([10, 20, 40, 50]);
    expect([...picked.labels]).toEqual([0, 1, 1, 0]);
    expect(dataset.length).toBe(5);
  });

  it("is the data set itself for all of its classes", () => {
    expect(pickClasses(dataset, dataset.classNames)).toBe(dataset);
  });

  it.each<[string, string[]]>([
    ["greys train has no class wolf: its classes are cat, deer, dog", ["cat", "wolf"]],
    ["class cat comes twice: name each class once", ["cat", "cat"]],
    ["a classifier needs two classes at least, and 1 of greys train was chosen", ["cat"]],
  ])("says what is wrong: %s", (message, names) => {
    expect(() => pickClasses(dataset, names)).toThrow(message);
  });
});
