import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { augment, compose, flip } from "../../src/data/augment";
import type { ByteBatch } from "../../src/data/augmentation";
import { colorJitter } from "../../src/data/color-jitter";
import { cutout, erase } from "../../src/data/erase";
import { warp } from "../../src/data/pixel-operations";
import { shapes } from "../../src/data/shapes";
import { trivialAugment } from "../../src/data/trivial-augment";

const drawn = shapes({ count: 40 });
const batch: ByteBatch = { length: 40, height: 32, width: 32, channels: 3, images: drawn.images };
const gray = (count: number, side = 8): ByteBatch => ({
  length: count,
  height: side,
  width: side,
  channels: 1,
  images: new Uint8Array(count * side * side).fill(10),
});

describe("cutout", () => {
  it("grays a square, whole in the middle and cut off at the edges", () => {
    const { length, images } = gray(2000);
    const result = cutout(4)(gray(2000), new Random(1));
    const areas = Array.from(
      { length },
      (_, i) => result.subarray(i * 64, (i + 1) * 64).filter((b) => b === 128).length,
    );
    expect(Math.max(...areas)).toBe(16);
    // A corner keeps 2x2 of the square at least; each of the 64 places comes up.
    expect(Math.min(...areas)).toBe(4);
    expect(new Set(areas)).toEqual(new Set([4, 6, 8, 9, 12, 16]));
    expect(images.every((byte) => byte === 10)).toBe(true);
  });

  it("must fit into the image", () => {
    expect(() => cutout(0)).toThrow("the side of cutout is 0: it must be a whole number, 1 or more");
    expect(() => cutout(9)(gray(1), new Random(0))).toThrow("cutout is 9 for images of 8x8: it must be at most 8");
  });
});

describe("erase", () => {
  it("puts noise into a rectangle of as many images as asked", () => {
    const result = erase({ probability: 0.3, area: [0.1, 0.4] })(gray(1000, 16), new Random(2));
    const areas = Array.from(
      { length: 1000 },
      (_, i) => result.subarray(i * 256, (i + 1) * 256).filter((byte) => byte !== 10).length,
    );
    const touched = areas.filter((area) => area > 0);
    expect(touched.length).toBeGreaterThan(260);
    expect(touched.length).toBeLessThan(340);
    expect(Math.max(...touched)).toBeLessThan(0.45 * 256);
    expect(Math.min(...touched)).toBeGreaterThan(0.07 * 256);
  });
});

describe("colorJitter", () => {
  it("keeps order and place of gray tones, and does nothing at strength 0", () => {
    expect(colorJitter(0)(batch, new Random(1))).toEqual(batch.images);
    const ramp = { ...gray(1), images: Uint8Array.from({ length: 64 }, (_, i) => 4 * i) };
    const seen = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const result = [...colorJitter(0.4)(ramp, new Random(seed))];
      seen.add(result.join());
      expect(result).toEqual([...result].sort((a, b) => a - b));
    }
    expect(seen.size).toBe(30);
  });

  it("refuses a strength above 1", () => {
    expect(() => colorJitter(2)).toThrow("color is 2");
  });
});

describe("warp", () => {
  const ramp = Uint8Array.from({ length: 25 }, (_, i) => i * 10);
  const warped = (map: Parameters<typeof warp>[3]) => {
    const target = new Uint8Array(25);
    warp(ramp, target, { height: 5, width: 5, channels: 1 }, map);
    return target;
  };

  it("is the image itself for the identity, and moves it by whole and half pixels", () => {
    expect(warped([1, 0, 0, 0, 1, 0])).toEqual(ramp);
    expect([...warped([1, 0, 1, 0, 1, 0]).subarray(0, 5)]).toEqual([10, 20, 30, 40, 40]);
    expect([...warped([1, 0, 0.5, 0, 1, 0]).subarray(0, 5)]).toEqual([5, 15, 25, 35, 40]);
  });

  it("turns by a quarter around the middle", () => {
    const turned = warped([0, -1, 0, 1, 0, 0]);
    expect([...turned.subarray(0, 5)]).toEqual([40, 90, 140, 190, 240]);
    expect(turned[12]).toBe(120);
  });
});

describe("trivialAugment", () => {
  it("changes most images, leaves some, and keeps the batch", () => {
    const before = batch.images.slice();
    const result = trivialAugment()(batch, new Random(3));
    const size = 32 * 32 * 3;
    const changed = Array.from({ length: 40 }, (_, i) => i).filter((i) =>
      result.subarray(i * size, (i + 1) * size).some((byte, k) => byte !== before[i * size + k]),
    ).length;
    expect(changed).toBeGreaterThan(25);
    expect(changed).toBeLessThan(40);
    expect(batch.images).toEqual(before);
  });

  it("draws the same from the same seed", () => {
    const run = (seed: number) => trivialAugment(0.5)(batch, new Random(seed));
    expect(run(1)).toEqual(run(1));
    expect(run(2)).not.toEqual(run(1));
  });

  it("must have a strength above 0 to 1", () => {
    expect(() => trivialAugment(0)).toThrow("trivial is 0");
  });
});

describe("augment", () => {
  it("does all that is asked for, in the order of its options", () => {
    const all = augment({ flip: true, trivial: 0.5, color: 0.2, cutout: 8, erase: 0.5 })(batch, new Random(5));
    const parts = [flip(), trivialAugment(0.5), colorJitter(0.2), cutout(8), erase({ probability: 0.5 })];
    expect(all).toEqual(compose(...parts)(batch, new Random(5)));
  });

  it("names an option that it doesn't have", () => {
    expect(() => augment({ colour: 0.2 } as object)).toThrow("augment has no option colour: did you mean color?");
  });
});
