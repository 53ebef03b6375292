import { afterEach, describe, expect, it, vi } from "vitest";
import type { Standing } from "../../../src/panels/dashboard/dashboard-view";
import { WORDS } from "../../../src/panels/dashboard/front/words";
import { trainingDashboard } from "../../../src/panels/dashboard/training-dashboard";
import { fit } from "../../../src/train/fit";
import { colors, microModel } from "../../train/micro";
import { fakeKernel } from "../../widgets/fake-kernel";

// What the browser gets is bundled by `npm run build`.
vi.mock("../../../src/panels/browser-file", () => ({ browserFile: () => "export default {}" }));

afterEach(() => vi.unstubAllEnvs());

const standing: Standing = {
  ...{ phase: "running", words: "", problem: null, epoch: 1, epochs: 5, update: 1200, totalSteps: 6000 },
  ...{ secondsLeft: 60, endsAt: null, baseRate: 0.001, lastRate: 0.001, answers: 0 },
};

describe("the words of a dashboard", () => {
  it("are all there in both languages, the Chinese in Chinese", () => {
    expect(Object.keys(WORDS.zh)).toEqual(Object.keys(WORDS.en));
    const texts = Object.values(WORDS.zh).filter((word) => typeof word === "string");
    expect(texts.filter((text) => !/\p{Script=Han}/u.test(text))).toEqual([]);
  });

  it("say where a run stands", () => {
    expect(WORDS.en.place(standing)).toBe("Training: 1 of 5 epochs, 1,200 of 6,000 steps");
    expect(WORDS.zh.place({ ...standing, phase: "paused" })).toBe("已暂停：第 1/5 轮，第 1,200/6,000 步");
    expect(WORDS.en.chartInWords("Memory", "MB", "process 80", null)).toBe(
      "Memory in MB, now: process 80. Arrow keys read earlier values.",
    );
    expect(WORDS.en.chartInWords("Loss", "", "training loss 2", "chance 2.3")).toBe(
      "Loss, now: training loss 2; chance 2.3. Arrow keys read earlier values.",
    );
  });
});

describe("a dashboard in a folder of Chinese notebooks", () => {
  fakeKernel();

  it("tells the panel its language, and speaks it itself", async () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    const model = microModel();
    const run = fit(model, { train: colors(30), validation: colors(12), epochs: 1, batchSize: 8, timing: false });
    const dashboard = trainingDashboard(run, { refresh: 0.01, runs: false });
    await run;
    await vi.waitFor(() => expect(dashboard.view.standing.phase).toBe("ended"));
    const { language, charts, pictures, standing } = dashboard.view;
    const said = [standing.words, ...charts.map(({ title }) => title), pictures?.attention?.words];
    expect(language).toBe("zh");
    expect(said.filter((text) => !/\p{Script=Han}/u.test(text ?? ""))).toEqual([]);
    model.dispose();
  });
});
