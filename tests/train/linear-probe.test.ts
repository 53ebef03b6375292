import { expect, it } from "vitest";
import { tf } from "../../src/tensor/tf";
import { evaluate } from "../../src/train/evaluate";
import { linearProbe } from "../../src/train/linear-probe";
import { onEveryEngine } from "../support/engines";
import { colors, microModel } from "./micro";

const train = colors(60);
const validation = colors(24, { seed: 2, split: "validation" });

onEveryEngine("linearProbe", () => {
  it("trains the head alone, and what it measures is what the whole model does", async () => {
    const model = microModel();
    const before = { state: model.stateDict(), tensors: tf.memory().numTensors };
    const result = await linearProbe(model, { train, validation, epochs: 40, batchSize: 20, learningRate: 0.05 });
    for (const [name, { data }] of Object.entries(model.stateDict())) {
      if (name.startsWith("head.")) expect(data).not.toEqual(before.state[name]?.data);
      else expect(data, name).toEqual(before.state[name]?.data);
    }
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(result.trainLosses.length).toBe(40);
    expect(result.trainLosses.at(-1)).toBeLessThan(0.8 * (result.trainLosses[0] as number));
    const measured = await evaluate(model, validation);
    expect(result.validationAccuracy).toBe(measured.accuracy);
    expect(result.validationLoss).toBeCloseTo(measured.loss, 5);
    model.dispose();
  });
});

it("draws the same from the same seed, and refuses what fits no model", async () => {
  const heads: unknown[] = [];
  for (const seed of [1, 1, 2]) {
    const model = microModel();
    await linearProbe(model, { train, epochs: 2, batchSize: 16, seed });
    heads.push(model.stateDict()["head.weight"]);
    model.dispose();
  }
  expect(heads[1]).toEqual(heads[0]);
  expect(heads[2]).not.toEqual(heads[0]);
  const other = microModel({ imageSize: 16 });
  await expect(linearProbe(other, { train })).rejects.toThrow("the model was made for 16x16");
  await expect(linearProbe(other, { train, epoch: 3 } as never)).rejects.toThrow("did you mean epochs?");
  other.dispose();
});
