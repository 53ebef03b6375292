import { beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import type { ByteImage } from "../../src/data/byte-image";
import { datasetToTensor, imageToTensor, labelsToTensor } from "../../src/data/to-tensor";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { countingDataset } from "./helpers";

beforeAll(() => useEngine("cpu", { quiet: true }));

describe("datasetToTensor", () => {
  it("puts bytes into [-1, 1]: 0 is -1, 255 is 1, 51 is -0.6", () => {
    const dataset = { ...countingDataset(1), images: Uint8Array.of(0, 51, 204, 255) };
    const tensor = datasetToTensor(dataset, { indices: [0] });
    expect(tensor.shape).toEqual([1, 2, 2, 1]);
    const expected = [-1, -0.6, 0.6, 1];
    tensor.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 6);
    });
    tensor.dispose();
  });

  it("takes the images asked for, or all", () => {
    const some = datasetToTensor(countingDataset(3), { indices: [2, 2] });
    const all = datasetToTensor(countingDataset(3));
    expect([some.shape[0], all.shape[0]]).toEqual([2, 3]);
    some.dispose();
    all.dispose();
  });

  it("leaves one tensor, and none when it fails", () => {
    const before = tf.memory().numTensors;
    expect(() => datasetToTensor(countingDataset(3), { indices: [3] })).toThrow("there is no image 3");
    expect(tf.memory().numTensors).toBe(before);
    datasetToTensor(countingDataset(3)).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses a list of indices in the place of the options", () => {
    const old = datasetToTensor as (...given: unknown[]) => unknown;
    for (const [indices, shown] of [
      [[0], "a list"],
      [Uint32Array.of(0), "an object of class Uint32Array"],
    ] as const)
      expect(() => old(countingDataset(3), indices)).toThrow(
        new VitlabError(
          `datasetToTensor got ${shown} for its options: give one object with indices, normalize, such as { indices: … }`,
        ),
      );
  });
});

describe("labelsToTensor", () => {
  it("holds class indices as int32", () => {
    const labels = labelsToTensor(countingDataset(4), { indices: [1, 2] });
    expect([labels.dtype, ...labels.dataSync()]).toEqual(["int32", 1, 0]);
    labels.dispose();
  });
});

describe("imageToTensor", () => {
  // 3 wide, 2 high: red, green, blue; black, white, gray.
  const small: ByteImage = {
    width: 3,
    height: 2,
    channels: 3,
    pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 128, 128, 128),
  };

  it("is a batch of one in [-1, 1]", () => {
    const tensor = imageToTensor(small);
    expect(tensor.shape).toEqual([1, 2, 3, 3]);
    expect([...tensor.dataSync()].slice(0, 6)).toEqual([1, -1, -1, -1, 1, -1]);
    tensor.dispose();
  });

  it("is normalized as the model wants it", () => {
    const tensor = imageToTensor(small, { normalize: { mean: [0, 0, 0], std: [1, 1, 1] } });
    expect([...tensor.dataSync()].slice(0, 3)).toEqual([1, 0, 0]);
    tensor.dispose();
  });
});
