import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { type ImageDataset, imageDataset, takeImages } from "../../src/data/dataset";
import { datasetToTensor } from "../../src/data/to-tensor";
import { tf } from "../../src/tensor/tf";
import { evaluate } from "../../src/train/evaluate";
import type { ViT } from "../../src/vit/model";
import { onEveryEngine } from "../support/engines";
import { colors, microModel } from "./micro";

let model: ViT;
afterEach(() => model?.dispose());
const images = colors(31, { split: "test" });

onEveryEngine("evaluate", () => {
  it("counts what the model says of every image, the odd last batch included", async () => {
    model = microModel();
    const before = tf.memory().numTensors;
    const { loss, accuracy, count, confusion, perClass } = await evaluate(model, images, { batchSize: 8 });
    expect(tf.memory().numTensors).toBe(before);

    const probabilities = tf.tidy(() => model.predict(datasetToTensor(images)).arraySync());
    const predicted = probabilities.map((row) => row.indexOf(Math.max(...row)));
    const labels = [...images.labels];
    const right = labels.filter((label, i) => predicted[i] === label).length;
    expect(count).toBe(31);
    expect(accuracy).toBe(right / 31);
    const logs = probabilities.map((row, i) => -Math.log(row[labels[i] as number] as number));
    expect(loss).toBeCloseTo(logs.reduce((a, b) => a + b) / 31, 5);
    for (const label of [0, 1, 2]) {
      for (const said of [0, 1, 2])
        expect(confusion[label]?.[said]).toBe(labels.filter((l, i) => l === label && predicted[i] === said).length);
      const own = labels.filter((l) => l === label).length;
      expect(perClass[label]).toEqual({
        className: ["red", "green", "blue"][label],
        count: own,
        accuracy: (confusion[label]?.[label] as number) / own,
      });
    }
  });

  it("gives the same whatever the batch size", async () => {
    model = microModel();
    const whole = await evaluate(model, images);
    for (const batchSize of [1, 7, 31, 500]) {
      const parts = await evaluate(model, images, { batchSize });
      expect(parts.loss).toBeCloseTo(whole.loss, 5);
      expect(parts.confusion).toEqual(whole.confusion);
    }
  });
});

describe("evaluate", () => {
  it("runs without dropout: twice the same", async () => {
    model = microModel({ dropout: 0.5 });
    expect(await evaluate(model, images)).toEqual(await evaluate(model, images));
  });

  it("leaves a class without images out of account", async () => {
    model = microModel();
    const fewer: ImageDataset = { ...images, labels: images.labels.map((label) => (label === 2 ? 1 : label)) };
    const { perClass } = await evaluate(model, fewer);
    expect(perClass[2]).toEqual({ className: "blue", count: 0, accuracy: Number.NaN });
  });

  it("names the commonest class of the images, and what guessing it would get", async () => {
    model = microModel();
    const fewer: ImageDataset = { ...images, labels: images.labels.map((label) => (label === 2 ? 1 : label)) };
    expect((await evaluate(model, fewer)).majority).toEqual({ className: "green", accuracy: 20 / 31 });
  });

  it("matches images by the names of their classes where the model's are given", async () => {
    model = microModel();
    const whole = await evaluate(model, images);
    const labels = ["red", "green", "blue"];
    const turned: ImageDataset = {
      ...images,
      classNames: ["blue", "red", "green"],
      labels: images.labels.map((label) => (label + 1) % 3),
    };
    expect(await evaluate(model, turned, { classNames: labels })).toEqual(whole);
    const greens = Array.from(images.labels.keys()).filter((i) => images.labels[i] === 1);
    const some = { ...takeImages(images, greens), classNames: ["green"], labels: new Int32Array(greens.length) };
    const { perClass, count } = await evaluate(model, some, { classNames: labels });
    expect([count, perClass[1]]).toEqual([10, whole.perClass[1]]);
    expect(perClass.map((result) => result.count)).toEqual([0, 10, 0]);
  });

  it("keeps the order of classes whose names are whole numbers", async () => {
    model = microModel();
    const numbered: ImageDataset = { ...images, classNames: ["10", "2", "__proto__"] };
    const { perClass, mostConfused, confusion } = await evaluate(model, numbered);
    expect(perClass.map(({ className }) => className)).toEqual(["10", "2", "__proto__"]);
    const pairs = [0, 1, 2].flatMap((truth) =>
      [0, 1, 2].flatMap((said) => {
        const count = confusion[truth]?.[said] as number;
        const [true_, predicted] = [truth, said].map((label) => numbered.classNames[label]);
        return truth === said || count === 0 ? [] : [{ truth: true_, predicted, count }];
      }),
    );
    expect(mostConfused).toEqual(pairs.sort((a, b) => b.count - a.count));
    expect(mostConfused.length).toBeGreaterThan(0);
  });

  it("reads as a sentence in Node's console", async () => {
    model = microModel();
    const result = await evaluate(model, images);
    const right = Math.round(result.accuracy * 31);
    expect(inspect(result)).toBe(
      `accuracy ${(100 * result.accuracy).toFixed(1)} % (${right} of 31; guessing the commonest class, red, gets 35.5 %), loss ${result.loss.toFixed(3)}`,
    );
    expect(Object.keys(JSON.parse(JSON.stringify(result))).sort()).toEqual(
      ["accuracy", "confusion", "count", "loss", "majority", "mostConfused", "perClass"].sort(),
    );
  });

  it("measures 10,000 classes without a matrix of all their pairs, and says so where it is read", async () => {
    model = microModel({ classes: 10_000 });
    const classNames = Array.from({ length: 10_000 }, (_, i) => String(i));
    const labels = Int32Array.from({ length: 300 }, (_, i) => (i * 31) % 10_000);
    const many = imageDataset({ ...colors(300), classNames, labels });
    const before = process.memoryUsage();
    const result = await evaluate(model, many);
    const after = process.memoryUsage();
    // The matrix would be 100 million numbers.
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(100e6);
    expect(JSON.stringify(result).length).toBeLessThan(1e6);
    expect(result.perClass.length).toBe(10_000);
    expect(result.perClass.filter(({ count }) => count > 0).length).toBe(300);
    expect(() => result.confusion).toThrow(
      "a confusion matrix is made of up to 1,000 classes, and there are 10,000: mostConfused has the pairs",
    );
    expect({ ...result }).toEqual(result);
    expect(inspect(result)).toMatch(/; no images of 1, 2, .* and 9,688 more were measured$/);
  });

  it("stops at its signal", async () => {
    model = microModel();
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const measuring = evaluate(model, images, { batchSize: 1, signal: controller.signal });
    controller.abort();
    await expect(measuring).rejects.toThrow("aborted");
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says what is wrong", async () => {
    model = microModel();
    await expect(evaluate(model, images, { batchSize: 0 })).rejects.toThrow("batchSize is 0");
    const large = microModel({ imageSize: 16 });
    await expect(evaluate(large, images)).rejects.toThrow(
      "the images of colors test are 8x8 with 3 channels: the model was made for 16x16 with 3; " +
        "make it with imageSize [8, 8] and channels 3, or resize the images",
    );
    large.dispose();
  });

  const classNames = ["red", "green"];
  it.each<[string, ImageDataset, object]>([
    [
      "colors test names 2 classes, and the model has 3: which is which can't be known; pass classNames",
      { ...images, classNames },
      {},
    ],
    ["classNames names 2 classes, and the model has 3: give one for each", images, { classNames: ["red", "green"] }],
    ['classNames is "red": give the model\'s class names', images, { classNames: "red" }],
    ["has images of green, and the model has no such class", images, { classNames: ["red", "blue", "grün"] }],
    [
      "image 2 of colors test has label 2, and classNames names 2 classes: give a name for each class",
      { ...images, classNames },
      { classNames: ["red", "green", "blue"] },
    ],
    [
      "image 4 of colors test has label -1",
      { ...images, labels: images.labels.map((label, i) => (i === 4 ? -1 : label)) },
      { classNames: ["blue", "green", "red"] },
    ],
    ["colors test has 30 labels for 31 images", { ...images, labels: images.labels.slice(1) }, {}],
  ])("refuses classes that can't be the model's: %s", async (message, dataset, options) => {
    model = microModel();
    await expect(evaluate(model, dataset, options)).rejects.toThrow(message);
  });
});
