import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { ForwardContext } from "../../src/nn/forward-context";
import { Linear } from "../../src/nn/linear";
import { SwiGLU } from "../../src/nn/swiglu";
import { Trace } from "../../src/nn/trace";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn, expectGradients, type Input, numbers } from "../tensor/directional-derivative";
import { expectTorchGradients, loadTorch, type TorchNames } from "./torch";

const NAMES: TorchNames = {
  "gate.weight": "fc1_g.weight",
  "gate.bias": "fc1_g.bias",
  "up.weight": "fc1_x.weight",
  "up.bias": "fc1_x.bias",
  "down.weight": "fc2.weight",
  "down.bias": "fc2.bias",
};

const training = (seed: number) => new ForwardContext({ training: true, random: new Random(seed) });

onEveryEngine("SwiGLU", () => {
  const golden = new Golden("blocks/golden");

  for (const [name, bias] of [
    ["swiglu", true],
    ["swiglu_no_bias", false],
  ] as [string, boolean][])
    it(`has timm's values and gradients: ${name}`, () => {
      const module = new SwiGLU(16, 24, { random: null, bias });
      expect([...module.namedParameters().keys()]).toEqual(
        Object.keys(NAMES).filter((parameter) => bias || !parameter.endsWith("bias")),
      );
      loadTorch(module, golden, name, NAMES);
      const trace = new Trace();
      tf.tidy(() => {
        const x = golden.tensor<Tensor3D>(`${name}/input`);
        golden.expectClose(`${name}/output`, module.forward(x));
        golden.expectClose(`${name}/output`, module.forward(x, new ForwardContext({ trace })));
        golden.expectClose(`${name}/hidden`, trace.get("hidden"));
        expectTorchGradients(golden, name, module, NAMES, (input) => module.forward(input as Tensor3D));
      });
      expect(trace.shapes()).toEqual({ hidden: "[2, 5, 24]" });
      trace.dispose();
      module.dispose();
    });

  it.each([0, 0.4])(
    "with dropout %f: gradients are slopes of the values, for the residual and parameters too",
    (rate) => {
      const module = new SwiGLU(5, 7, { random: new Random(0), dropout: rate });
      const random = new Random(1);
      const shape = [2, 3, 5];
      const inputs: Input[] = [
        { name: "x", shape, data: numbers(shape, random) },
        { name: "residual", shape, data: numbers(shape, random) },
      ];
      const parameters = module.namedParameters();
      for (const [name, variable] of parameters)
        inputs.push({ name, shape: variable.shape, data: variable.dataSync().slice() as Float32Array });
      expectGradients(([x, residual, ...values]) => {
        // The module computes with tensors in place of its parameters, so that gradients reach them as inputs.
        [...parameters.keys()].forEach((name, i) => {
          const [layer, part] = name.split(".") as ["gate" | "up" | "down", string];
          Object.assign(module[layer], { [part]: values[i] });
        });
        return module.forward(x as Tensor3D, training(2), residual as Tensor3D);
      }, inputs);
      module.dispose();
    },
  );

  it("in training drops hidden units after the product and scales the others up", () => {
    const module = new SwiGLU(4, 8, { random: new Random(8), dropout: 0.5 });
    tf.tidy(() => {
      const one = (linear: Linear, value: number) => {
        linear.weight.assign(tf.zeros(linear.weight.shape));
        linear.bias?.assign(tf.fill(linear.bias.shape, value));
      };
      one(module.gate, 30); // silu(30) is 30 in float32
      one(module.up, 1 / 30);
      module.down.weight.assign(tf.ones([8, 4]));
      module.down.bias?.assign(tf.zeros([4]));
      const x = drawn<Tensor3D>([1, 50, 4], new Random(9));
      for (const sum of module.forward(x).dataSync()) expect(sum).toBeCloseTo(8, 5);
      // Each unit that stays counts 1 / (1 - 0.5) = 2.
      const sums = [...module.forward(x, training(10)).dataSync()];
      expect(sums.every((sum) => Math.abs(sum / 2 - Math.round(sum / 2)) < 1e-5 && sum <= 16.001)).toBe(true);
      expect(new Set(sums.map(Math.round)).size).toBeGreaterThan(3);
    });
    module.dispose();
  });

  it("goes on with an edited hidden layer, and adds the residual", () => {
    const module = new SwiGLU(4, 8, { random: new Random(3) });
    tf.tidy(() => {
      const [x, residual] = [drawn<Tensor3D>([1, 6, 4], new Random(4)), drawn<Tensor3D>([1, 6, 4], new Random(5))];
      const off = new ForwardContext({ edit: { hidden: (value) => tf.zerosLike(value) } });
      const wanted = tf.add(residual, module.down.bias as Tensor);
      const largest = tf.max(tf.abs(tf.sub(module.forward(x, off, residual), wanted)));
      expect(largest.dataSync()[0]).toBeLessThan(1e-6);
    });
    module.dispose();
  });

  it("starts as its linear layers do", () => {
    const module = new SwiGLU(4, 8, { random: new Random(6), initialization: "vit" });
    const random = new Random(6);
    const alone = [
      [4, 8],
      [4, 8],
      [8, 4],
    ].map(([a, b]) => new Linear(a as number, b as number, { random, initialization: "vit" }));
    const got = module.parameters().map((variable) => [...variable.dataSync()]);
    expect(got).toEqual(alone.flatMap((linear) => linear.parameters().map((variable) => [...variable.dataSync()])));
    for (const linear of alone) linear.dispose();
    module.dispose();
  });

  it("refuses other shapes, rates that are no shares, and to work when disposed", () => {
    expect(() => new SwiGLU(4, 8, { random: null, dropout: 1 })).toThrow(
      "dropout is 1: it must be at least 0 and below 1",
    );
    const module = new SwiGLU(4, 8, { random: null });
    const before = tf.memory().numTensors;
    const x = tf.ones([1, 2, 4]) as Tensor3D;
    const other = tf.ones([1, 2, 3]) as Tensor3D;
    expect(() => module.forward(other)).toThrow(
      "linear got [1, 2, 3]: its last axis must be 4 long to meet a weight of [4, 8]",
    );
    expect(() => module.forward(x, undefined, other)).toThrow(
      "linear got [1, 2, 3] to add: expected the shape of what it is added to, [1, 2, 4]",
    );
    tf.dispose([x, other]);
    expect(() => module.forward(x)).toThrow("a tensor to compute with [1, 2, 4] was disposed");
    expect(tf.memory().numTensors).toBe(before);
    module.dispose();
    expect(() => module.forward(x)).toThrow("this SwiGLU was disposed");
  });

  it("leaves only its output behind", () => {
    const module = new SwiGLU(4, 8, { random: new Random(5), dropout: 0.5 });
    const x = drawn<Tensor3D>([1, 6, 4], new Random(6));
    expectNoLeak(() => module.forward(x, training(7)).dispose());
    expectNoLeak(() => {
      const trace = new Trace();
      module.forward(x, new ForwardContext({ training: true, random: new Random(7), trace })).dispose();
      trace.dispose();
    });
    expectNoLeak(() => tf.dispose(tf.variableGrads(() => tf.sum(module.forward(x, training(7))), module.parameters())));
    x.dispose();
    module.dispose();
  });
});
