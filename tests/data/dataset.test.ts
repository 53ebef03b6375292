import util from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { imageAt, imageDataset, splitDataset, subset, takeImages } from "../../src/data/dataset";
import { useEngine } from "../../src/tensor/node/engine";
import { countingDataset } from "./helpers";

beforeAll(() => useEngine("cpu", { quiet: true }));

describe("imageDataset", () => {
  const fields = {
    name: "two",
    split: "train",
    height: 1,
    width: 2,
    channels: 3,
    classNames: ["a", "b"],
    images: new Uint8Array(12),
    labels: Int32Array.of(0, 1),
  };

  it("counts its images", () => {
    expect(imageDataset(fields).length).toBe(2);
  });

  it("prints as one line", () => {
    expect(util.inspect(imageDataset(fields))).toBe("two train: 2 images 1x2x3, 2 classes (a, b)");
  });

  it("names the classes that it has no images of", () => {
    expect(util.inspect(takeImages(imageDataset(fields), [1]))).toBe(
      "two train: 1 image 1x2x3, 2 classes (a, b); no images of a",
    );
  });

  it("refuses bytes, labels and landmarks that don't fit", () => {
    expect(() => imageDataset({ ...fields, images: new Uint8Array(11) })).toThrow(
      new VitlabError("data set two has 11 bytes: 2 images of 1x2x3 are 12"),
    );
    expect(() => imageDataset({ ...fields, labels: Int32Array.of(0, 2) })).toThrow(
      new VitlabError("image 1 of data set two has label 2: with 2 classes labels go from 0 to 1"),
    );
    expect(() => imageDataset({ ...fields, landmarks: [{}] })).toThrow(
      "data set two has 1 landmarks for 2 images: give one an image",
    );
  });
});

describe("takeImages", () => {
  it("takes images and labels in the order asked for, landmarks and files too", () => {
    const dataset = {
      ...countingDataset(4),
      landmarks: [0, 1, 2, 3].map((x) => ({ eye: [{ x, y: 0 }] })),
      files: ["a", "b", "c", "d"],
    };
    const taken = takeImages(dataset, [3, 0]);
    expect(Array.from(taken.images)).toEqual([12, 13, 14, 15, 0, 1, 2, 3]);
    expect(Array.from(taken.labels)).toEqual([1, 0]);
    expect(taken.length).toBe(2);
    expect(taken.landmarks).toEqual([{ eye: [{ x: 3, y: 0 }] }, { eye: [{ x: 0, y: 0 }] }]);
    expect(taken.files).toEqual(["d", "a"]);
  });

  it.each([-1, 4, 1.5, Number.NaN])("names the index %d that isn't there", (index) => {
    expect(() => takeImages(countingDataset(4), [0, index])).toThrow(
      new VitlabError(`there is no image ${index} in counting train: its 4 images are numbered 0 to 3`),
    );
  });
});

describe("subset", () => {
  it("keeps the shares of the classes, and is drawn by its seed", () => {
    const dataset = countingDataset(60, 3);
    const drawn = subset(dataset, 30, { seed: 1 });
    expect(classCounts(drawn.labels)).toEqual([10, 10, 10]);
    expect(subset(dataset, 30, { seed: 1 }).images).toEqual(drawn.images);
    expect(subset(dataset, 30, { seed: 2 }).images).not.toEqual(drawn.images);
  });

  it("says how many there are", () => {
    expect(() => subset(countingDataset(4), 5)).toThrow(
      new VitlabError("a subset of 5 images can't be taken of counting train: give a whole number from 1 to 4"),
    );
  });
});

describe("splitDataset", () => {
  it("divides into two that share no image and leave none out", () => {
    const { train, validation } = splitDataset(countingDataset(50, 5), { validation: 10, seed: 3 });
    const firstBytes = [train, validation].flatMap(({ images, length }) =>
      Array.from({ length }, (_, i) => images[i * 4] as number),
    );
    expect(firstBytes.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i * 4));
    expect([train.split, train.length, validation.split, validation.length]).toEqual(["train", 40, "validation", 10]);
  });

  it("holds out every class equally often", () => {
    const { validation } = splitDataset(countingDataset(50, 5), { validation: 10 });
    expect(classCounts(validation.labels)).toEqual([2, 2, 2, 2, 2]);
  });

  it("takes a part below 1", () => {
    expect(splitDataset(countingDataset(50), { validation: 0.2 }).validation.length).toBe(10);
  });

  it.each([0, 50, 2.5, -1, Number.NaN])("refuses to hold out %d of 50", (validation) => {
    expect(() => splitDataset(countingDataset(50), { validation })).toThrow(
      `validation is ${validation}: of the 50 images of counting train hold out a whole number from 1 to 49`,
    );
  });
});

describe("imageAt", () => {
  it("is an image with its label", () => {
    expect(imageAt(countingDataset(2), 1)).toEqual({
      width: 2,
      height: 2,
      channels: 1,
      pixels: Uint8Array.of(4, 5, 6, 7),
      label: 1,
      className: "class 1",
    });
  });

  it("names an index that isn't there", () => {
    expect(() => imageAt(countingDataset(2), 2)).toThrow("there is no image 2 in counting train");
  });
});

function classCounts(labels: Int32Array): number[] {
  const counts: number[] = [];
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}
