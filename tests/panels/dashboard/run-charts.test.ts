import { expect, it } from "vitest";
import { RunCharts } from "../../../src/panels/dashboard/run-charts";
import type { EpochEvent, StepEvent } from "../../../src/train/events";
import type { TrainingPlan } from "../../../src/train/plan";
import type { RunRecord } from "../../../src/train/recent-runs";

const step = (update: number) =>
  ({
    ...{ type: "step", update, stepsPerEpoch: 4, loss: 2 / update, learningRate: 0.01 * update },
    ...{ examples: 8, seconds: 0.5 },
  }) as StepEvent;
const epoch = (number: number, validationLoss: number | null) =>
  ({
    type: "epoch",
    epoch: number,
    trainLoss: 1,
    validationLoss,
    validationAccuracy: validationLoss && 0.5,
  }) as EpochEvent;
const plan = { chance: { accuracy: 0.1, loss: 2.3 }, majority: null, noun: "image" } as TrainingPlan;

function charts(earlier: RunRecord[] = []) {
  const run = new RunCharts();
  run.addNorms({ update: 2, norms: { embeddings: 1, "blocks.0": 0.5 } });
  for (let i = 1; i <= 4; i++) run.add(step(i));
  run.add(epoch(1, 0.7));
  run.addMemory({ process: 2e8, tensors: 1e8 });
  return Object.fromEntries(run.charts(earlier, plan).map((chart) => [chart.title, chart]));
}

it("go over epochs, with what guessing gets", () => {
  const { Loss, Accuracy } = charts();
  expect(Loss?.lines.map(({ name, x, y }) => [name, x, y])).toEqual([
    ["training loss", [0.25, 0.5, 0.75, 1], [2, 1, 0.66667, 0.5]],
    ["validation loss", [1], [0.7]],
  ]);
  expect(Loss?.level).toEqual({ value: 2.3, label: "chance" });
  expect(Accuracy?.level).toEqual({ value: 0.1, label: "chance" });
  expect(Accuracy?.lines[0]?.y).toEqual([0.5]);
});

it("tell learning rate, throughput, memory and gradient norms", () => {
  const { "Learning rate": rate, Throughput, Memory, "Gradient norm by part": norms } = charts();
  expect(rate?.lines[0]?.y).toEqual([0.01, 0.02, 0.03, 0.04]);
  expect(Throughput).toMatchObject({ unit: "images a second", lines: [{ y: [16, 16, 16, 16] }] });
  expect(Memory?.lines.map(({ name, y }) => [name, y])).toEqual([
    ["process", [200]],
    ["tensors", [100]],
  ]);
  expect(norms).toMatchObject({
    scale: "log",
    lines: [
      { name: "embeddings", x: [0.5] },
      { name: "blocks.0", y: [0.5] },
    ],
  });
});

it("have earlier runs beneath, by what they were measured on", () => {
  const earlier = [
    { name: "measured", history: [epoch(1, 0.9), epoch(2, 0.8)] },
    { name: "not measured", history: [epoch(1, null)] },
  ] as unknown as RunRecord[];
  const { Loss, Accuracy } = charts(earlier);
  expect(Loss?.lines.slice(2)).toEqual([
    { name: "measured", kind: "earlier", x: [1, 2], y: [0.9, 0.8] },
    { name: "not measured", kind: "earlier", x: [1], y: [1] },
  ]);
  expect(Accuracy?.lines.map(({ name }) => name)).toEqual(["validation accuracy", "measured"]);
});

it("leave out what a run doesn't tell", () => {
  const run = new RunCharts();
  run.add(step(1));
  expect(run.charts([], null).map(({ title }) => title)).toEqual(["Loss", "Learning rate", "Throughput"]);
});
