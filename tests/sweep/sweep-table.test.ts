import { describe, expect, it, vi } from "vitest";
import { completePlan, type SweepPlan } from "../../src/sweep/plan";
import type { TrialEpoch, TrialState } from "../../src/sweep/store";
import type { SweepSoFar, SweepTrial } from "../../src/sweep/sweep-so-far";
import { describeSweep, standingOf, sweepTable } from "../../src/sweep/sweep-table";

const PLAN: SweepPlan = {
  data: "shapes",
  settings: { preset: "tiny", epochs: 4, learningRate: { values: [0.001, 0.00123456] }, mixup: { values: [0, 0.5] } },
};

/** A sweep whose trials have come to the given states, with the given validation losses, epoch by epoch. */
function soFar(
  plan: SweepPlan,
  known: readonly [state: TrialState["state"], losses?: readonly number[]][],
): SweepSoFar {
  const epochs: TrialEpoch[] = known.flatMap(([, losses = []], trial) =>
    losses.map((validationLoss, index) => ({
      ...{ trial, epoch: index + 1, trainLoss: 1, validationLoss, validationAccuracy: 1 - validationLoss / 4 },
      ...{ learningRate: 0.001, steps: 10 * (index + 1), seconds: 30 },
    })),
  );
  const trials = completePlan(plan).trials.map((trial, id): SweepTrial => {
    const [state = "waiting", losses = []] = known[id] ?? [];
    const error = state === "failed" ? "the loss became NaN" : null;
    return { ...trial, state, epochs: losses.length, error, engine: null, threads: 1, machine: null, dir: `t/${id}` };
  });
  const best = trials.find(({ state }) => state === "done") ?? null;
  return { dir: "t", plan, trials, epochs, best, version: "0", workers: 2, threads: 1 };
}

const firstCells = (sweep: SweepSoFar) => sweepTable(sweep).rows.map(([point, , , epochs]) => `${point}: ${epochs}`);

describe("the table of a sweep", () => {
  it("has a column for each setting that varies, rounded", () => {
    const { columns, rows } = sweepTable(soFar(PLAN, []));
    expect(columns.map(({ name }) => name)).toEqual([
      "point",
      "learningRate",
      "mixup",
      "epochs",
      "validation loss",
      "accuracy",
      "state",
    ]);
    expect(rows.map((row) => row.slice(0, 3))).toEqual([
      ["1", "0.001", "0"],
      ["2", "0.001", "0.5"],
      ["3", "0.001235", "0"],
      ["4", "0.001235", "0.5"],
    ]);
  });

  it("has the points that came furthest first, and of those the best; what failed is last", () => {
    const sweep = soFar(PLAN, [
      ["failed", [1, 1, 1]],
      ["done", [2, 2, 2, 1.5]],
      ["done", [2, 2, 2, 1.2]],
      ["running", [0.1]],
    ]);
    expect(firstCells(sweep)).toEqual(["3: 4", "2: 4", "4: 1 of 4", "1: 3 of 4"]);
  });

  it("goes by the accuracy where that is what trials are compared by", () => {
    const sweep = soFar({ ...PLAN, monitor: "validationAccuracy" }, [
      ["done", [2, 2, 2, 1.5]],
      ["done", [2, 2, 2, 1.2]],
    ]);
    expect(firstCells(sweep).slice(0, 2)).toEqual(["2: 4", "1: 4"]);
    expect(standingOf(sweep)).toContain("best so far: point 1, accuracy 62.5 %");
  });

  it("has the mean over seeds and its deviation, as a row for each point", () => {
    const plan = { ...PLAN, seeds: [0, 1, 2] };
    const done = [1, 2, 3].map((last): ["done", number[]] => ["done", [9, 9, 9, last]]);
    const [row] = sweepTable(soFar(plan, done)).rows;
    expect(row).toEqual(["1", "0.001", "0", "4", "2.0000 ± 1.0000", "50.0 % ± 25.0 %", "3 done"]);
    expect(sweepTable(soFar(plan, done)).rows).toHaveLength(4);
  });
});

describe("the words on a sweep", () => {
  it("say how many trials are where, how long it takes, and what is best", () => {
    const sweep = soFar(PLAN, [["done", [2, 2, 2, 1.5]], ["running", [2, 2]], ["paused", [2]], ["failed"]]);
    // 5 epochs of 30 s on two workers.
    expect(standingOf(sweep)).toBe(
      "1 of 4 trials done, 1 running, 1 paused, 1 failed; about 75 s left; best so far: point 1, validation loss 1.5000",
    );
  });

  it("promise no time to a search that chooses how far each trial goes", () => {
    const plan: SweepPlan = { ...PLAN, search: "asha", trials: 3 };
    expect(
      standingOf(
        soFar(plan, [
          ["running", [2]],
          ["done", [1, 1, 1, 1]],
        ]),
      ),
    ).not.toMatch(/left/);
  });

  it("call the best the best when it is over", () => {
    const done: ["done", number[]] = ["done", [2, 2, 2, 1.5]];
    expect(standingOf(soFar(PLAN, [done, done, ["failed"], done]))).toMatch(
      /3 of 4 trials done, 1 failed; best: point 1/,
    );
  });

  it("show so many rows of the table, and say how many more there are", () => {
    const text = describeSweep(soFar(PLAN, []), 3);
    expect(text.split("\n")).toHaveLength(6);
    expect(text).toMatch(/\nand 1 more point$/);
  });

  it("are Chinese where that is the language", () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    const sweep = soFar({ ...PLAN, seeds: [0, 1] }, [
      ["done", [2, 2, 2, 1.5]],
      ["running", [2, 2]],
    ]);
    expect(standingOf(sweep)).toBe(
      "8 次试验中已完成 1 次，1 进行中，6 等待中；大约还需 7 分钟；目前最好：点 1，种子 0，验证损失 1.5000",
    );
    expect(sweepTable(sweep).columns.at(-1)).toEqual({ name: "状态" });
    vi.unstubAllEnvs();
  });
});
