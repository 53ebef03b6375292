import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { nextTurn } from "../../../src/base/next-turn";
import { DISPLAY_HOOK } from "../../../src/figure/notebook-display";
import type { DashboardView } from "../../../src/panels/dashboard/dashboard-view";
import { type DashboardOptions, trainingDashboard } from "../../../src/panels/dashboard/training-dashboard";
import { tf } from "../../../src/tensor/tf";
import { fit } from "../../../src/train/fit";
import type { FitOptions } from "../../../src/train/fit-options";
import type { TrainingRun } from "../../../src/train/training-run";
import { colors, microModel, untimed } from "../../train/micro";
import { fakeKernel } from "../../widgets/fake-kernel";

// What the browser gets is bundled by `npm run build`.
vi.mock("../../../src/panels/browser-file", () => ({ browserFile: () => "export default {}" }));

const dir = mkdtempSync(join(tmpdir(), "vitlab-dashboard-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function start(options: Partial<FitOptions> = {}) {
  const model = microModel();
  const data = { train: colors(30), validation: colors(12, { seed: 2, split: "validation" }) };
  return { model, run: fit(model, { ...data, epochs: 3, batchSize: 8, seed: 5, timing: false, ...options }) };
}

const panel = (run: TrainingRun, options: DashboardOptions = {}) =>
  trainingDashboard(run, { refresh: 0.01, runs: false, ...options });

/** Waits until the dashboard shows something. */
async function until(question: () => boolean): Promise<void> {
  while (!question()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("in a kernel with comms", () => {
  const kernel = fakeKernel();
  const modelId = () => [...kernel().opened].find(([, state]) => state._model_name === "AnyModel")?.[0];
  const ask = (content: unknown) => kernel().receive(modelId(), { method: "custom", content });
  /** The state as a front end has it. */
  const state = () => {
    const sent = kernel().sent.filter(({ id, data }) => id === modelId() && data.state !== undefined);
    return Object.assign({}, ...sent.map(({ data }) => data.state)) as DashboardView;
  };

  it("shows all of a run, changes no number of it and leaves no tensor", async () => {
    const alone = start();
    const { history } = await alone.run;
    const before = tf.memory().numTensors;
    const { model, run } = start();
    const dashboard = panel(run);
    await run;
    await until(() => dashboard.view.standing.phase === "ended");
    expect(untimed(run.history)).toEqual(untimed(history));
    expect(tf.memory().numTensors - before, "the model alone is left").toBe(model.parameters().length);
    const { standing, charts, pictures, settings } = state();
    expect(standing).toMatchObject({ phase: "ended", update: 12, totalSteps: 12, epoch: 3, epochs: 3, problem: null });
    expect(standing.words).toContain("training finished after 3 of 3 epochs and 12 steps");
    expect(charts.map(({ title }) => title)).toEqual([
      ...["Loss", "Accuracy", "Learning rate", "Throughput", "Memory", "Gradient norm by part"],
    ]);
    expect(pictures?.predictions.length).toBe(8);
    expect(pictures?.predictions[0]?.image).toMatch(/^data:image\/png;base64,/);
    expect(pictures?.attention).toMatchObject({ rows: 2, columns: 2 });
    expect(settings.runs).toEqual(["this run", "run 1"]);
    expect(settings.rows, "the same settings").toEqual([]);
    expect(charts[0]?.lines.map(({ name }) => name)).toEqual(["training loss", "validation loss", "run 1"]);
    expect(JSON.parse(JSON.stringify(state()))).toEqual(state());
    model.dispose();
    alone.model.dispose();
  });

  it("pauses, goes on, changes the learning rate and stops as it is asked to", async () => {
    const { model, run } = start({ epochs: 5000, optimizer: "adam" });
    const dashboard = panel(run);
    await until(() => state().standing.update > 0);
    ask({ action: "pause" });
    expect(run.paused).toBe(true);
    expect(state().standing.phase).toBe("paused");
    ask({ action: "learningRate", rate: 0.02 });
    expect(state().standing.baseRate).toBe(0.02);
    const { answers } = state().standing;
    ask({ action: "hello" });
    expect(state().standing.answers).toBe(answers + 1);
    ask({ action: "resume" });
    await until(() => state().standing.lastRate === 0.02);
    ask({ action: "learningRate", rate: -1 });
    expect(state().standing.problem).toBe("learningRate is -1: it must be above 0");
    for (const odd of [null, "stop", { action: "else" }]) expect(() => ask(odd)).not.toThrow();
    ask({ action: "stop" });
    expect(await run).toMatchObject({ reason: "stopped" });
    await until(() => dashboard.view.standing.phase === "ended");
    ask({ action: "learningRate", rate: 0.1 });
    expect(state().standing.problem).toContain("this run has ended");
    expect(String(dashboard)).toMatch(/^dashboard of a training ended \(stopped\)/);
    model.dispose();
  });

  it("notices a pause that someone else made", async () => {
    const { model, run } = start({ epochs: 5000 });
    const dashboard = panel(run);
    await until(() => state().standing.update > 0);
    run.pause();
    await until(() => state().standing.phase === "paused");
    expect(state().standing.endsAt).toBeNull();
    run.stop();
    await until(() => dashboard.view.standing.phase === "ended");
    model.dispose();
  });

  it("lays earlier runs beneath and says what differs", async () => {
    const saved = start({ checkpoint: { dir: join(dir, "runs", "saved") }, labelSmoothing: 0.1 });
    await saved.run;
    const { model, run } = start();
    const dashboard = panel(run, { runs: join(dir, "runs") });
    await until(() => dashboard.view.standing.phase === "ended");
    const { charts, settings } = state();
    const name = join(dir, "runs", "saved");
    expect(charts[0]?.lines.some((line) => line.name === name && line.kind === "earlier")).toBe(true);
    expect(settings.runs.filter((one) => one === name).length, "known once").toBe(1);
    const row = settings.rows.find(({ setting }) => setting === "labelSmoothing");
    expect(row?.values[settings.runs.indexOf(name)]).toBe("0.1");
    for (const one of [saved.model, model]) one.dispose();
  });

  it("says what broke the run, and goes on without pictures of a model that was disposed", async () => {
    const { model, run } = start({ epochs: 5000 });
    const dashboard = panel(run);
    await until(() => state().standing.update > 0);
    model.dispose();
    await expect(run).rejects.toThrow();
    await until(() => dashboard.view.standing.phase === "ended");
    expect(state().standing.problem).toContain("disposed");
  });

  it("shows as a view, with a sentence for those who can't see it, until it is closed", async () => {
    const { model, run } = start({ epochs: 1 });
    const dashboard = panel(run);
    const bundle = await (dashboard as unknown as Record<symbol, () => Promise<Record<string, unknown>>>)[
      Symbol.for("Jupyter.display")
    ]?.call(dashboard);
    // For whoever has no kernel.
    expect(kernel().shown.map(({ value }) => (value as Record<string, string>)["text/html"])).toEqual([
      expect.stringMatching(/^<div class="vitlab-still"><p>/),
    ]);
    expect(bundle?.["application/vnd.jupyter.widget-view+json"]).toMatchObject({ model_id: modelId() });
    expect(bundle?.["text/plain"]).toBe("dashboard of a training run: 0 of 1 epochs done, 0 of 4 steps");
    dashboard.close();
    expect(kernel().closed).toContain(modelId());
    await run;
    model.dispose();
  });

  it("refuses what it can't show", async () => {
    const { model, run } = start();
    expect(() => trainingDashboard({} as TrainingRun)).toThrow("give a run under way");
    expect(() => panel(run, { refresh: 0 })).toThrow("refresh is 0: it must be above 0");
    expect(() => panel(run, { runs: "" })).toThrow('runs is "": give the folder of earlier runs');
    expect(() => panel(run, { images: 3 as never })).toThrow("images are no data set of images");
    await run;
    model.dispose();
  });
});

describe("where there are no comms", () => {
  it("is the live curve of the epochs", async () => {
    const shown: Record<string, unknown>[] = [];
    const hooks = globalThis as Record<symbol, unknown>;
    hooks[DISPLAY_HOOK] = (data: Record<string, unknown>) => shown.push(data);
    try {
      const { model, run } = start();
      const dashboard = panel(run);
      await run;
      await until(() => shown.length >= 2);
      await nextTurn();
      expect(shown.at(-1)?.["text/plain"]).toContain("Training");
      expect(dashboard.view.charts).toEqual([]);
      model.dispose();
    } finally {
      delete hooks[DISPLAY_HOOK];
    }
  });
});
