import { inLanguage } from "../../base/language";
import { isBalanced } from "../../data/class-counts";
import { CHANCE } from "../../figure/level-line";
import type { EpochEvent, StepEvent, TrainingEvent } from "../../train/events";
import type { GradientNorms } from "../../train/gradient-norms";
import type { TrainingPlan } from "../../train/plan";
import type { RunRecord } from "../../train/recent-runs";
import type { Chart, ChartLine } from "./dashboard-view";
import { rounded, Series } from "./series";

/** The charts of a run, fed with what it tells. All go over epochs, so that runs of other batch sizes fit beside it. */
export class RunCharts {
  readonly #losses = new Series();
  readonly #rates = new Series();
  readonly #secondsPerExample = new Series();
  readonly #memory = { process: new Series(), tensors: new Series() };
  readonly #norms = new Map<string, Series>();
  readonly #epochs: EpochEvent[] = [];
  /** Epochs done, with the part of the present one. */
  #place = 0;
  #stepsPerEpoch = 1;

  add(event: TrainingEvent): void {
    if (event.type === "step") this.#addStep(event);
    else if (event.type === "epoch") this.#epochs.push(event);
  }

  /** Bytes of now. */
  addMemory(bytes: { process: number; tensors: number }): void {
    for (const name of ["process", "tensors"] as const) this.#memory[name].add(this.#place, bytes[name] / 1e6);
  }

  addNorms({ update, norms }: GradientNorms): void {
    for (const [part, norm] of Object.entries(norms)) {
      const series = this.#norms.get(part) ?? new Series(80);
      this.#norms.set(part, series);
      series.add(update, norm);
    }
  }

  /** With the lines of earlier runs beneath, and what guessing gets. */
  charts(earlier: readonly RunRecord[], plan: TrainingPlan | null): Chart[] {
    const { chance = null, majority = null, noun = "image" } = plan ?? {};
    const epochs = this.#epochs;
    const loss = epochLine(
      inLanguage({ en: "validation loss", zh: "验证损失" }),
      "held-out",
      epochs,
      ({ validationLoss }) => validationLoss,
    );
    const accuracy = epochLine(
      inLanguage({ en: "validation accuracy", zh: "验证准确率" }),
      "held-out",
      epochs,
      (event) => event.validationAccuracy,
    );
    const earlierLosses = earlier.map(({ name, history }) => {
      const measured = history.some(({ validationLoss }) => validationLoss !== null);
      return epochLine(name, "earlier", history, (event) => (measured ? event.validationLoss : event.trainLoss));
    });
    const guess =
      majority && chance && !isBalanced(majority, chance.accuracy)
        ? { value: majority.accuracy, label: inLanguage({ en: "the commonest class", zh: "最常见的类别" }) }
        : chance && { value: chance.accuracy, label: inLanguage(CHANCE) };
    const rate = inLanguage({ en: "Learning rate", zh: "学习率" });
    const throughput = inLanguage({ en: "Throughput", zh: "吞吐量" });
    return [
      chart(
        inLanguage({ en: "Loss", zh: "损失" }),
        "",
        "linear",
        [ownLine(inLanguage({ en: "training loss", zh: "训练损失" }), this.#losses), loss, ...earlierLosses],
        {
          level: chance && { value: chance.loss, label: inLanguage(CHANCE) },
          fromZero: false,
        },
      ),
      chart(
        inLanguage({ en: "Accuracy", zh: "准确率" }),
        "",
        "percent",
        [
          accuracy,
          ...earlier.map(({ name, history }) =>
            epochLine(name, "earlier", history, (event) => event.validationAccuracy),
          ),
        ],
        { level: guess },
      ),
      chart(rate, "", "linear", [ownLine(rate.toLowerCase(), this.#rates)]),
      chart(throughput, inLanguage({ en: `${noun}s a second`, zh: "样本/秒" }), "linear", [
        { name: throughput.toLowerCase(), kind: "own", ...this.#secondsPerExample.points((seconds) => 1 / seconds) },
      ]),
      chart(inLanguage({ en: "Memory", zh: "内存" }), "MB", "linear", [
        ownLine(inLanguage({ en: "process", zh: "进程" }), this.#memory.process),
        { ...ownLine(inLanguage({ en: "tensors", zh: "张量" }), this.#memory.tensors), kind: "held-out" },
      ]),
      chart(
        inLanguage({ en: "Gradient norm by part", zh: "各部分的梯度范数" }),
        "",
        "log",
        [...this.#norms].map(([part, series]) => this.#partLine(part, series)),
      ),
    ].filter(({ lines }) => lines.length > 0);
  }

  /** Norms come before the event of their step, when it may not be known yet how long an epoch is. */
  #partLine(part: string, series: Series): ChartLine {
    const { x, y } = series.points();
    return { name: part, kind: "part", x: x.map((update) => update / this.#stepsPerEpoch), y };
  }

  #addStep({ update, stepsPerEpoch, loss, learningRate, seconds, examples }: StepEvent): void {
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#place = update / stepsPerEpoch;
    this.#losses.add(this.#place, loss);
    this.#rates.add(this.#place, learningRate);
    this.#secondsPerExample.add(this.#place, seconds / examples);
  }
}

function chart(
  title: string,
  unit: string,
  scale: Chart["scale"],
  lines: ChartLine[],
  { level = null, fromZero = true }: Partial<Pick<Chart, "level" | "fromZero">> = {},
): Chart {
  return { title, unit, scale, fromZero, lines: lines.filter(({ y }) => y.some((value) => value !== null)), level };
}

function ownLine(name: string, series: Series): ChartLine {
  return { name, kind: "own", ...series.points() };
}

/** Longest list of epochs that is drawn in full. */
const MOST_EPOCHS = 300;

function epochLine(
  name: string,
  kind: ChartLine["kind"],
  history: readonly EpochEvent[],
  value: (event: EpochEvent) => number | null,
): ChartLine {
  const step = Math.ceil(history.length / MOST_EPOCHS);
  // The last one is always among them.
  const drawn = history.filter((_, i) => (history.length - 1 - i) % step === 0);
  return {
    name,
    kind,
    x: drawn.map(({ epoch }) => epoch),
    y: drawn.map((event) => rounded(value(event) ?? Number.NaN)),
  };
}
