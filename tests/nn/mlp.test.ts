import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { ForwardContext } from "../../src/nn/forward-context";
import { Mlp } from "../../src/nn/mlp";
import { Trace } from "../../src/nn/trace";
import type { Activation } from "../../src/tensor/activation";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn } from "../tensor/directional-derivative";

onEveryEngine("Mlp", () => {
  it.each(["relu", "gelu", "gelu_tanh"] as Activation[])(
    "%s with dropout: the same numbers traced or not, gradients too",
    (activation) => {
      const mlp = new Mlp(5, 9, { activation, random: new Random(0), dropout: 0.4 });
      const trace = new Trace();
      tf.tidy(() => {
        const x = drawn<Tensor3D>([2, 3, 5], new Random(1));
        const gradients = (options: { trace?: Trace }) => {
          const context = new ForwardContext({ training: true, random: new Random(2), ...options });
          const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(mlp.forward(x, context))), mlp.parameters());
          return [value, ...mlp.parameters().map(({ name }) => grads[name] as Tensor)];
        };
        const traced = gradients({ trace });
        gradients({}).forEach((gradient, i) => {
          expect(tf.max(tf.abs(tf.sub(gradient, traced[i] as Tensor))).dataSync()[0]).toBeLessThan(1e-5);
        });
      });
      expect(trace.shapes()).toEqual({ hidden: "[2, 3, 9]" });
      trace.dispose();
      mlp.dispose();
    },
  );

  it("in training drops hidden units and scales the others up", () => {
    const mlp = new Mlp(4, 8, { activation: "relu", random: new Random(8), dropout: 0.5 });
    tf.tidy(() => {
      mlp.fc1.weight.assign(tf.zeros([4, 8]));
      mlp.fc1.bias?.assign(tf.ones([8]));
      mlp.fc2.weight.assign(tf.ones([8, 4]));
      mlp.fc2.bias?.assign(tf.zeros([4]));
      const x = drawn<Tensor3D>([1, 50, 4], new Random(9));
      expect(new Set(mlp.forward(x).dataSync())).toEqual(new Set([8]));
      // Each unit that stays counts 1 / (1 - 0.5) = 2.
      const sums = [...mlp.forward(x, new ForwardContext({ training: true, random: new Random(10) })).dataSync()];
      expect(sums.every((sum) => [0, 2, 4, 6, 8, 10, 12, 14, 16].includes(sum))).toBe(true);
      expect(new Set(sums).size).toBeGreaterThan(3);
    });
    mlp.dispose();
  });

  it("treats each token alone", () => {
    const mlp = new Mlp(4, 8, { activation: "gelu", random: new Random(3) });
    tf.tidy(() => {
      const x = drawn<Tensor3D>([1, 6, 4], new Random(4));
      const turned = tf.reverse(mlp.forward(x), 1);
      expect([...mlp.forward(tf.reverse(x, 1)).dataSync()]).toEqual([...turned.dataSync()]);
    });
    mlp.dispose();
  });

  it("leaves only its output behind", () => {
    const mlp = new Mlp(4, 8, { activation: "gelu", random: new Random(5), dropout: 0.5 });
    const x = drawn<Tensor3D>([1, 6, 4], new Random(6));
    const training = { training: true, random: new Random(7) };
    expectNoLeak(() => mlp.forward(x, new ForwardContext(training)).dispose());
    expectNoLeak(() => {
      const trace = new Trace();
      mlp.forward(x, new ForwardContext({ ...training, trace })).dispose();
      trace.dispose();
    });
    tf.dispose(x);
    mlp.dispose();
  });
});
