import { afterEach, describe, expect, it } from "vitest";
import { type ImageDataset, imageTensor } from "../../src/data/dataset";
import { tf } from "../../src/tensor/tf";
import { evaluate } from "../../src/train/evaluate";
import type { ViT } from "../../src/vit/model";
import { onEveryEngine } from "../support/engines";
import { colours, microModel } from "./micro";

let model: ViT;
afterEach(() => model?.dispose());
const images = colours(31, { split: "test" });

onEveryEngine("evaluate", () => {
  it("counts what the model says of every image, the odd last batch included", async () => {
    model = microModel();
    const before = tf.memory().numTensors;
    const { loss, accuracy, count, confusion, perClass } = await evaluate(model, images, { batchSize: 8 });
    expect(tf.memory().numTensors).toBe(before);

    const probabilities = tf.tidy(() => model.predict(imageTensor(images)).arraySync());
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
      "the images of colours test are 8x8 with 3 channels: the model was made for 16x16 with 3; " +
        "make it with imageSize [8, 8] and channels 3, or resize the images",
    );
    large.dispose();
  });
});
