import { expect, it } from "vitest";
import { batches } from "../../src/data/batches";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import { fit } from "../../src/train/fit";
import { temporaryFolder } from "../data/helpers";
import { onEveryEngine } from "../support/engines";
import { colors, microModel } from "./micro";

// Centered RMSProp is left out: TensorFlow.js' own makes NaN of any gradient that is 0.
const makers: [string, () => ReturnType<typeof tf.train.adam>][] = [
  ["sgd", () => tf.train.sgd(0.05)],
  ["momentum", () => tf.train.momentum(0.02, 0.9, true)],
  ["adagrad", () => tf.train.adagrad(0.05)],
  ["adadelta", () => tf.train.adadelta(0.5)],
  ["adam", () => tf.train.adam(0.01)],
  ["adamax", () => tf.train.adamax(0.01, 0.9, 0.999, 1e-8, 0.1)],
  ["rmsprop", () => tf.train.rmsprop(0.01)],
] as never;
const quiet = { dropout: 0, attentionDropout: 0 };
const data = colors(12);
const options = { train: data, epochs: 2, batchSize: 4, timing: false };

onEveryEngine("an optimizer of TensorFlow.js in fit", () => {
  it.each(makers)("%s takes the steps that it takes in a loop of tfjs' own", async (_, make) => {
    const [fitted, looped] = [microModel(quiet), microModel(quiet)];
    const given = make();
    const before = tf.memory().numTensors;
    await fit(fitted, { ...options, optimizer: given });
    expect(tf.memory().numTensors).toBe(before);
    given.dispose();
    const optimizer = make();
    for (const epoch of [0, 1])
      for (const { images, labels } of batches(data, { batchSize: 4, epoch })) {
        optimizer.minimize(() => crossEntropy(looped.forward(images), labels), false, looped.parameters());
        tf.dispose([images, labels]);
      }
    optimizer.dispose();
    const wanted = looped.stateDict();
    for (const [name, { data: got }] of Object.entries(fitted.stateDict()))
      got.forEach((value, i) => {
        expect(value, name).toBeCloseTo(wanted[name]?.data[i] as number, 4);
      });
    for (const model of [fitted, looped]) model.dispose();
  });
});

it("goes on to the bit where it was stopped", async () => {
  const [whole, begun, resumed] = [microModel(), microModel(), microModel()];
  const dir = `${temporaryFolder()}/run`;
  const optimizer = () => tf.train.adam(0.01);
  await fit(whole, { ...options, optimizer: optimizer() });
  await fit(begun, {
    ...options,
    optimizer: optimizer(),
    checkpoint: { dir },
    callbacks: ({ update }, run) => {
      if (update === 2) run.stop();
    },
  });
  await fit(resumed, { ...options, optimizer: optimizer(), checkpoint: { dir, resume: true } });
  expect(resumed.stateDict()).toEqual(whole.stateDict());
  for (const model of [whole, begun, resumed]) model.dispose();
});
