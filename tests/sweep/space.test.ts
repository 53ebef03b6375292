import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { checkSpace, draw, gridOf, type SettingSpace, varied } from "../../src/sweep/space";

describe("the grid of a space", () => {
  it("has every combination, the last setting changing fastest", () => {
    const space: SettingSpace = { dim: { values: [32, 64] }, epochs: 5, optimizer: { values: ["adam", "muon"] } };
    expect(gridOf(space)).toEqual([
      { dim: 32, epochs: 5, optimizer: "adam" },
      { dim: 32, epochs: 5, optimizer: "muon" },
      { dim: 64, epochs: 5, optimizer: "adam" },
      { dim: 64, epochs: 5, optimizer: "muon" },
    ]);
    expect(varied(space)).toEqual(["dim", "optimizer"]);
  });

  it("has a setting with a condition only where that holds, wherever it is written", () => {
    const space: SettingSpace = {
      momentum: { values: [0, 0.9], when: { optimizer: "sgd" } },
      optimizer: { values: ["adam", "sgd", "muon"] },
      weightDecay: { values: [0.1], when: { optimizer: ["sgd", "muon"] } },
    };
    expect(gridOf(space)).toEqual([
      { optimizer: "adam" },
      { momentum: 0, optimizer: "sgd", weightDecay: 0.1 },
      { momentum: 0.9, optimizer: "sgd", weightDecay: 0.1 },
      { optimizer: "muon", weightDecay: 0.1 },
    ]);
  });

  it("there is none of a range", () => {
    expect(() => gridOf({ learningRate: { logUniform: [1e-4, 1e-2] } })).toThrow(
      /learningRate is a range.*search "random"/,
    );
  });
});

describe("drawing", () => {
  const space: SettingSpace = {
    learningRate: { logUniform: [1e-4, 1e-1] },
    dropout: { uniform: [0, 0.5] },
    depth: { integer: [2, 4] },
    optimizer: { values: ["adam", "sgd"] },
    momentum: { uniform: [0.5, 0.9], when: { optimizer: "sgd" } },
  };
  const points = Array.from({ length: 3000 }, (_, i) => draw(space, new Random(7, i)));
  const all = (name: string) => points.map((point) => point[name]).filter((v) => v !== undefined) as number[];

  it("stays in the ranges, both ends of whole numbers among them", () => {
    expect(Math.min(...all("learningRate"))).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...all("learningRate"))).toBeLessThanOrEqual(1e-1);
    expect(new Set(all("depth"))).toEqual(new Set([2, 3, 4]));
    expect(Math.max(...all("dropout"))).toBeLessThan(0.5);
  });

  it("draws a logarithm evenly: each decade as often", () => {
    const decades = [0, 0, 0];
    for (const rate of all("learningRate")) decades[Math.min(2, Math.floor(Math.log10(rate) + 4))]!++;
    for (const count of decades) expect(Math.abs(count - 1000)).toBeLessThan(100);
  });

  it("has a setting with a condition only where that holds", () => {
    expect(points.every((point) => "momentum" in point === (point.optimizer === "sgd"))).toBe(true);
  });

  it("the same seed gives the same point, and a condition changes no other setting", () => {
    expect(draw(space, new Random(1, 5))).toEqual(draw(space, new Random(1, 5)));
    const { momentum, ...rest } = space;
    const unconditional: SettingSpace = { ...rest, momentum: { uniform: [0.5, 0.9] } };
    const { momentum: _, ...drawn } = draw(space, new Random(1, 5));
    expect(draw(unconditional, new Random(1, 5))).toMatchObject(drawn);
    expect(momentum).toBeDefined();
  });
});

describe("a space that can't be drawn from is refused", () => {
  it.each<[string, SettingSpace, RegExp]>([
    ["an empty list", { dim: { values: [] } }, /^dim: values is a list: give a list of one value or more/],
    ["a range the wrong way", { dim: { uniform: [2, 1] } }, /^dim: uniform is \[2,1\]: give \[low, high\]/],
    ["a range of words", { dim: { integer: ["a", "b"] as never } }, /^dim: integer is \["a","b"\]/],
    ["a logarithm of 0", { rate: { logUniform: [0, 1] } }, /^rate: logUniform begins at 0: its numbers are above 0/],
    ["parts of whole numbers", { dim: { integer: [1, 2.5] } }, /^dim: integer is \[1,2.5\]: give whole numbers/],
    ["a field too many", { dim: { values: [1], step: 2 } as never }, /^dim: a choice by values has no field step/],
    [
      "a condition about nothing",
      { dim: { values: [1], when: { depth: 2 } } },
      /^dim: its condition is about depth, which is no other/,
    ],
    [
      "conditions in a circle",
      { a: { values: [1], when: { b: 1 } }, b: { values: [1], when: { a: 1 } } },
      /its condition depends on itself/,
    ],
  ])("%s", (_, space, sentence) => {
    expect(() => checkSpace(space)).toThrow(sentence);
  });
});

describe("a space is refused", () => {
  it("whose grid has more points than are asked for, before they are made", () => {
    const list = Array.from({ length: 1000 }, (_, i) => i);
    const many = { dim: { values: list }, depth: { values: list }, heads: { values: list } };
    expect(() => gridOf(many, 1000)).toThrow("the grid has more than 1,000 points: give fewer values");
    expect(gridOf({ dim: { values: list } }, 1000)).toHaveLength(1000);
  });

  it("with numbers that JSON hasn't, without end, or a condition that is none", () => {
    const refused = (setting: unknown, message: string) =>
      expect(() => checkSpace({ dim: setting } as SettingSpace)).toThrow(message);
    refused({ values: [1, Number.POSITIVE_INFINITY] }, "dim is Infinity: a setting is a finite number");
    refused(JSON.parse("[".repeat(5000) + "]".repeat(5000)), "dim is nested more than 20 deep");
    refused({ uniform: [-1e308, 1e308] }, "dim: uniform is [-1e+308,1e+308]: give [low, high]");
    refused({ uniform: ["", 1] }, 'dim: uniform is ["",1]: give [low, high]');
    refused({ values: [1], when: 5 }, "dim: its condition is 5: give an object");
  });
});
