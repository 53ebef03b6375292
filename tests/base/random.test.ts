import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";

const first = (count: number, random: Random) => Array.from({ length: count }, () => random.uint32());

describe("Random", () => {
  it("gives the same numbers for a seed for ever", () => {
    expect(first(4, new Random(0))).toEqual([3451046480, 3305784313, 213862197, 3853608324]);
    expect(first(4, new Random(42))).toEqual([1736514933, 2186882447, 3851914498, 1075438591]);
    expect(first(4, new Random(1, 2, 3))).toEqual([474661843, 4055436726, 3072924184, 4275524635]);
  });

  it("without a seed is the one of seed 0", () => {
    expect(first(3, new Random())).toEqual(first(3, new Random(0)));
  });

  it("keeps whole seeds, negative seeds, large seeds, fractions and sequences of seeds apart", () => {
    const seeds = [
      [0],
      [1],
      [-1],
      [2 ** 31],
      [2 ** 32],
      [2 ** 32 - 1],
      [2 ** 32 + 1],
      [2 ** 40],
      [-(2 ** 40)],
      [Number.MAX_SAFE_INTEGER],
      [0.5],
      [0.25],
      [-0.5],
      [1.5],
      [1e300],
      [0, 0],
      [0, 1],
      [1, 0],
      [0, 0, 0],
      [1, 2],
      [2, 1],
      ...Array.from({ length: 1000 }, (_, i) => [7, i]),
      ...Array.from({ length: 1000 }, (_, i) => [i, 7]),
    ];
    const streams = seeds.filter(([a, b]) => !(a === 7 && b === 7));
    const starts = new Set(streams.map((seed) => first(2, new Random(...seed)).join()));
    expect(starts.size).toBe(streams.length);
  });

  it("has no seed whose numbers look odd", () => {
    for (const seed of [0, -1, 2 ** 40, 0.5, 123456789]) {
      const random = new Random(seed);
      const mean = Array.from({ length: 20_000 }, () => random.float()).reduce((a, b) => a + b) / 20_000;
      expect(Math.abs(mean - 0.5), `mean of seed ${seed}`).toBeLessThan(0.01);
    }
  });

  it("refuses a seed that is no number", () => {
    expect(() => new Random(Number.NaN)).toThrow("a seed is NaN: it must be a finite number");
    expect(() => new Random(1, Number.POSITIVE_INFINITY)).toThrow("a seed is Infinity: it must be a finite number");
  });

  it.each([0, 1, 2, 7, 64])("fill draws the %i numbers that uint32 would, and goes on behind them", (count) => {
    const [one, other] = [new Random(27), new Random(27)];
    const words = new Uint32Array(count);
    one.fill(words);
    expect([...words]).toEqual(first(count, other));
    expect(one.uint32()).toBe(other.uint32());
  });

  it("float fills [0, 1) evenly", () => {
    const random = new Random(28);
    const cells = new Array<number>(16).fill(0);
    const draws = 160_000;
    for (let i = 0; i < draws; i++) {
      const cell = Math.floor(random.float() * 16);
      cells[cell] = (cells[cell] as number) + 1;
    }
    expect(cells).toHaveLength(16);
    const chiSquare = cells.reduce((sum, count) => sum + (count - draws / 16) ** 2 / (draws / 16), 0);
    // 15 degrees of freedom: 99.9 % lie below 37.7.
    expect(chiSquare).toBeLessThan(37.7);
  });

  it("uniform and integer keep to their ranges and reach all of them", () => {
    const random = new Random(29);
    const integers = new Set<number>();
    for (let i = 0; i < 1000; i++) {
      const value = random.uniform(-3, 5);
      expect(value >= -3 && value < 5).toBe(true);
      integers.add(random.integer(6));
    }
    expect([...integers].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("normal has mean 0, deviation 1, no skew, a kurtosis of 3, and independent neighbors", () => {
    const random = new Random(30);
    const count = 100_000;
    const draws = Array.from({ length: count }, () => random.normal());
    const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / count;
    expect(Math.abs(moment(1))).toBeLessThan(0.013);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.018);
    expect(Math.abs(moment(3))).toBeLessThan(0.05);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.13);
    const neighbors = draws.reduce((sum, x, i) => sum + x * (draws[i - 1] ?? 0), 0) / count;
    expect(Math.abs(neighbors)).toBeLessThan(0.013);
  });

  it("shuffle permutes in place, each order as often as the next", () => {
    const random = new Random(31);
    const array = Int32Array.from({ length: 50 }, (_, i) => i);
    expect(random.shuffle(array)).toBe(array);
    expect([...array].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect([...array]).not.toEqual(Array.from({ length: 50 }, (_, i) => i));
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle([1, 2, 3]).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
    expect(random.shuffle([])).toEqual([]);
  });

  it("streams of neighboring seeds don't move together", () => {
    for (const [a, b] of [
      [new Random(0), new Random(1)],
      [new Random(5, 0, 1), new Random(5, 0, 2)],
      [new Random(5, 1), new Random(1, 5)],
    ] as [Random, Random][]) {
      let product = 0;
      for (let i = 0; i < 20_000; i++) product += (a.float() - 0.5) * (b.float() - 0.5);
      // Deviation of the mean product of two even draws: 1 / (12 √20,000).
      expect(Math.abs(product / 20_000)).toBeLessThan(4 / 12 / Math.sqrt(20_000));
    }
  });
});
