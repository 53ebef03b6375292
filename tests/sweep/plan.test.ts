import { describe, expect, it } from "vitest";
import { completePlan, type SweepPlan } from "../../src/sweep/plan";

const LISTED = { learningRate: { values: [0.001, 0.01] }, optimizer: { values: ["adam", "sgd"] } };
const plan = (more: Partial<SweepPlan>): SweepPlan => ({ data: "shapes", settings: LISTED, ...more });
const points = (given: SweepPlan) => completePlan(given).trials.map(({ settings }) => settings);

describe("the trials of a plan", () => {
  it("are all combinations of a grid, with each seed", () => {
    const { trials } = completePlan(plan({ seeds: [3, 4] }));
    expect(trials.map(({ id, point, seed }) => [id, point, seed]).slice(0, 4)).toEqual([
      [0, 0, 3],
      [1, 0, 4],
      [2, 1, 3],
      [3, 1, 4],
    ]);
    expect(trials).toHaveLength(8);
  });

  it("are all combinations for successive halving as well, where it isn't said how many", () => {
    const [halved, grid] = [points(plan({ search: "asha" })), points(plan({}))];
    expect(halved).toHaveLength(4);
    expect(halved).toEqual(expect.arrayContaining(grid));
    // In an order of its own: neighbors of a grid are alike.
    expect(halved).not.toEqual(grid);
  });

  it.each(["random", "asha"] as const)("all differ where they are drawn (%s)", (search) => {
    const drawn = points(plan({ search, trials: 4 }));
    expect(new Set(drawn.map((point) => JSON.stringify(point))).size).toBe(4);
  });

  it("are the first of more: the same seed draws the same", () => {
    const settings = { learningRate: { logUniform: [1e-4, 1e-2] as const }, depth: { integer: [1, 6] as const } };
    const [few, many] = [5, 9].map((trials) => points(plan({ settings, search: "random", trials, seed: 7 })));
    expect(many!.slice(0, 5)).toEqual(few);
  });
});

describe("a plan that makes no sense is refused", () => {
  it.each<[string, Partial<SweepPlan>, RegExp]>([
    [
      "more draws than points",
      { search: "random", trials: 5 },
      /^trials is 5, and the settings have 4 different points: give at most as many/,
    ],
    ["no number of draws", { search: "random" }, /^search "random" needs trials/],
    ["draws for a grid", { trials: 3 }, /^trials is for search "random" and "asha"/],
    [
      "a length that halving chooses itself",
      { search: "asha", settings: { epochs: { values: [1, 2] } } },
      /^epochs is a choice: search "asha"/,
    ],
    ["seeds for single runs", { search: "asha", seeds: [0, 1] }, /^search "asha" compares single runs/],
    ["a seed twice", { seeds: [1, 1] }, /^the plan's seeds have one twice/],

    ["nothing to choose", { search: "random", trials: 2, settings: { dim: 8 } }, /^no setting of the plan is a choice/],
    ["no threads", { threads: 0 }, /^the plan's threads is 0/],
  ])("%s", (_, more, sentence) => {
    expect(() => completePlan(plan(more))).toThrow(sentence);
  });
});

const TEN = { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };
const ADAM_OR_SGD = { values: ["adam", "sgd"] };

const of = (settings: unknown, more: Partial<SweepPlan> = {}) =>
  ({ data: "shapes", settings, ...more }) as unknown as SweepPlan;

describe("what a plan may have", () => {
  it.each<[string, SweepPlan, string]>([
    [
      "with more combinations than there is memory for",
      of({ dim: TEN, depth: TEN, heads: TEN, mlpDim: TEN, epochs: TEN, batchSize: TEN, accumulate: TEN, ema: TEN }),
      "the grid has more than 100,000 points: give fewer values",
    ],
    [
      "with more trials than there is memory for",
      of({ dim: TEN }, { search: "random", trials: 1e12 }),
      "the plan has 1,000,000,000,000 trials: at most 100,000",
    ],
    [
      "with a choice by a way that there isn't",
      of({ learningRate: { loguniform: [0.001, 0.1] } }),
      'learningRate is {"loguniform":[0.001,0.1]}: give a value, or a choice by values, uniform, logUniform, integer',
    ],
    ["with a value twice", of({ dim: { values: [8, 16, 8] } }), "dim: values has 8 twice: it would be the same run"],
    [
      "with a range wider than numbers go",
      of({ learningRate: { uniform: [-1e308, 1e308] } }, { search: "random", trials: 2 }),
      "learningRate: uniform is [-1e+308,1e+308]: give [low, high], low below high",
    ],
    [
      "with a condition that is none",
      of({ optimizer: "sgd", momentum: { values: [0.5], when: ["optimizer"] } }),
      'momentum: its condition is a list: give an object, such as { "optimizer": "sgd" }',
    ],
    [
      "with a condition that is never met",
      of({ optimizer: ADAM_OR_SGD, momentum: { values: [0.5], when: { optimizer: "SGD" } } }),
      'momentum: its condition wants optimizer to be "SGD", which the plan never has: give values of optimizer',
    ],
    [
      "with a condition that chance would have to meet to the bit",
      of(
        { learningRate: { logUniform: [0.001, 0.1] }, clipNorm: { values: [1], when: { learningRate: 0.01 } } },
        { search: "random", trials: 2 },
      ),
      "clipNorm: its condition wants learningRate to be 0.01, which the plan never has: give values of learningRate",
    ],
  ])("%s is refused at once", (_, given, sentence) => {
    expect(() => completePlan(given)).toThrow(sentence);
  });

  it("may have conditions on values, on whole numbers of a range, and on what is the same everywhere", () => {
    const settings = {
      optimizer: ADAM_OR_SGD,
      depth: { integer: [1, 3] },
      preset: "tiny",
      momentum: { values: [0.5, 0.9], when: { optimizer: ["sgd", "muon"], depth: 2, preset: "tiny" } },
    };
    const { trials } = completePlan(of(settings, { search: "random", trials: 7 }));
    const has = ({ settings: { momentum } }: (typeof trials)[number]) => momentum !== undefined;
    expect(trials.filter(has)).not.toEqual([]);
    expect(trials.filter(has).every(({ settings: { optimizer, depth } }) => optimizer === "sgd" && depth === 2)).toBe(
      true,
    );
  });

  it("may have as many as 100,000 trials", () => {
    const settings = { dim: TEN, depth: TEN, heads: TEN, mlpDim: TEN, epochs: TEN };
    expect(completePlan(of(settings)).trials).toHaveLength(100_000);
    expect(() => completePlan(of(settings, { seeds: [0, 1] }))).toThrow("more than 50,000 points");
  });

  it.each([7.5, 0, "5", { uniform: [1, 5] }, { values: [1, -1] }, { integer: [0, 5] }])(
    "is refused whose epochs are %j",
    (epochs) => {
      expect(() => completePlan(of({ dim: TEN, epochs }, { search: "random", trials: 1 }))).toThrow(/^epochs is /);
    },
  );
});
