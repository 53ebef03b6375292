import { checkPositive } from "../../base/check-number";
import { checkOptions, show } from "../../base/check-options";
import { printAs, sentenceOf } from "../../base/display-kind";
import { VitlabError } from "../../base/error";
import { inLanguage, language } from "../../base/language";
import type { ImageDataset } from "../../data/dataset";
import { LiveFigure } from "../../figure/live-figure";
import { notebookDisplay } from "../../figure/notebook-display";
import { tf } from "../../tensor/tf";
import { savedRuns } from "../../train/checkpoint/saved-runs";
import { describeResult } from "../../train/describe-training";
import type { TrainingEvent } from "../../train/events";
import type { TrainingPlan } from "../../train/plan";
import { type RunRecord, recentRuns } from "../../train/recent-runs";
import { TrainingRun } from "../../train/training-run";
import { type AnyWidgetState, anyWidget } from "../../widgets/any-widget";
import { kernelComms } from "../../widgets/kernel-comms";
import type { Widget } from "../../widgets/widget";
import { browserFile } from "../browser-file";
import { trainingCurves } from "../show-training";
import { pictured, Still } from "../still";
import type { DashboardRequest, DashboardView, Standing } from "./dashboard-view";
import { earlierRuns } from "./earlier-runs";
import { projectedSeconds } from "./projected-seconds";
import { RunCharts } from "./run-charts";
import { RunPictures } from "./run-pictures";
import { settingsTable } from "./settings-table";

/** What a dashboard shows, and how often. */
export interface DashboardOptions {
  /** Whose predictions are shown, the first eight, and whose attention, the first. Default some of the run's validation images. */
  images?: ImageDataset;
  /** Seconds between two refreshes. Predictions and attention come less often where they would take more than 0.5 % of the time. Default 1. */
  refresh?: number;
  /** A folder whose saved runs lie beneath, or false for none. Default "runs". */
  runs?: string | false;
}

/** How notebooks ask a value what to show. */
const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** The part of the time that predictions and attention may take. */
const BUDGET = 0.005;
/** Steps whose time tells that of the next. */
const TIMED_STEPS = 50;

/**
 * A panel of a run under way: `const run = fit(…); trainingDashboard(run)`.
 *
 * It shows progress and projected end, loss and accuracy beside what guessing gets, learning rate, throughput, memory, gradient
 * norms by part, predictions for a few images and the attention on one; earlier runs of this process and those of a folder lie
 * beneath, and a table says what differs in their settings. Buttons pause the run, go on and stop it; a field changes its
 * learning rate. Where there are no comms (stock tslab, a script) there is the live curve of the epochs alone.
 *
 * @throws VitlabError when it gets no run of `fit`, an option is out of range, or the images aren't the model's.
 */
export function trainingDashboard(run: TrainingRun, options: DashboardOptions = {}): TrainingDashboard {
  if (!(run instanceof TrainingRun))
    throw new VitlabError(
      `trainingDashboard got ${show(run)}: give a run under way, as in const run = fit(model, { … }); trainingDashboard(run)`,
    );
  checkOptions("trainingDashboard", options, { images: true, refresh: true, runs: true });
  const { images, refresh = 1, runs = "runs" } = options;
  checkPositive("refresh", refresh);
  if (runs !== false && (typeof runs !== "string" || runs === ""))
    throw new VitlabError(`runs is ${show(runs)}: give the folder of earlier runs, such as "runs", or false`);
  return new TrainingDashboard(run, RunPictures.of(run.model, run.data, images), refresh, runs);
}

/** A panel of a run; made by `trainingDashboard`. */
export class TrainingDashboard {
  readonly #widget: Widget<DashboardView & AnyWidgetState> | undefined;
  readonly #charts = new RunCharts();
  readonly #still = new Still(() =>
    pictured(
      this.run.history.length > 0 ? trainingCurves(this.run.history, this.#plan ?? undefined) : null,
      inLanguage({
        en: "These are the curves of a training run: its dashboard is there where its kernel runs.",
        zh: "这是一次训练的曲线：内核运行时，这里是它的训练面板。",
      }),
    ),
  );
  readonly #refreshSeconds: number;
  #pictures: RunPictures | null;
  #saved: readonly RunRecord[] = [];
  #plan: TrainingPlan | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** When the next refresh may be, and the next predictions, as `performance.now()` says it. */
  #dueAt = 0;
  #picturesDueAt = 0;
  #isNew = true;
  #asked = false;
  #ended: { words: string; problem: string | null } | null = null;
  #problem: string | null = null;
  #answers = 0;
  #update = 0;
  #epoch = 0;
  #lastRate: number | null = null;
  #totals = { epochs: 0, totalSteps: 0 };
  #stepSeconds: number[] = [];
  #epochSteps = 0;
  #validationSeconds = 0;
  #view: DashboardView;

  constructor(
    readonly run: TrainingRun,
    pictures: RunPictures | null,
    refresh: number,
    runs: string | false,
  ) {
    this.#refreshSeconds = refresh;
    this.#pictures = pictures;
    this.#view = {
      language: language(),
      standing: this.#standing(),
      charts: [],
      pictures: null,
      settings: { runs: [], rows: [], more: 0 },
    };
    printAs(this, () => this.toString());
    if (!kernelComms()) {
      void followWithCurve(run);
      return;
    }
    const widget = anyWidget<DashboardView>({ esm: browserFile("dashboard", "front.js") }, this.#view);
    this.#widget = widget;
    widget.onMessage((content) => this.#answer(content));
    void this.#follow(runs);
  }

  /** What the panel shows now. */
  get view(): DashboardView {
    return this.#view;
  }

  /** Ends the panel and leaves the run as it is. */
  close(): void {
    clearInterval(this.#timer);
    this.#still.end();
    this.#pictures = null;
    this.#widget?.close();
  }

  /** Its text: `${dashboard}`. */
  toString(): string {
    const { words, problem } = this.#ended ?? {};
    return `dashboard of a ${problem ?? words ?? sentenceOf(this.run) ?? "training run"}`;
  }

  /** As the value of a cell: the curves in an output of their own, which the panel hides while it lives. */
  async [DISPLAY](): Promise<Record<string, unknown>> {
    if (this.#widget) await this.#still.show();
    return { ...this.#widget?.viewBundle, "text/plain": this.toString() };
  }

  async #follow(runs: string | false): Promise<void> {
    const { run } = this;
    // The run itself says what is wrong with it to whoever awaits it.
    const planned = run.plan.then(
      (plan) => {
        this.#plan = plan;
        this.#isNew = true;
      },
      () => {},
    );
    const loaded = this.#pictures?.load().catch(() => {
      this.#pictures = null;
    });
    if (runs !== false) this.#saved = await savedRuns(runs);
    this.#timer = setInterval(() => this.#refreshWhenDue(), Math.min(1000, 1000 * this.#refreshSeconds) / 2);
    // Looking on is no reason to keep a process.
    this.#timer.unref();
    try {
      for await (const event of run) this.#take(event);
      const result = await run;
      this.#ended = { words: describeResult(result), problem: null };
    } catch (error) {
      this.#ended = {
        words: inLanguage({ en: "training ended", zh: "训练结束" }),
        problem: String((error as Error)?.message ?? error),
      };
    }
    clearInterval(this.#timer);
    await planned;
    await loaded;
    // Nobody drags any more, and whoever executes the notebook may end its kernel with the run.
    this.#still.refresh(0);
    this.#refresh();
  }

  #take(event: TrainingEvent): void {
    this.#isNew = true;
    this.#charts.add(event);
    if (event.type === "learningRate") return;
    const { type, epochs, update, learningRate, seconds } = event;
    this.#totals.epochs = epochs;
    this.#update = update;
    this.#lastRate = learningRate;
    if (type === "step") {
      this.#epoch = event.epoch - 1;
      this.#totals.totalSteps = event.totalSteps;
      this.#stepSeconds.push(seconds);
      this.#stepSeconds.splice(0, this.#stepSeconds.length - TIMED_STEPS);
      this.#epochSteps = event.step === 1 ? seconds : this.#epochSteps + seconds;
    } else {
      this.#epoch = event.epoch;
      this.#still.refresh();
      // Of an epoch that was seen from its start.
      if (this.#epochSteps > 0) this.#validationSeconds = Math.max(0, seconds - this.#epochSteps);
      this.#epochSteps = 0;
    }
  }

  #refreshWhenDue(): void {
    const isPaused = this.#view.standing.phase === "paused";
    if (this.run.paused !== isPaused) this.#isNew = true;
    if (this.#isNew && performance.now() >= this.#dueAt) this.#refresh();
  }

  /** Computes and sends all that is new. */
  #refresh(): void {
    const start = performance.now();
    this.#isNew = false;
    const { run } = this;
    this.#charts.addMemory({ process: process.memoryUsage.rss(), tensors: tf.memory().numBytes });
    const own = recentRuns().find(({ history }) => history === run.history);
    const earlier = earlierRuns(recentRuns(), this.#saved, own);
    this.#view = {
      ...this.#view,
      standing: this.#standing(),
      charts: this.#charts.charts(earlier, this.#plan),
      pictures: this.#takePictures() ?? this.#view.pictures,
      settings:
        own && earlier.length > 0
          ? settingsTable([{ ...own, name: inLanguage({ en: "this run", zh: "本次训练" }) }, ...earlier])
          : this.#view.settings,
    };
    this.#widget?.set(this.#view);
    this.#askForNorms();
    this.#dueAt = start + 1000 * this.#refreshSeconds;
  }

  #takePictures(): DashboardView["pictures"] {
    const start = performance.now();
    const isDue = this.#ended !== null || start >= this.#picturesDueAt;
    if (!this.#pictures || !isDue || this.run.model.isDisposed) return null;
    try {
      const taken = this.#pictures.take(this.#update);
      this.#picturesDueAt = start + (performance.now() - start) / BUDGET;
      return taken;
    } catch (error) {
      this.#pictures = null;
      this.#problem = `no more predictions: ${(error as Error).message}`;
      return null;
    }
  }

  #askForNorms(): void {
    if (this.#asked || this.#ended) return;
    this.#asked = true;
    void this.run.gradientNorms().then((norms) => {
      this.#asked = false;
      if (norms) this.#charts.addNorms(norms);
    });
  }

  #standing(): Standing {
    const { run } = this;
    const { epochs, totalSteps } = { ...this.#plan, ...(this.#totals.totalSteps > 0 && this.#totals) };
    const phase = this.#ended ? "ended" : run.paused ? "paused" : this.#plan ? "running" : "planning";
    const projected = projectedSeconds({
      stepsLeft: (totalSteps ?? 0) - this.#update,
      epochsLeft: (epochs ?? 0) - this.#epoch,
      stepSeconds: this.#stepSeconds,
      validationSeconds: this.#validationSeconds,
    });
    const secondsLeft = this.#ended ? null : (projected ?? this.#plan?.seconds ?? null);
    return {
      phase,
      words: this.#ended?.words ?? sentenceOf(run) ?? "training run",
      problem: this.#ended?.problem ?? this.#problem,
      epoch: this.#epoch,
      epochs: epochs ?? 0,
      update: this.#update,
      totalSteps: totalSteps ?? 0,
      secondsLeft: secondsLeft === null ? null : Math.round(secondsLeft * 10) / 10,
      endsAt: secondsLeft === null || phase !== "running" ? null : Math.round(Date.now() + 1000 * secondsLeft),
      baseRate: run.baseLearningRate,
      lastRate: this.#lastRate,
      answers: this.#answers,
    };
  }

  /** Does what the panel asks for; what is wrong with it is said there. */
  #answer(content: unknown): void {
    const { run } = this;
    const request = content as DashboardRequest | null;
    this.#problem = null;
    this.#answers++;
    try {
      if (request?.action === "pause") run.pause();
      else if (request?.action === "resume") run.resume();
      else if (request?.action === "stop") run.stop();
      else if (request?.action === "learningRate") run.setLearningRate(Number(request.rate));
    } catch (error) {
      if (!(error instanceof VitlabError)) throw error;
      this.#problem = error.message;
    }
    // At once, and without the costly rest.
    this.#view = { ...this.#view, standing: this.#standing() };
    this.#widget?.set({ standing: this.#view.standing });
    this.#isNew = true;
  }
}

/** Where there is nobody to send a panel to: the curve of the epochs, drawn anew after each. */
async function followWithCurve(run: TrainingRun): Promise<void> {
  // Asked before anything is waited for: stock tslab shows it in the cell that runs now.
  const display = notebookDisplay();
  let live: LiveFigure | undefined;
  try {
    const plan = await run.plan;
    for await (const event of run) {
      if (event.type !== "epoch") continue;
      const figure = trainingCurves(run.history, plan);
      if (live) live.update(figure);
      else {
        live = new LiveFigure(display, LIVE_INTERVAL, figure);
        await live.start();
      }
    }
    await live?.finish();
  } catch {
    // The run says what was wrong with it.
  }
}

/** Milliseconds, as of `liveFigure`. */
const LIVE_INTERVAL = 500;
