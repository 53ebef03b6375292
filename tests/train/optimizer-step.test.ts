import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { batches } from "../../src/data/batches";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import { fit } from "../../src/train/fit";
import { adam, adamW } from "../../src/train/optimizers/adam";
import { matricesOnly } from "../../src/train/optimizers/decay-rules";
import { muon } from "../../src/train/optimizers/muon";
import type { Optimizer } from "../../src/train/optimizers/optimizer";
import { sgd } from "../../src/train/optimizers/sgd";
import { valueAndGradients } from "../../src/train/value-and-gradients";
import type { ViT } from "../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn } from "../tensor/directional-derivative";
import { colors, microModel } from "./micro";

const quiet = { dropout: 0, attentionDropout: 0 };

/** A loss of fixed images. */
function lossOf(model: ViT): () => ReturnType<typeof crossEntropy> {
  return () =>
    tf.tidy(() => {
      const images = drawn<Tensor4D>([2, 8, 8, 3], new Random(1));
      return crossEntropy(model.forward(images), tf.tensor1d([0, 2], "int32"));
    }) as never;
}

onEveryEngine("optimizer.step", () => {
  it.each<[string, () => Optimizer]>([
    ["adam", () => adam({ learningRate: 0.01 })],
    ["adamW on matrices", () => adamW({ learningRate: 0.01, decay: matricesOnly })],
    ["muon", () => muon()],
    ["sgd with momentum", () => sgd({ momentum: 0.9 })],
  ])("of %s moves a model as fit does", async (_, make) => {
    const data = colors(12);
    const [fitted, stepped] = [microModel(quiet), microModel(quiet)];
    await fit(fitted, { train: data, epochs: 2, batchSize: 4, optimizer: make(), timing: false });
    const before = tf.memory().numTensors;
    const optimizer = make();
    for (const epoch of [0, 1])
      for (const { images, labels } of batches(data, { batchSize: 4, epoch })) {
        const step = valueAndGradients(stepped, () => crossEntropy(stepped.forward(images), labels));
        optimizer.step(stepped, step.gradients);
        tf.dispose([step.value, step.gradients, images, labels]);
      }
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const wanted = fitted.stateDict();
    for (const [name, { data: got }] of Object.entries(stepped.stateDict()))
      got.forEach((value, i) => {
        expect(value, name).toBeCloseTo(wanted[name]?.data[i] as number, 6);
      });
    for (const model of [fitted, stepped]) model.dispose();
  });

  it("takes the grads of tf.variableGrads as well, and leaves alone what has none", () => {
    const [one, other] = [microModel(quiet), microModel(quiet)];
    const optimizers = [adam(), adam()];
    const before = one.stateDict();
    const head = [...other.namedParameters()].filter(([name]) => name.startsWith("head."));
    const { value, grads } = tf.variableGrads(
      lossOf(other),
      head.map(([, variable]) => variable),
    );
    optimizers[0]?.step(other, grads);
    const all = valueAndGradients(one, lossOf(one));
    const named = Object.fromEntries(Object.entries(all.gradients).filter(([name]) => name.startsWith("head.")));
    optimizers[1]?.step(one, named);
    expect(other.stateDict()).toEqual(one.stateDict());
    const moved = Object.entries(one.stateDict()).filter(
      ([name, { data }]) => String(before[name]?.data) !== String(data),
    );
    expect(moved.map(([name]) => name)).toEqual(["head.weight", "head.bias"]);
    tf.dispose([value, grads, all.value, all.gradients]);
    for (const each of [...optimizers, one, other]) each.dispose();
  });

  it("keeps its state within a tidy", () => {
    const model = microModel(quiet);
    const optimizer = adam();
    expectNoLeak(() => {
      for (let i = 0; i < 2; i++)
        tf.tidy(() => {
          optimizer.step(model, valueAndGradients(model, lossOf(model)).gradients, { learningRate: 0.1 });
        });
      optimizer.dispose();
    });
    model.dispose();
  });

  it("refuses what are no gradients of the module, and changes nothing", () => {
    const model = microModel(quiet);
    const optimizer = adam();
    const before = model.stateDict();
    tf.tidy(() => {
      const step = (gradients: unknown) => () => optimizer.step(model, gradients as Record<string, Tensor>);
      const bias = tf.ones([3]);
      expect(step({ "head.bais": bias })).toThrow(
        'there is a gradient for "head.bais", which is no parameter of this ViT',
      );
      expect(step({ "head.bias": tf.ones([4]) })).toThrow("the gradient for head.bias is [4]: expected a tensor [3]");
      expect(step({ "head.bias": 1 })).toThrow("the gradient for head.bias is 1: expected a tensor [3]");
      expect(step({})).toThrow("step got no gradients");
      expect(step(undefined)).toThrow("step got no gradients");
      expect(() => optimizer.step(model, { "head.bias": bias }, { learningRate: 0 })).toThrow("learningRate is 0");
    });
    expect(model.stateDict()).toEqual(before);
    tf.tidy(() => optimizer.step(model, { "head.bias": tf.ones([3]) }));
    tf.tidy(() => {
      expect(() => optimizer.step(model, { "head.weight": tf.ones([8, 3]) })).toThrow(
        "this optimizer stepped other parameters of this ViT before",
      );
    });
    optimizer.dispose();
    model.dispose();
    expect(() => optimizer.step(model, { "head.bias": tf.ones([3]) as Tensor1D })).toThrow("this ViT was disposed");
  });
});

it("valueAndGradients refuses a loss that isn't a scalar", () => {
  const model = microModel(quiet);
  expect(() => valueAndGradients(model, () => tf.ones([2]) as never)).toThrow(
    "the loss is [2]: it must be a scalar; return its mean, tf.mean(loss)",
  );
  model.dispose();
});
