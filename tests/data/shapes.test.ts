import { beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { cifar10ClassNames } from "../../src/data/class-names";
import { describeDataset, type ImageDataset, subset, takeImages } from "../../src/data/dataset";
import { imageLandmarks, landmarkPatches } from "../../src/data/landmark-patches";
import { shapes } from "../../src/data/shapes";
import { datasetToTensor } from "../../src/data/to-tensor";
import { pixelBaseline } from "../../src/recipes/pixel-baseline";
import { useEngine } from "../../src/tensor/node/engine";
import { countingDataset, md5 } from "./helpers";
import { logisticAccuracy, meanColor, nearestMeanAccuracy, pixelColor } from "./simple-classifiers";

const ANIMALS = ["bird", "cat", "deer", "dog", "frog", "horse"];

describe("shapes", () => {
  it("has CIFAR-10's classes, sizes and kind of bytes", () => {
    const dataset = shapes({ count: 10 });
    expect(dataset.classNames).toEqual([
      "airplane",
      "automobile",
      "bird",
      "cat",
      "deer",
      "dog",
      "frog",
      "horse",
      "ship",
      "truck",
    ]);
    expect([dataset.height, dataset.width, dataset.channels, dataset.images.length]).toEqual([32, 32, 3, 30720]);
    expect([dataset.name, dataset.split]).toEqual(["shapes", "train"]);
  });

  it("has each class once in every ten images, in an order that changes", () => {
    const { labels } = shapes({ count: 50 });
    for (let block = 0; block < 5; block++)
      expect([...labels.slice(block * 10, block * 10 + 10)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(labels.slice(0, 10)).not.toEqual(labels.slice(10, 20));
  });

  it("draws the same bytes on every machine, of version 1 those that it always drew", () => {
    const digests = (dataset: ImageDataset) => [md5(dataset.images), md5(Buffer.from(dataset.labels))];
    expect(digests(shapes({ count: 100, seed: 7, version: 1 }))).toEqual([
      "c58503d11b1fdbe2287983d19dcad2d4",
      "3a4ab51dd8222c402bb57645e7533e13",
    ]);
    expect(digests(shapes({ count: 100, seed: 7 }))).toEqual([
      "999c243b03ae47d4ee122f643c671ee1",
      "a420ca996ded2aad046d539dafa4ffb1",
    ]);
    expect(shapes({ count: 20, version: 2 }).images).toEqual(shapes({ count: 20 }).images);
  });

  it("calls version 1 by a name of its own", () => {
    expect(describeDataset(shapes({ count: 10, version: 1, split: "test" }))).toMatch(/^shapes-v1 test: 10 images/);
  });

  it("starts a longer data set with a shorter one", () => {
    const short = shapes({ count: 13, seed: 2 });
    const long = shapes({ count: 40, seed: 2 });
    expect(long.images.subarray(0, short.images.length)).toEqual(short.images);
    expect(long.labels.subarray(0, 13)).toEqual(short.labels);
  });

  it("never draws an image twice: not in a split, not across splits, not across seeds", () => {
    const hashes = (["train", "validation", "test"] as const).flatMap((split) =>
      [0, 1, 2 ** 40].flatMap((seed) => {
        const { images } = shapes({ split, seed, count: 100 });
        return Array.from({ length: 100 }, (_, i) => md5(images.subarray(i * 3072, (i + 1) * 3072)));
      }),
    );
    expect(new Set(hashes).size).toBe(900);
  });

  it.each([16, 33, 64, 512])("draws images of size %i, all parts inside", (size) => {
    const { images, height, landmarks } = shapes({ count: 10, size });
    expect([height, images.length]).toEqual([size, 10 * size * size * 3]);
    for (const { x, y } of landmarks.flatMap((parts) => Object.values(parts).flat()))
      expect(Math.min(x, y, size - x, size - y)).toBeGreaterThan(0);
  });

  it.each([
    [{ count: 0 }, "shapes can't draw 0 images: count must be a whole number from 1"],
    [{ count: 2.5 }, "shapes can't draw 2.5 images: count must be a whole number from 1"],
    [{ count: 1e308 }, "shapes can't draw 1e+308 images: of size 32 count must be at most 699,050"],
    [{ count: 5e8, size: 512 }, "shapes can't draw 500000000 images: of size 512 count must be at most 2,730"],
    [{ size: 8 }, "shapes can't draw images of size 8: give a whole number of pixels from 16 to 512"],
    [{ seed: 0.5 }, "the seed of shapes is 0.5: give a whole number"],
    [{ version: 3 as 2 }, "shapes has no version 3: give one of 1, 2"],
    [{ version: "toString" as unknown as 2 }, 'shapes has no version "toString": give one of 1, 2'],
    [{ split: "dev" as "test" }, 'shapes has no split "dev": give one of train, validation, test'],
  ])("refuses %j", (options, message) => {
    expect(() => shapes(options)).toThrow(new VitlabError(message));
  });
});

describe("what shapes does not give away", () => {
  const train = shapes({ count: 1500, seed: 3 });
  const test = shapes({ count: 1000, seed: 3, split: "test" });

  beforeAll(async () => {
    await useEngine(undefined, { quiet: true });
  });

  it("the class by mean color: two classifiers stay below 20 %, chance is 10 %", () => {
    expect(nearestMeanAccuracy(train, test, meanColor)).toBeLessThan(0.2);
    expect(logisticAccuracy(train, test, meanColor)).toBeLessThan(0.2);
  });

  it("the class to a linear classifier on pixels: it stays below 60 %, where it knows most of version 1", async () => {
    const accuracy = async (version: 1 | 2) => {
      const part = (split: "train" | "validation" | "test", count: number) => shapes({ split, count, version });
      const data = { train: part("train", 4000), validation: part("validation", 10), test: part("test", 1000) };
      return (await pixelBaseline(data)).testAccuracy;
    };
    expect(await accuracy(2)).toBeLessThan(0.6);
    expect(await accuracy(1)).toBeGreaterThan(0.75);
  });

  it("the class by the color of one pixel: the best of them stays below 25 %", () => {
    const accuracies = Array.from({ length: 1024 }, (_, pixel) => nearestMeanAccuracy(train, test, pixelColor(pixel)));
    expect(Math.max(...accuracies)).toBeLessThan(0.25);
  });
});

describe("landmarks", () => {
  const dataset = shapes({ count: 2000, seed: 1 });

  it("name ear, eye and nose of every animal, wheels, windows and wings of things", () => {
    const parts = cifar10ClassNames.map((className) => {
      const index = dataset.labels.indexOf(cifar10ClassNames.indexOf(className));
      const counts = Object.entries(imageLandmarks(dataset, index)).map(([part, points]) => `${part} ${points.length}`);
      return `${className}: ${counts.sort().join(", ")}`;
    });
    expect(parts).toEqual([
      "airplane: tail 1, window 2, wing 1",
      "automobile: headlight 1, wheel 2, window 2",
      "bird: ear 1, eye 1, nose 1, tail 1, wing 1",
      "cat: ear 2, eye 2, nose 1",
      "deer: antler 2, ear 2, eye 2, nose 1",
      "dog: ear 2, eye 2, nose 1",
      "frog: ear 2, eye 2, nose 1",
      "horse: ear 1, eye 1, nose 1",
      "ship: funnel 1, hull 1, window 3",
      "truck: box 1, headlight 1, wheel 3, window 1",
    ]);
  });

  it("lie inside the image, all of them", () => {
    for (const landmarks of dataset.landmarks)
      for (const { x, y } of Object.values(landmarks).flat()) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThan(32);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThan(32);
      }
  });

  it("are where the part is drawn: the nose of a dog is dark, the rest of its picture is not", () => {
    const dog = dataset.classNames.indexOf("dog");
    const gray = (index: number, x: number, y: number) => {
      const at = index * 3072 + (Math.floor(y) * 32 + Math.floor(x)) * 3;
      return dataset.images.subarray(at, at + 3).reduce((sum, byte) => sum + byte, 0) / 3;
    };
    let noses = 0;
    let pictures = 0;
    dataset.labels.forEach((label, index) => {
      if (label !== dog) return;
      for (const { x, y } of imageLandmarks(dataset, index).nose ?? []) {
        noses += gray(index, x, y) / 200;
        pictures += dataset.images.subarray(index * 3072, (index + 1) * 3072).reduce((a, b) => a + b, 0) / 3072 / 200;
      }
    });
    expect(noses).toBeLessThan(70);
    expect(pictures).toBeGreaterThan(noses + 50);
  });

  it("put an animal's ears above its nose", () => {
    dataset.landmarks.forEach(({ ear, nose }, index) => {
      const className = dataset.classNames[dataset.labels[index] as number] as string;
      if (!ANIMALS.includes(className) || className === "bird" || className === "frog") return;
      const ears = (ear ?? []).map(({ y }) => y);
      expect(ears.reduce((sum, y) => sum + y, 0) / ears.length).toBeLessThan(nose?.[0]?.y ?? Number.NaN);
    });
  });

  it("go along with the images that are taken or drawn", () => {
    expect(takeImages(dataset, [5]).landmarks[0]).toEqual(dataset.landmarks[5]);
    expect(subset(dataset, 100).landmarks.length).toBe(100);
  });
});

describe("landmarkPatches", () => {
  const point = (x: number, y: number) => ({ x, y });
  const dataset = {
    ...shapes({ count: 1 }),
    landmarks: [{ ear: [point(0, 0), point(31.9, 3.9)], eye: [point(4, 4), point(5, 7.5)], nose: [point(16, 16)] }],
  };

  it("numbers patches row by row, sorted, each named once", () => {
    expect(landmarkPatches(dataset, 0, 4)).toEqual({ ear: [0, 7], eye: [9], nose: [36] });
    expect(landmarkPatches(dataset, 0, 8)).toEqual({ ear: [0, 3], eye: [0], nose: [10] });
    expect(landmarkPatches(dataset, 0, 32)).toEqual({ ear: [0], eye: [0], nose: [0] });
  });

  it("takes patches that are not square", () => {
    expect(landmarkPatches(dataset, 0, [16, 8])).toEqual({ ear: [0, 3], eye: [0], nose: [6] });
  });

  it("says which patch sizes divide the image", () => {
    expect(() => landmarkPatches(dataset, 0, 5)).toThrow(
      new VitlabError("image is 32x32: patch size 5 does not divide its height 32; use one of 1, 2, 4, 8, 16, 32"),
    );
  });

  it("says that a data set knows no landmarks, or no such image", () => {
    expect(() => landmarkPatches(countingDataset(2), 0, 1)).toThrow(
      new VitlabError("data set counting knows no landmarks: use shapes or needle, where each part's place is known"),
    );
    expect(() => landmarkPatches(dataset, 1, 4)).toThrow("there is no image 1 in shapes train");
  });
});

it("becomes tensors like any data set", () => {
  const tensor = datasetToTensor(shapes({ count: 3 }), { indices: [0, 2] });
  expect(tensor.shape).toEqual([2, 32, 32, 3]);
  tensor.dispose();
});
