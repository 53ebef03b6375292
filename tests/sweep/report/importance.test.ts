import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random";
import { importance, type VariedSetting } from "../../../src/sweep/report/importance";

const setting = (name: string, values: VariedSetting["values"], logarithmic = false): VariedSetting => ({
  name,
  values,
  logarithmic,
});
/** Every combination of `sizes[0]` × `sizes[1]` × … places, several times. */
function grid(sizes: readonly number[], times = 1): number[][] {
  const points = sizes.reduce<number[][]>(
    (all, size) => all.flatMap((point) => Array.from({ length: size }, (_, place) => [...point, place])),
    [[]],
  );
  return Array.from({ length: times }, () => points).flat();
}
const column = (points: readonly (readonly number[])[], at: number) => points.map((point) => point[at]!);
const shareOf = (found: ReturnType<typeof importance>, name: string) =>
  found.shares.find((one) => one.name === name)!.share;

describe("importance", () => {
  it("is shared out as the variances of a sum's parts are", () => {
    const points = grid([4, 4, 4], 4);
    // The variance of 3a is 9 times that of b; c does nothing.
    const results = points.map(([a, b]) => 3 * a! + b!);
    const found = importance(
      [0, 1, 2].map((at) => setting("abc"[at]!, column(points, at))),
      results,
    );
    expect(found.shares.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(shareOf(found, "a")).toBeCloseTo(0.9, 2);
    expect(shareOf(found, "b")).toBeCloseTo(0.1, 2);
    expect(shareOf(found, "c")).toBeLessThan(0.001);
    expect(found).toMatchObject({ counted: 256, leftOut: 0, why: null });
    expect(found.together).toBeLessThan(0.005);
  });

  it("is nobody's alone where only two settings together say what comes out", () => {
    const points = grid([2, 2], 20);
    const results = points.map(([a, b]) => (a === b ? 1 : 0));
    const found = importance([setting("a", column(points, 0)), setting("b", column(points, 1))], results);
    expect(found.together).toBeCloseTo(1, 6);
    expect(found.shares.every(({ share }) => share < 1e-6)).toBe(true);
  });

  it("adds up to 1", () => {
    const random = new Random(3);
    const values = () => Array.from({ length: 40 }, () => random.float());
    const [a, b] = [values(), values()];
    const { shares, together } = importance(
      [setting("a", a), setting("b", b)],
      a.map((x, at) => x * b[at]! + random.normal() / 10),
    );
    expect(shares.reduce((sum, { share }) => sum + share, together)).toBeCloseTo(1, 10);
  });

  it("takes categories, which have no order", () => {
    const points = grid([5, 4], 4);
    const word = (place: number) => ["c", "a", "e", "b", "d"][place]!;
    // Two categories that aren't neighbors are as good as each other.
    const results = points.map(([kind, other]) => (kind === 0 || kind === 3 ? 4 : 0) + other! / 10);
    const found = importance(
      [setting("kind", column(points, 0).map(word)), setting("other", column(points, 1))],
      results,
    );
    expect(shareOf(found, "kind")).toBeGreaterThan(0.99);
  });

  it("takes a setting that a point lacks as a value of its own", () => {
    const random = new Random(1);
    const momentum = Array.from({ length: 60 }, (_, at) => (at % 2 ? random.float() : null));
    const noise = momentum.map(() => random.float());
    const found = importance(
      [setting("momentum", momentum), setting("noise", noise)],
      momentum.map((value) => (value === null ? 1 : 0)),
    );
    expect(shareOf(found, "momentum")).toBeCloseTo(1, 6);
  });

  it("doesn't depend on whether a scale is logarithmic where the values are those of a grid", () => {
    const points = grid([4, 3], 3);
    const rates = column(points, 0).map((place) => 10 ** -place);
    const results = points.map(([rate, other]) => rate! ** 2 + other!);
    const shares = [true, false].map((logarithmic) =>
      importance([setting("rate", rates, logarithmic), setting("other", column(points, 1))], results),
    );
    expect(shareOf(shares[0]!, "rate")).toBeCloseTo(shareOf(shares[1]!, "rate"), 1);
  });

  it("is the same each time", () => {
    const points = grid([3, 4]);
    const settings = [setting("a", column(points, 0)), setting("b", column(points, 1))];
    const results = points.map(([a, b]) => Math.sin(5 * a! + b!));
    expect(importance(settings, results)).toEqual(importance(settings, results));
  });

  it("leaves out points without a result, and counts them", () => {
    const values = Array.from({ length: 12 }, (_, at) => at);
    const found = importance(
      [setting("a", values)],
      values.map((value) => (value < 3 ? [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN][value]! : value)),
    );
    expect(found).toMatchObject({ counted: 9, leftOut: 3, why: null });
    expect(found.shares).toEqual([{ name: "a", share: expect.closeTo(1, 6) }]);
  });

  it("isn't there, and says why, where there is too little to see", () => {
    const values = Array.from({ length: 10 }, (_, at) => at);
    const same = values.map(() => 1);
    expect(importance([setting("a", [1, 2])], [1, 2])).toEqual({
      shares: [],
      together: 0,
      counted: 2,
      leftOut: 0,
      why: "2 points with a result are too few to tell what matters: it takes 8",
    });
    expect(importance([setting("a", same)], values).why).toBe("no setting differs between the points");
    expect(importance([], values).why).toBe("no setting differs between the points");
    expect(importance([setting("a", values)], same).why).toBe("all points have the same result");
    expect(importance([setting("a", [])], []).why).toMatch(/^0 points/);
  });

  it("takes a moment for 500 points", () => {
    const random = new Random(2);
    const settings = Array.from({ length: 6 }, (_, at) =>
      setting(
        `s${at}`,
        Array.from({ length: 500 }, () => random.float()),
      ),
    );
    const results = settings[0]!.values.map((value) => (value as number) + random.normal() / 5);
    const begun = performance.now();
    expect(shareOf(importance(settings, results), "s0")).toBeGreaterThan(0.5);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});

interface Golden {
  cases: Record<
    string,
    {
      settings: Record<string, (number | string)[]>;
      results: number[];
      shares: Record<string, { mean: number; deviation: number }>;
    }
  >;
}

describe("importance of a sweep", () => {
  const file = join(__dirname, "..", "..", "goldens", "importance", "golden.json");
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as Golden;

  // Optuna averages over the whole range of a setting, this over the points' values: the fewer, the more they differ.
  it.each(Object.entries(cases))("is what optuna makes of it: %s", (_, { settings, results, shares }) => {
    const found = importance(
      Object.entries(settings).map(([name, values]) => setting(name, values)),
      results,
    );
    for (const [name, { mean, deviation }] of Object.entries(shares)) {
      const apart = Math.abs(shareOf(found, name) - mean);
      expect(apart, `${name}: ${shareOf(found, name)}, ${mean} of optuna`).toBeLessThan(0.05 + 2 * deviation);
    }
  });
});
