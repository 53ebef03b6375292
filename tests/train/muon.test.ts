import type { Tensor1D } from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { tf } from "../../src/tensor/tf";
import { adamW } from "../../src/train/optimizers/adam";
import { hiddenMatrices, matricesOnly } from "../../src/train/optimizers/decay-rules";
import { muon } from "../../src/train/optimizers/muon";
import type { Optimizer, ParameterPlace } from "../../src/train/optimizers/optimizer";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";

const golden = new Golden("muon/golden");
const { learningRate, weightDecay, momentum, shapes } = golden.json.config as {
  learningRate: number;
  weightDecay: number;
  momentum: number;
  shapes: Record<string, number[]>;
};
const places: ParameterPlace[] = Object.entries(shapes).map(([name, shape]) => ({
  name,
  shape,
  size: shape.reduce((product, side) => product * side, 1),
}));
const [updates, size] = golden.shape("gradients") as [number, number];

/** The parameters after each step on the golden gradients, times a factor, `[step, element]`. */
function path(optimizer: Optimizer, { factor = 1, masked = false } = {}): number[] {
  return expectNoLeak(() => {
    const gradients = golden.data("gradients").map((value) => factor * value);
    const numbers = places.flatMap(({ name, size }) => new Array<number>(size).fill(matricesOnly(name) ? 1 : 0));
    const decayed = masked ? tf.tensor1d(numbers) : undefined;
    let weights = golden.tensor<Tensor1D>("start");
    let state = optimizer.slots.map(() => tf.zeros([size]) as Tensor1D);
    const visited: number[] = [];
    for (let i = 0; i < updates; i++) {
      const gradient = tf.tensor1d(gradients.slice(i * size, (i + 1) * size));
      const next = optimizer.step(weights, gradient, state, { update: i + 1, learningRate, decayed, places });
      tf.dispose([weights, state, gradient]);
      ({ weights, state } = next);
      visited.push(...weights.dataSync());
    }
    tf.dispose([weights, state]);
    decayed?.dispose();
    return visited;
  });
}

/** The last step's numbers of those parameters that a rule chooses. */
function chosen(numbers: number[], rule: (name: string) => boolean): number[] {
  let start = (updates - 1) * size;
  return places.flatMap(({ name, size }) => {
    start += size;
    return rule(name) ? numbers.slice(start - size, start) : [];
  });
}

onEveryEngine("muon", () => {
  it("takes PyTorch's steps: Muon's for the matrices of blocks, query, key and value each for itself, AdamW's for all else", () => {
    golden.expectClose("path", path(muon({ learningRate, weightDecay, momentum })));
  });

  it("decays only where the mask says so", () => {
    const masked = path(muon({ learningRate, weightDecay, momentum }), { masked: true });
    const all = path(muon({ learningRate, weightDecay, momentum }));
    const none = path(muon({ learningRate, weightDecay: 0, momentum }));
    expect(chosen(masked, matricesOnly)).toEqual(chosen(all, matricesOnly));
    expect(chosen(masked, (name) => !matricesOnly(name))).toEqual(chosen(none, (name) => !matricesOnly(name)));
  });

  it("goes as far for small gradients as for large ones", () => {
    const [small, large] = [1e-3, 1e3].map((factor) => path(muon({ momentum }), { factor })) as [number[], number[]];
    chosen(small, hiddenMatrices).forEach((value, i) => {
      expect(value).toBeCloseTo(chosen(large, hiddenMatrices)[i] as number, 4);
    });
  });
});

describe("the settings of muon", () => {
  it("are PyTorch's", () => {
    expect(muon().settings).toEqual({ learningRate: 1e-3, momentum: 0.95, weightDecay: 0.1 });
    expect(muon().slots).toEqual(adamW().slots);
  });

  it.each([
    ["learningRate is 0", { learningRate: 0 }],
    ["momentum is 1", { momentum: 1 }],
    ["weightDecay is -1", { weightDecay: -1 }],
  ])("out of range are refused: %s", (message, options) => {
    expect(() => muon(options)).toThrow(message);
  });

  it("that it hasn't are named", () => {
    expect(() => muon({ beta1: 0.9 } as object)).toThrow("beta1");
  });
});
