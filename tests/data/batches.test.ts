import { beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { augment } from "../../src/data/augment";
import { batchCount, batches, epochOrder, makeBatch } from "../../src/data/batches";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { countingDataset } from "./helpers";

beforeAll(() => useEngine("cpu", { quiet: true }));

/** What a batch holds, its tensors disposed. */
function contents({ step, indices, images, labels }: ReturnType<typeof makeBatch>) {
  const result = { step, indices: [...indices], images: [...images.dataSync()], labels: [...labels.dataSync()] };
  images.dispose();
  labels.dispose();
  return result;
}

describe("epochOrder", () => {
  it("is each index once, another order each epoch and seed, the same for the same", () => {
    const order = epochOrder(100, 1, 0);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(epochOrder(100, 1, 0)).toEqual(order);
    expect(epochOrder(100, 1, 1)).not.toEqual(order);
    expect(epochOrder(100, 2, 0)).not.toEqual(order);
  });

  it("stays the same from version to version", () => {
    expect([...epochOrder(10, 0, 0)]).toEqual([8, 3, 7, 0, 2, 9, 1, 6, 5, 4]);
  });
});

describe("batches", () => {
  it("gives every image once, the last batch smaller", () => {
    const all = [...batches(countingDataset(10), { batchSize: 4 })].map(contents);
    expect(all.map(({ indices }) => indices.length)).toEqual([4, 4, 2]);
    expect(all.flatMap(({ indices }) => indices).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("gives images and labels that belong together", () => {
    for (const { indices, images, labels } of [...batches(countingDataset(10), { batchSize: 4 })].map(contents)) {
      expect(labels).toEqual(indices.map((index) => index % 2));
      indices.forEach((index, i) => {
        expect(images[i * 4]).toBeCloseTo((index * 4) / 127.5 - 1, 6);
      });
    }
  });

  it("leaves out what doesn't fill a batch with dropLast", () => {
    const all = [...batches(countingDataset(10), { batchSize: 4, dropLast: true })].map(contents);
    expect(all.map(({ indices }) => indices.length)).toEqual([4, 4]);
  });

  it("keeps the order without shuffle", () => {
    const [first] = [...batches(countingDataset(4), { batchSize: 3, shuffle: false })].map(contents);
    expect(first?.indices).toEqual([0, 1, 2]);
  });

  it("starts in the middle of an epoch with the batches of an unbroken one, augmentation included", () => {
    const options = { batchSize: 4, seed: 5, epoch: 2, augment: augment({ flip: true, shift: 1 }) };
    const unbroken = [...batches(countingDataset(18), options)].map(contents);
    const resumed = [...batches(countingDataset(18), { ...options, from: 3 })].map(contents);
    expect(resumed).toEqual(unbroken.slice(3));
    expect(contents(makeBatch(countingDataset(18), 1, options))).toEqual(unbroken[1]);
  });

  it("augments differently in each epoch, not the labels", () => {
    const options = { batchSize: 8, shuffle: false, augment: augment({ flip: true }) };
    const [first, second] = [0, 1].map((epoch) => contents(makeBatch(countingDataset(8), 0, { ...options, epoch })));
    expect(second?.images).not.toEqual(first?.images);
    expect(second?.labels).toEqual(first?.labels);
  });

  it("makes two tensors a batch, and only when asked", () => {
    const before = tf.memory().numTensors;
    const generator = batches(countingDataset(100), { batchSize: 10 });
    expect(tf.memory().numTensors).toBe(before);
    const batch = generator.next().value;
    expect(tf.memory().numTensors).toBe(before + 2);
    if (batch) contents(batch);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [{ batchSize: 0 }, "batchSize is 0: it must be a whole number, 1 or more"],
    [{ batchSize: 2.5 }, "batchSize is 2.5: it must be a whole number, 1 or more"],
    [{ batchSize: 11, dropLast: true }, "batch size 11 with dropLast leaves no batch of 10 images: make it smaller"],
    [{ batchSize: 5, epoch: -1 }, "epoch is -1: it must be a whole number, 0 or more"],
    [{ batchSize: 5, seed: 0.5 }, "the seed of the batches is 0.5: give a whole number"],
    [{ batchSize: 5, from: 3 }, "from is batch 3: an epoch here has batches 0 to 1"],
  ])("refuses %j", (options, message) => {
    expect(() => [...batches(countingDataset(10), options)]).toThrow(new VitlabError(message));
  });

  it("knows its count", () => {
    expect(batchCount(10, { batchSize: 4 })).toBe(3);
    expect(batchCount(10, { batchSize: 4, dropLast: true })).toBe(2);
  });

  it("names a batch that isn't there", () => {
    expect(() => makeBatch(countingDataset(10), 3, { batchSize: 4 })).toThrow(
      new VitlabError("there is no batch 3: 10 images in batches of 4 are batches 0 to 2"),
    );
  });
});
