import { beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load } from "./load";

let differentWork: Loaded;
let lossFell: Loaded;

beforeAll(async () => {
  ({ differentWork, lossFell } = await load("models/same-work.mjs"));
});
const training = { losses: [2.3, 2.2, 2.1], noise: 0.08 };

describe("the same work", () => {
  it("is the same losses without dropout, and logits that dropout moves as far", () => {
    expect(differentWork({ losses: [2.30005, 2.201, 2.099], noise: 0.085 }, training)).toBeUndefined();
  });

  it.each([
    [
      "another first loss",
      { losses: [2.301, 2.2, 2.1], noise: 0.08 },
      "the loss of step 1 is 2.30100 instead of 2.30000",
    ],
    ["an update that is left out", { losses: [2.3, 2.3, 2.3], noise: 0.08 }, "the loss of step 2 is 2.30000"],
    ["a loss that is no number", { losses: [2.3, 2.2, Number.NaN], noise: 0.08 }, "the loss of step 3 is NaN"],
    [
      "half of the dropout",
      { losses: training.losses, noise: 0.05 },
      "dropout moves its logits by 0.050 instead of 0.080",
    ],
  ])("is not %s", (_, checked, message) => {
    expect(differentWork(checked, training)).toContain(message);
  });

  it("is not dropout where there is to be none", () => {
    const plain = { ...training, noise: null };
    expect(differentWork(training, plain)).toContain("drops out");
    expect(differentWork(plain, plain)).toBeUndefined();
  });

  it("is the same logits in inference", () => {
    const reference = { logits: [1, -2, 0.5] };
    expect(differentWork({ logits: [1.0001, -2, 0.5] }, reference)).toBeUndefined();
    expect(differentWork({ logits: [1.01, -2, 0.5] }, reference)).toContain("a logit differs by 0.01");
    expect(differentWork({ logits: [Number.NaN, -2, 0.5] }, reference)).toContain("a logit differs by NaN");
    expect(differentWork({ logits: [1] }, reference)).toContain("1 logits instead of 3");
  });
});

describe("the loss", () => {
  const falling = [9, 8, 7, 6, 5, 4, 3, 2];

  it("falls in the first steps and in every turn long enough to tell", () => {
    expect(lossFell(training.losses, [falling])).toBe(true);
    expect(lossFell(training.losses, [[1, 2]])).toBe(true);
    expect(lossFell(training.losses, [[...falling].reverse()])).toBe(false);
    expect(lossFell([2.1, 2.2, 2.3], [])).toBe(false);
  });

  it("does not fall where it is no number", () => {
    expect(lossFell(training.losses, [[1, Number.NaN]])).toBe(false);
  });
});
