import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { makeBatch } from "../../src/data/batches";
import { imageDataset } from "../../src/data/dataset";
import { mixedTargets, mixing } from "../../src/data/mix";

const black = new Uint8Array(64);
const white = new Uint8Array(64).fill(200);
const pair = { length: 2, height: 8, width: 8, channels: 1, images: Uint8Array.from([...black, ...white]) };

describe("mixup", () => {
  it("fades two images into each other by the share that their targets get", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { images, shares, partners } = mixing({ mixup: 1 })(pair, new Random(seed));
      const share = shares[0] as number;
      expect([...partners]).toEqual([1, 0]);
      expect(new Set(images.subarray(0, 64)).size).toBe(1);
      expect(Math.abs((images[0] as number) - 200 * (1 - share))).toBeLessThanOrEqual(0.51);
      expect(Math.abs((images[64] as number) - 200 * share)).toBeLessThanOrEqual(0.51);
    }
  });

  it("draws shares of Beta(α, α): mean 1/2, variance 1 / (8 α + 4)", () => {
    for (const alpha of [0.2, 1, 4]) {
      const random = new Random(9);
      const mix = mixing({ mixup: alpha });
      const shares = Array.from({ length: 4000 }, () => mix(pair, random).shares[0] as number);
      const mean = shares.reduce((sum, x) => sum + x, 0) / shares.length;
      const variance = shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / shares.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
      expect(variance * (8 * alpha + 4)).toBeGreaterThan(0.93);
      expect(variance * (8 * alpha + 4)).toBeLessThan(1.07);
    }
  });
});

describe("cutmix", () => {
  it("pastes a rectangle, and the targets have its true share of the area", () => {
    const random = new Random(4);
    for (let i = 0; i < 50; i++) {
      const { images, shares } = mixing({ cutmix: 1 })(pair, random);
      const pasted = images.subarray(0, 64).filter((byte) => byte === 200).length;
      expect(images.subarray(0, 64).filter((byte) => byte === 0).length).toBe(64 - pasted);
      expect(shares[0]).toBeCloseTo(1 - pasted / 64, 6);
    }
  });
});

describe("mixing", () => {
  it("leaves the batch alone, and some batches altogether where asked", () => {
    const before = [...pair.images];
    const random = new Random(1);
    const mix = mixing({ mixup: 1, cutmix: 1, probability: 0.25 });
    const results = Array.from({ length: 400 }, () => mix(pair, random));
    const untouched = results.filter(({ images }) => images === pair.images).length;
    expect(untouched).toBeGreaterThan(270);
    expect(untouched).toBeLessThan(330);
    expect([...pair.images]).toEqual(before);
  });

  it("gives probabilities that sum to 1, also where both images are of one class", () => {
    const targets = mixedTargets(
      { partners: Uint32Array.of(1, 0), shares: Float32Array.of(0.75, 0.75) },
      Int32Array.of(2, 0),
      3,
    );
    expect([...targets]).toEqual([0.25, 0, 0.75, 0.75, 0, 0.25]);
    const same = mixedTargets({ partners: Uint32Array.of(0), shares: Float32Array.of(0.25) }, Int32Array.of(1), 2);
    expect([...same]).toEqual([0, 1]);
  });

  it("refuses what would mix nothing or is no α", () => {
    expect(() => mixing({})).toThrow("mix has neither mixup nor cutmix");
    expect(() => mixing({ mixup: -1 })).toThrow("mix.mixup is -1: give the α of Beta(α, α)");
    expect(() => mixing({ cutmix: 1, probability: 0 })).toThrow("mix.probability is 0");
  });

  it("comes with a batch, the same for the same seed, epoch and step", () => {
    const fields = { name: "gray", split: "train", height: 8, width: 8, channels: 1, classNames: ["a", "b"] };
    const dataset = imageDataset({ ...fields, images: pair.images, labels: Int32Array.of(0, 1) });
    const options = { batchSize: 2, seed: 3, mix: mixing({ mixup: 1 }), classes: 4 };
    const [one, same, other] = [0, 0, 1].map((epoch) => {
      const { images, labels, targets } = makeBatch(dataset, 0, { ...options, epoch });
      const numbers = { images: [...images.dataSync()], targets: targets?.arraySync(), labels: [...labels.dataSync()] };
      for (const tensor of [images, labels, targets]) tensor?.dispose();
      return numbers;
    });
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
    for (const row of one?.targets ?? []) expect(row.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 6);
    expect(one?.targets?.[0]?.length).toBe(4);
  });
});
