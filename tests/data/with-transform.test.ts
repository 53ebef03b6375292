import util from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { makeBatch } from "../../src/data/batches";
import type { ByteImage } from "../../src/data/byte-image";
import { imageAt, splitDataset, subset, takeImages } from "../../src/data/dataset";
import { pickClasses } from "../../src/data/pick-classes";
import { datasetToTensor } from "../../src/data/to-tensor";
import { withTransform } from "../../src/data/with-transform";
import { useEngine } from "../../src/tensor/node/engine";
import { countingDataset } from "./helpers";

beforeAll(() => useEngine("cpu", { quiet: true }));

/** Doubles both sides, each pixel four times. */
function double({ height, width, channels, pixels }: ByteImage): ByteImage {
  const made = new Uint8Array(4 * pixels.length);
  for (let row = 0; row < 2 * height; row++)
    for (let column = 0; column < 2 * width; column++)
      for (let channel = 0; channel < channels; channel++)
        made[(row * 2 * width + column) * channels + channel] = pixels[
          ((row >> 1) * width + (column >> 1)) * channels + channel
        ] as number;
  return { height: 2 * height, width: 2 * width, channels, pixels: made };
}

describe("withTransform", () => {
  const dataset = countingDataset(10, 3);
  const doubled = withTransform(dataset, double);

  it("changes each image when it is read, and keeps the images as they came", () => {
    expect(doubled).toMatchObject({ height: 4, width: 4, channels: 1, length: 10, labels: dataset.labels });
    expect(doubled.images).toBe(dataset.images);
    expect([...imageAt(doubled, 1).pixels]).toEqual([4, 4, 5, 5, 4, 4, 5, 5, 6, 6, 7, 7, 6, 6, 7, 7]);
    expect(util.inspect(doubled)).toBe("counting train: 10 images 4x4x1, 3 classes (class 0, class 1, class 2)");
  });

  it("holds in batches and tensors, of some images and of all", () => {
    const some = datasetToTensor(doubled, { indices: [9, 2] });
    const all = datasetToTensor(doubled);
    const batch = makeBatch(doubled, 1, { batchSize: 4, shuffle: false });
    expect([some.shape, all.shape, batch.images.shape]).toEqual([
      [2, 4, 4, 1],
      [10, 4, 4, 1],
      [4, 4, 4, 1],
    ]);
    expect([...some.dataSync()]).toEqual([9, 2].flatMap((i) => [...all.dataSync()].slice(16 * i, 16 * (i + 1))));
    expect([...batch.images.dataSync()]).toEqual([...all.dataSync()].slice(64, 128));
    for (const tensor of [some, all, batch.images, batch.labels]) tensor.dispose();
  });

  it("holds in parts of the data set: taken, drawn, divided, of some classes", () => {
    const first = (part: typeof doubled) => [...imageAt(part, 0).pixels].slice(0, 3);
    expect(first(takeImages(doubled, [2]))).toEqual([8, 8, 9]);
    expect(first(pickClasses(doubled, ["class 1", "class 2"]))).toEqual([4, 4, 5]);
    for (const part of [subset(doubled, 6), splitDataset(doubled, { validation: 3 }).validation]) {
      expect(part).toMatchObject({ height: 4, width: 4 });
      expect(imageAt(part, 0).pixels.length).toBe(16);
      expect(part.images.length).toBe(4 * part.length);
    }
  });

  it("can be changed again", () => {
    const twice = withTransform(doubled, double);
    expect([twice.height, twice.width]).toEqual([8, 8]);
    expect(imageAt(twice, 1)).toMatchObject(double(imageAt(doubled, 1)));
  });

  it("leaves landmarks out, which belong to the images as they came", () => {
    const landmarks = Array.from({ length: 10 }, (_, x) => ({ eye: [{ x, y: 0 }] }));
    expect(withTransform({ ...dataset, landmarks }, double).landmarks).toBeUndefined();
  });

  it("refuses a transform that gives no image, or only promises one", () => {
    const sentence = "it must give an image { height, width, channels, pixels } at once, as processor.fit does";
    for (const [given, what] of [
      [Promise.resolve(imageAt(dataset, 0)), "a promise"],
      [undefined, "undefined"],
      [{ ...imageAt(dataset, 0), height: 3 }, "an object"],
    ] as const)
      expect(() => withTransform(dataset, () => given as unknown as ByteImage)).toThrow(
        `the transform of a data set gave ${what}: ${sentence}`,
      );
  });

  it("refuses a later image whose bytes don't fill its size", () => {
    const short = withTransform(dataset, (image) =>
      image.pixels[0] === 8 ? { ...image, pixels: image.pixels.slice(1) } : image,
    );
    expect(() => datasetToTensor(short)).toThrow("the transform of a data set gave an object: it must give an image");
  });

  it("refuses images of different sizes, and an empty data set", () => {
    const uneven = withTransform(dataset, (image) => (image.pixels[0] === 8 ? double(image) : image));
    expect(() => datasetToTensor(uneven)).toThrow(
      "the transform of counting train made 4x4x1 of image 2, and 2x2x1 of the first: make all one size",
    );
    expect(() => withTransform(countingDataset(0), double)).toThrow("there is nothing to transform");
  });
});
