import { JSDOM } from "jsdom";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { isShippedText } from "../../../src/figure/fonts";
import type { SweepPlan } from "../../../src/sweep/plan";
import { sweepReport } from "../../../src/sweep/report/sweep-report";
import { sweepReportPage } from "../../../src/sweep/report/sweep-report-page";
import { complaintsOf, openPlotly, PLOTLY_FILES } from "../../figure/open-plotly";
import { madeSweep } from "./made-sweep";

afterEach(() => vi.unstubAllEnvs());

const RATES = [0.001, 0.01, 0.1];
const GRID: SweepPlan = {
  data: "shapes",
  settings: {
    epochs: 3,
    learningRate: { values: RATES },
    optimizer: { values: ["adam", "sgd"] },
    dim: { values: [8, 16] },
  },
  seeds: [0, 1, 2],
};
const RANDOM: SweepPlan = {
  data: "shapes",
  search: "random",
  trials: 24,
  settings: {
    epochs: 3,
    learningRate: { logUniform: [0.0001, 0.1] },
    optimizer: { values: ["adam", "sgd"] },
    momentum: { uniform: [0, 1], when: { optimizer: "sgd" } },
  },
};
/** Settings as numbers. */
const rateOf = ({ settings }: { settings: { learningRate?: unknown } }) => settings.learningRate as number;

function reportOf(plan: SweepPlan, fate: Parameters<typeof madeSweep>[1]) {
  return sweepReport(madeSweep(plan, fate));
}
const names = (report: ReturnType<typeof sweepReport>) => Object.keys(report.figures).sort();

describe("a report of a grid with several seeds", () => {
  const report = reportOf(
    GRID,
    (trial) =>
      Math.abs(Math.log10(rateOf(trial)) + 2) + (trial.settings.optimizer === "sgd" ? 0.2 : 0) + trial.seed / 100,
  );

  it("tells the best point, its interval, and what matters", () => {
    expect(report.title).toBe("Sweep on shapes");
    expect(report.text.split("\n")).toEqual([
      "12 points (a grid), 3 seeds each, compared by validation loss, lower is better",
      "36 trials: 36 done",
      "best: point 5, validation loss 0.01 after 3 epochs, the mean over 3 seeds; 95 % interval -0.01484 to 0.03484; learningRate 0.01, optimizer adam, dim 8",
      "the best of 12 points is partly the luckiest: its number is too good; train it again with new seeds",
      expect.stringMatching(
        /^what matters \(share of the variance over 12 points\): learningRate [89]\d\.\d%, optimizer \d/,
      ),
    ]);
    expect(report.best).toMatchObject({ point: 4, count: 3 });
    expect(report.table.rows).toHaveLength(12);
  });

  it("has all figures, which say the same", () => {
    expect(names(report)).toEqual(["curves", "importance", "intervals", "settings"]);
    const { settings, curves, importance, intervals } = report.figures;
    expect(settings!.text).toContain(
      "set apart: point 5, validation loss 0.01: learningRate 0.01, optimizer adam, dim 8",
    );
    expect(curves!.text).toContain("36 trials, at most 3 epochs");
    expect(curves!.text).toContain("best, point 5, seed 2: first 2.02, last 0.02");
    expect(importance!.text).toMatch(/^How much each setting matters\nlearningRate: [89]\d\.\d%/);
    expect(intervals!.text).toContain("lower is better: best learningRate 0.01, optimizer adam, dim 8");
  });

  it("shows at most 20 points with intervals, the best", () => {
    const wide = { ...GRID, settings: { ...GRID.settings, depth: { values: [1, 2, 3] } } };
    const { intervals } = reportOf(wide, ({ point, seed }) => point + seed / 10).figures;
    expect(intervals!.text).toContain("The 20 best of 36 points");
    expect(intervals!.spec.layout.yaxis).toMatchObject({ tickvals: expect.objectContaining({ length: 20 }) });
  });
});

describe("a report of points that were drawn", () => {
  const report = reportOf(RANDOM, (trial) =>
    trial.id % 8 === 3
      ? { values: [2], state: "failed", error: "the loss is NaN" }
      : Math.abs(Math.log10(rateOf(trial)) + 2),
  );

  it("says that one seed tells nothing of chance, and what failed", () => {
    expect(report.text).toContain("24 points (drawn), one seed each");
    expect(report.text).toContain("24 trials: 21 done, 3 failed\ntrial 4 failed: the loss is NaN\n");
    expect(report.text).toContain(
      "it was trained with one seed: without an interval nobody knows how much of this is chance",
    );
    expect(report.text).toContain("the best of 21 points is partly the luckiest");
    expect(report.text).toContain("over 21 points, 3 without a result left out): learningRate ");
  });

  it("has a setting with a condition among the axes, and no intervals", () => {
    expect(names(report)).toEqual(["curves", "importance", "settings"]);
    expect(report.figures.settings!.text).toMatch(/momentum: from .*; none for \d+ lines/);
    expect(report.figures.settings!.text).toMatch(/validation loss, lower is better: .*; none for 3 lines/);
  });
});

describe("a report of a search that gives trials up", () => {
  const plan: SweepPlan = { ...RANDOM, search: "asha", settings: { ...RANDOM.settings, epochs: 9 }, minEpochs: 1 };
  const report = reportOf(plan, (trial) => {
    const values = Array.from({ length: trial.id < 2 ? 9 : trial.id < 8 ? 3 : 1 }, (_, at) => rateOf(trial) + 9 - at);
    return { values, state: values.length === 9 ? "done" : "paused" };
  });

  it("compares what all have: the value after the first rung", () => {
    expect(report.text).toContain("24 trials: 2 done, 22 stopped early");
    expect(report.text).toMatch(/over 24 points, judged after 1 epoch, which all have\): learningRate 9\d/);
    expect(report.figures.settings!.text).toContain("validation loss after 1 epoch, lower is better: from 9");
    expect(report.figures.importance!.text).toContain("How much each setting matters after 1 epoch");
  });

  it("counts a trial that failed later as one without a result", () => {
    const { importance } = reportOf(plan, ({ id }) => ({ values: [id], state: id === 3 ? "failed" : "paused" }));
    expect(importance).toMatchObject({ counted: 23, leftOut: 1 });
  });

  it("has the best among those that came to the end", () => {
    expect(report.best).toMatchObject({ isFinal: true, epochs: 9 });
    expect([0, 1]).toContain(report.best!.point);
    expect(report.figures.settings!.text).toContain(`set apart: point ${report.best!.point + 1}, `);
  });
});

describe("a report of an odd sweep", () => {
  it.each<[string, SweepPlan, Parameters<typeof madeSweep>[1], string[], string]>([
    ["nothing was trained", GRID, () => ({ values: [], state: "waiting" }), [], "no trial has a validation loss yet"],
    [
      "all failed",
      RANDOM,
      () => ({ values: [], state: "failed", error: "no memory" }),
      [],
      "trial 1 failed: no memory",
    ],
    [
      "nothing is a number",
      RANDOM,
      () => ({ values: [Number.NaN, Number.NaN, null] }),
      [],
      "no trial has a validation loss",
    ],
    [
      "no trial came to its end",
      RANDOM,
      ({ id }) => ({ values: [2, 1 + id], state: "running" }),
      ["curves"],
      "best so far, as no trial has come to its end: point 1, validation loss 1 after 2 epochs",
    ],
    [
      "there was one trial",
      { data: "shapes", settings: { epochs: 2 } },
      () => 1,
      ["curves"],
      "best: point 1, validation loss 1",
    ],
    [
      "there was one epoch",
      { ...RANDOM, settings: { ...RANDOM.settings, epochs: 1 } },
      ({ id }) => id,
      ["importance", "settings"],
      "validation loss 0 after 1 epoch",
    ],
    [
      "one setting differs",
      { data: "shapes", settings: { epochs: 2, dim: { values: [4, 8, 12, 16, 20, 24, 28, 32] } } },
      ({ id }) => id,
      ["curves"],
      "dim 100.0%, several together 0.0%",
    ],
    ["all came to the same", RANDOM, () => 1, ["curves", "settings"], "what matters: all points have the same result"],
    [
      "losses differ beyond measure",
      RANDOM,
      ({ id }) => ({ values: [1, 10 ** (id - 6), id === 3 ? Number.POSITIVE_INFINITY : 10 ** (id - 6)] }),
      ["curves", "importance", "settings"],
      "validation loss 1e-6",
    ],
    [
      "settings are lists, objects, true and false",
      {
        data: "shapes",
        settings: {
          epochs: 2,
          augment: { values: [true, false] },
          schedule: { values: [{ a: [1] }, "<b>&", [1, 2]] },
          mixup: { values: [0, 0.2] },
        },
      },
      ({ id }) => id,
      ["curves", "importance", "settings"],
      'augment true, schedule {"a":[1]}, mixup 0',
    ],
  ])("is there when %s", async (_, plan, fate, figures, words) => {
    const report = reportOf(plan, fate);
    expect(names(report)).toEqual(figures);
    expect(report.text).toContain(words);
    for (const figure of Object.values(report.figures)) expect(await figure.svg()).toContain("<svg");
    expect(await sweepReportPage(report)).toContain("<h1>Sweep on shapes</h1>");
  });

  it("is there for 500 trials, of few traces", () => {
    const plan = { ...RANDOM, trials: 500 };
    const report = reportOf(plan, (trial) => rateOf(trial) + Math.sin(trial.id) / 10);
    expect(report.figures.settings!.spec.data.length).toBeLessThan(20);
    expect(report.figures.curves!.spec.data.length).toBe(2);
    expect(report.text).toContain("500 points");
  });
});

describe("a report in Chinese", () => {
  it("has none but Chinese words, but for names of settings", () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    for (const plan of [GRID, RANDOM]) {
      const report = reportOf(plan, ({ id }) => 1 + Math.sin(id));
      const figures = Object.values(report.figures);
      const said = [report.title, report.text, ...figures.map(({ text }) => text)].join("\n");
      const english = said.match(/[A-Za-z]+/g)!.filter((word) => word.length > 1);
      expect([...new Set(english)].sort()).toEqual(
        ["adam", "learningRate", "optimizer", "sgd", "shapes", plan === GRID ? "dim" : "momentum"].sort(),
      );
      expect(isShippedText(said + JSON.stringify(figures))).toBe(true);
    }
  });
});

describe("the page of a report", () => {
  const report = reportOf(GRID, ({ point, seed }) => point + seed / 10);
  let document: Document;
  beforeAll(async () => {
    document = new JSDOM(await sweepReportPage(report)).window.document;
  });

  it("has a heading, the words, a table and the figures, and asks no network for anything", () => {
    expect(document.title).toBe("Sweep on shapes");
    expect(document.querySelector("h1")!.textContent).toBe("Sweep on shapes");
    expect([...document.querySelectorAll("li")].map((item) => item.textContent)).toEqual(report.text.split("\n"));
    expect(document.querySelectorAll("tbody tr")).toHaveLength(12);
    expect(document.querySelector("h2")!.textContent).toBe(
      "All points, the best first (± standard deviation over seeds)",
    );
    expect(document.querySelectorAll("figure")).toHaveLength(4);
    expect(document.querySelectorAll("[src], [href], link")).toHaveLength(0);
    expect(document.documentElement.lang).toBe("en");
  });

  it("does nothing that a plan says", async () => {
    const hostile: SweepPlan = {
      data: "folder:<script>alert(1)</script>",
      settings: {
        epochs: 2,
        schedule: { values: ["</script><img src=x>", "a", "<b>b</b>"] },
        dim: { values: [8, 16, 24] },
      },
    };
    const page = new JSDOM(await sweepReportPage(reportOf(hostile, ({ id }) => id))).window.document;
    expect(page.querySelectorAll("img, b")).toHaveLength(0);
    expect(page.querySelector("h1")!.textContent).toBe("Sweep on folder:<script>alert(1)</script>");
  });
});

describe.each(PLOTLY_FILES)("Plotly %s", (_, file) => {
  it("finds nothing wrong with the figures of a report", () => {
    const window = openPlotly(file);
    const report = reportOf(GRID, ({ point, seed }) => point + seed / 10);
    for (const { spec } of Object.values(report.figures)) expect(complaintsOf(window, spec)).toEqual([]);
  });
});
