import { inspect } from "node:util";
import { expect, it } from "vitest";
import { tf } from "../../src/tensor/tf";
import { blockProbes } from "../../src/train/block-probes";
import { fit } from "../../src/train/fit";
import { adam } from "../../src/train/optimizers/adam";
import { onEveryEngine } from "../support/engines";
import { colors, microModel } from "./micro";

const train = colors(60);
const validation = colors(24, { seed: 2, split: "validation" });
const linear = { epochs: 20, batchSize: 20, learningRate: 0.05 };

onEveryEngine("blockProbes", () => {
  it("reads the classes from each state, and leaves the model as it is", async () => {
    const model = microModel({ depth: 2 });
    await fit(model, { train, epochs: 4, batchSize: 10, optimizer: adam({ learningRate: 5e-3 }), timing: false });
    const before = { state: model.stateDict(), tensors: tf.memory().numTensors };
    const found = await blockProbes(model, { train, validation, ...linear });
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(model.stateDict()).toEqual(before.state);
    expect(found.states.map(({ state }) => state)).toEqual(["embeddings", "block 0", "block 1"]);
    const [start, , end] = found.states.map(({ accuracy }) => accuracy) as [number, number, number];
    // The class token is the same for all images before the first block: what is read of it is no better than guessing.
    expect(start).toBeCloseTo(1 / 3, 5);
    expect(found.states[0]?.loss).toBeGreaterThan(1);
    expect(end).toBeGreaterThan(0.8);
    const text = inspect(found);
    expect(text).toMatch(/^linear probes of 3 states, on images held out: best after block \d, /);
    expect(text.split("\n")[2]).toMatch(/^embeddings +33\.3 % +1\.\d{3}$/);
    model.dispose();
  });
});

it("reads patches, draws the same from the same seed, and refuses what isn't there", async () => {
  const model = microModel();
  const patches = await blockProbes(model, { train, validation, token: "mean", ...linear });
  expect(patches.states[0]?.accuracy).toBeGreaterThan(0.8);
  const one = await blockProbes(model, { train, validation, token: 3, ...linear, epochs: 3 });
  const again = await blockProbes(model, { train, validation, token: 3, ...linear, epochs: 3 });
  expect(one.states).toEqual(again.states);
  const other = await blockProbes(model, { train, validation, token: 3, ...linear, epochs: 3, seed: 1 });
  expect(other.states).not.toEqual(one.states);
  await expect(blockProbes(model, { train, validation, token: 4 })).rejects.toThrow(
    'token is 4: expected "class", "mean" or a patch, 0 to 3 (2 rows of 2)',
  );
  await expect(blockProbes(model, { train } as never)).rejects.toThrow("validation");
  await expect(blockProbes(model, { train, validation, block: 1 } as never)).rejects.toThrow("has no option block");
  model.dispose();
  const pooled = microModel({ classToken: false, pool: "mean" });
  await expect(blockProbes(pooled, { train, validation, token: "class" })).rejects.toThrow(
    "has no class token to read",
  );
  const found = await blockProbes(pooled, { train, validation, ...linear, epochs: 1 });
  expect(found.states.length).toBe(2);
  pooled.dispose();
});
