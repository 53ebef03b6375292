import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { Random } from "../../src/base/random";
import { augment, compose, flip, shiftCrop } from "../../src/data/augment";
import type { ByteBatch } from "../../src/data/augmentation";

// A 3x3 image of one channel:
// 1 2 3
// 4 5 6
// 7 8 9
const square: ByteBatch = {
  length: 1,
  height: 3,
  width: 3,
  channels: 1,
  images: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
};

describe("flip", () => {
  it("mirrors left to right, colors kept together", () => {
    const pair: ByteBatch = { length: 1, height: 1, width: 2, channels: 3, images: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect([...flip(1)(pair, new Random(0))]).toEqual([4, 5, 6, 1, 2, 3]);
  });

  it("mirrors about half of the images, each as a whole", () => {
    const many: ByteBatch = { ...square, length: 1000, images: new Uint8Array(9000).map((_, i) => (i % 9) + 1) };
    const flipped = flip()(many, new Random(5));
    const firsts = Array.from({ length: 1000 }, (_, i) => flipped[i * 9]);
    expect(firsts.filter((first) => first === 3).length).toBe(515);
    expect(firsts.filter((first) => first === 1).length).toBe(485);
  });

  it("refuses a probability above 1", () => {
    expect(() => flip(2)).toThrow(new VitlabError("the probability of flip is 2: it must be from 0 to 1"));
  });
});

describe("shiftCrop", () => {
  const outcomes = (fill: "reflect" | "zero") => {
    const random = new Random(7);
    const crop = shiftCrop(1, { fill });
    return new Set(Array.from({ length: 400 }, () => [...crop(square, random)].join(" ")));
  };

  it("gives each of the (2 x shift + 1)^2 crops", () => {
    expect(outcomes("reflect").size).toBe(9);
    expect(outcomes("zero").size).toBe(9);
  });

  it("reflects at the edge without repeating the edge pixel", () => {
    expect(outcomes("reflect")).toContain("2 1 2 5 4 5 8 7 8");
    expect(outcomes("reflect")).toContain("5 6 5 8 9 8 5 6 5");
  });

  it("comes in black with zero", () => {
    expect(outcomes("zero")).toContain("0 1 2 0 4 5 0 7 8");
    expect(outcomes("zero")).toContain("5 6 0 8 9 0 0 0 0");
  });

  it("keeps the image among the crops", () => {
    expect(outcomes("reflect")).toContain("1 2 3 4 5 6 7 8 9");
  });

  it("must be a whole number below the image's side", () => {
    expect(() => shiftCrop(1.5)).toThrow(new VitlabError("shift is 1.5: it must be a whole number, 0 or more"));
    expect(() => shiftCrop(3)(square, new Random(0))).toThrow(
      new VitlabError("shift is 3 for images of 3x3: it must be less than 3"),
    );
  });
});

describe("augment", () => {
  it("does what it's asked, one after the other", () => {
    const both = augment({ flip: true, shift: 1 })(square, new Random(11));
    expect([...both]).toEqual([...compose(flip(), shiftCrop(1))(square, new Random(11))]);
  });

  it("draws the same from the same seed, and leaves the batch as it was", () => {
    const before = [...square.images];
    const once = augment({ flip: true, shift: 1 })(square, new Random(2));
    const again = augment({ flip: true, shift: 1 })(square, new Random(2));
    expect(again).toEqual(once);
    expect([...square.images]).toEqual(before);
  });

  it("without options is a copy", () => {
    const copy = augment()(square, new Random(0));
    expect(copy).toEqual(square.images);
    expect(copy).not.toBe(square.images);
  });
});
