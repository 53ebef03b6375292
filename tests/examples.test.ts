// The examples, each a page that a reader copies: run as they are, and held to what they say of themselves.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import type { Explanation } from "../src/explain/explanation";
import type { StateDict } from "../src/nn/module";
import { tf } from "../src/tensor/tf";
import type { ExamplesEvaluation } from "../src/train/evaluate";
import type { FitResult } from "../src/train/fit-result";
import type { Trainable } from "../src/train/trainable";
import type { TrainingRun } from "../src/train/training-run";
import { temporaryFolder } from "./data/helpers";

const folder = path.join(__dirname, "..", "examples");

/** What an example has for its reader to call. */
interface Example<Arguments extends unknown[], Result> {
  main(...given: Arguments): Result;
}

interface Resumed {
  reasons: string[];
  validationLoss: number;
  weights: StateDict[];
}

interface Characters extends Example<[Trainable], TrainingRun> {
  CharacterModel: new () => Trainable;
}

interface Measured {
  result: FitResult;
  seen: string[];
  measured: ExamplesEvaluation;
}

/** By a path that the compiler doesn't follow: it knows the examples' "vitlab" only in their own folder. */
async function load<Page>(name: string): Promise<Page> {
  return import(path.join(folder, `${name}.ts`));
}

it.each(readdirSync(folder).filter((file) => file.endsWith(".ts")))("%s is a page of at most 40 lines", (file) => {
  expect(readFileSync(path.join(folder, file), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(40);
});

it("a ViT with RMSNorm, SwiGLU and registers is trained, saved and loaded, and resumed to the bit", async () => {
  const { main } = await load<Example<[dir: string], Promise<Resumed>>>("modern-vit");
  const { reasons, validationLoss, weights } = await main(temporaryFolder());
  expect(reasons).toEqual(["stopped", "finished"]);
  expect(validationLoss).toBeLessThan(Math.log(10));
  const [whole, resumed, loaded] = weights as [StateDict, StateDict, StateDict];
  expect(Object.keys(whole)).toContain("blocks.1.mlp.gate.weight");
  expect(Object.keys(whole)).not.toContain("norm.bias");
  expect(whole["embeddings.registerTokens"]?.shape).toEqual([4, 32]);
  expect(resumed).toEqual(whole);
  expect(loaded).toEqual(whole);
});

it("a model of characters learns the next one, and never sees it", async () => {
  const { main, CharacterModel } = await load<Characters>("causal-characters");
  const model = new CharacterModel();
  const run = main(model);
  const plan = await run.plan;
  expect(String(plan)).not.toContain("NaN");
  expect(plan).toMatchObject({ noun: "example", flops: null, chance: null, majority: null });
  const { history } = await run;
  // Evenly among 14 letters it would be 2.6; what comes after a letter is often certain.
  expect(history.at(-1)?.validationLoss).toBeLessThan(1);
  expect(history.at(-1)?.validationAccuracy).toBeGreaterThan(0.6);
  tf.tidy(() => {
    const scores = [3, 9].map((last) => model.forward(tf.tensor2d([[1, 2, 3, last]], undefined, "int32")));
    const [known, changed] = scores.map((each) => tf.slice(each, [0, 0, 0], [1, 3, -1]).dataSync());
    expect(known).toEqual(changed);
  });
  model.dispose();
});

it("a loss, a metric and a callback of one's own are used", async () => {
  const { main } = await load<Example<[], Promise<Measured>>>("own-loss");
  const { result, seen, measured } = await main();
  const last = result.history.at(-1);
  expect(seen).toHaveLength(result.history.length);
  expect(last?.validationAccuracy).toBeNull();
  expect(measured.accuracy).toBeNull();
  expect(measured.loss).toBeCloseTo(last?.validationLoss as number, 6);
  expect(measured.metrics.topThree).toBeCloseTo(last?.metrics?.topThree as number, 6);
  expect(result.best?.monitor).toBe("topThree");
  expect(last?.trainLoss).toBeLessThan(result.history[0]?.trainLoss as number);
});

it("Muon steps in a loop of one's own, and leaves no tensor behind", async () => {
  const { main } = await load<Example<[], number[]>>("muon-loop");
  const before = tf.memory().numTensors;
  const losses = main();
  expect(tf.memory().numTensors).toBe(before);
  expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] as number));
});

it("of a replaced block the weights move, and only those", async () => {
  const { main } = await load<Example<[], Promise<string[]>>>("replaced-block");
  const moved = await main();
  expect(moved.length).toBeGreaterThan(0);
  expect(moved.every((name) => name.startsWith("blocks.3."))).toBe(true);
  expect(moved).not.toContain("blocks.3.norm1.bias");
});

it("a training is watched over its snapshots, whose first and last are the untrained and the trained model", async () => {
  const { main } = await load<Example<[dir: string], Promise<Record<string, Explanation>>>>("training-movie");
  const { heads, blocks, both, learnt } = (await main(temporaryFolder())) as Record<string, Explanation>;
  expect(heads?.axes.map(({ name }) => name)).toEqual(["epoch", "image", "block", "head"]);
  expect(heads?.axes[0]?.labels).toEqual(["epoch 0", "epoch 2", "epoch 4", "epoch 6"]);
  expect([heads?.shape, blocks?.shape]).toEqual([
    [4, 12, 2, 4],
    [4, 12, 2],
  ]);
  const size = 12 * 2 * 4;
  const [first, last] = [heads?.data.slice(0, size), heads?.data.slice(-size)];
  expect([...(both?.data ?? [])]).toEqual([...(first ?? []), ...(last ?? [])]);
  expect(learnt?.data).toEqual(last?.map((value, i) => value - (first?.[i] as number)));
});
