import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { type ImageDataset, imageDataset } from "../../src/data/dataset";
import { matchClasses } from "../../src/data/match-classes";

function named(classNames: readonly string[], labels: readonly number[]): ImageDataset {
  const fields = { name: "pets", split: "test", height: 1, width: 1, channels: 1, classNames };
  return imageDataset({ ...fields, images: new Uint8Array(labels.length), labels: Int32Array.from(labels) });
}

describe("matchClasses", () => {
  it("gives images the model's numbers of their classes, by name", () => {
    const matched = matchClasses(named(["cat", "wolf"], [0, 1, 1]), ["wolf", "dog", "cat"]);
    expect([...matched.labels]).toEqual([2, 0, 0]);
    expect(matched.classNames).toEqual(["wolf", "dog", "cat"]);
  });

  it("doesn't confuse names that JavaScript knows, or that are whole numbers, with anything else", () => {
    const labels = ["10", "2", "__proto__", "constructor", "0"];
    expect([...matchClasses(named(["0", "10", "2", "constructor"], [0, 1, 2, 3]), labels).labels]).toEqual([
      4, 0, 1, 3,
    ]);
    expect([...matchClasses(named(["__proto__", "10"], [0, 1]), labels).labels]).toEqual([2, 0]);
    expect(() => matchClasses(named(["toString", "10"], [0, 1]), labels)).toThrow("has images of toString");
  });

  it("takes an accent for the same whether it is a character of its own or not", () => {
    expect([...matchClasses(named(["cafe\u0301", "tea"], [0, 1]), ["tea", "caf\u00e9"]).labels]).toEqual([1, 0]);
  });

  it("is the data set itself where the classes are the model's, two of one name among them", () => {
    const cranes = named(["crane", "crane"], [0, 1]);
    expect(matchClasses(cranes, ["crane", "crane"])).toBe(cranes);
  });

  it("passes over a class that has no images", () => {
    expect([...matchClasses(named(["cat", "zebra"], [0, 0]), ["dog", "cat"]).labels]).toEqual([1, 1]);
  });

  it.each<[string, ImageDataset, string[]]>([
    [
      "pets test has images of zebra, and the model has no such class (its classes are cat, dog): leave them out with",
      named(["cat", "zebra"], [0, 1]),
      ["cat", "dog"],
    ],
    ["two classes of the model are called crane", named(["crane", "dog"], [0, 1]), ["crane", "dog", "crane"]],
    ["two classes of pets test are called cat", named(["cat", "cat", "dog"], [0, 1, 2]), ["cat", "dog", "cow"]],
  ])("says what is wrong: %s", (message, dataset, labels) => {
    expect(() => matchClasses(dataset, labels)).toThrow(VitlabError);
    expect(() => matchClasses(dataset, labels)).toThrow(message);
  });
});
