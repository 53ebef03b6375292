import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { imageDataset } from "../../src/data/dataset";
import { pickClasses } from "../../src/data/pick-classes";

const dataset = imageDataset({
  name: "grays",
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
  it("keeps the images of the classes named, labeled in the order of the names", () => {
    const picked = pickClasses(dataset, ["dog", "cat"]);
    expect(picked).toMatchObject({ length: 4, classNames: ["dog", "cat"], files: ["a", "b", "d", "e"] });
    expect([...picked.images]).toEqual([10, 20, 40, 50]);
    expect([...picked.labels]).toEqual([0, 1, 1, 0]);
    expect(dataset.length).toBe(5);
  });

  it("prints as what it is by now", () => {
    expect(inspect(pickClasses(dataset, ["dog", "cat"]))).toBe("grays train: 4 images 1x1x1, 2 classes (dog, cat)");
  });

  it("finds two of 10,000 classes", () => {
    const classNames = Array.from({ length: 10_000 }, (_, i) => String(i));
    const many = { ...dataset, classNames };
    expect([...pickClasses(many, ["2", "0"]).labels]).toEqual([0, 1, 1, 0]);
    expect(() => pickClasses(many, ["x", "0"])).toThrow(/ has no class x: its classes are 0, 1, .* and 9,980 more$/);
  });

  it("is the data set itself for all of its classes", () => {
    expect(pickClasses(dataset, dataset.classNames)).toBe(dataset);
  });

  it.each<[string, string[]]>([
    ["grays train has no class wolf: its classes are cat, deer, dog", ["cat", "wolf"]],
    ["class cat comes twice: name each class once", ["cat", "cat"]],
    ["a classifier needs two classes at least, and 1 of grays train was chosen", ["cat"]],
  ])("says what is wrong: %s", (message, names) => {
    expect(() => pickClasses(dataset, names)).toThrow(message);
  });

  it("refuses a name that two classes share", () => {
    const cranes = { ...dataset, classNames: ["crane", "crane", "dog"] };
    expect(() => pickClasses(cranes, ["crane", "dog"])).toThrow("two classes of grays train are called crane");
    expect(pickClasses(cranes, ["crane", "crane", "dog"])).toBe(cranes);
  });
});
