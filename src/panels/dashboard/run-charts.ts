import { isBalanced } from "../../data/class-counts";
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
    const loss = epochLine("validation loss", "held-out", epochs, ({ validationLoss }) => validationLoss);
    const accuracy = epochLine("validation accuracy", "held-out", epochs, (event) => event.validationAccuracy);
    const earlierLosses = earlier.map(({ name, history }) => {
      const measured = history.some(({ validationLoss }) => validationLoss !== null);
      return epochLine(name, "earlier", history, (event) => (measured ? event.validationLoss : event.trainLoss));
    });
    const guess =
      majority && chance && !isBalanced(majority, chance.accuracy)
        ? { value: majority.accuracy, label: "the commonest class" }
        : chance && { value: chance.accuracy, label: "chance" };
    return [
      chart("Loss", "", "linear", [ownLine("training loss", this.#losses), loss, ...earlierLosses], {
        level: chance && { value: chance.loss, label: "chance" },
        fromZero: false,
      }),
      chart(
        "Accuracy",
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
      chart("Learning rate", "", "linear", [ownLine("learning rate", this.#rates)]),
      chart("Throughput", `${noun}s a second`, "linear", [
        { name: "throughput", kind: "own", ...this.#secondsPerExample.points((seconds) => 1 / seconds) },
      ]),
      chart("Memory", "MB", "linear", [
        ownLine("process", this.#memory.process),
        { ...ownLine("tensors", this.#memory.tensors), kind: "held-out" },
      ]),
      chart(
        "Gradient norm by part",
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
