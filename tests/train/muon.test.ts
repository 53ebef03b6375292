import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import type { ParameterKind } from "../../src/nn/module";
import { compiled } from "../../src/tensor/compiled";
import { tf } from "../../src/tensor/tf";
import { adamW } from "../../src/train/optimizers/adam";
import { type ChooseParameters, matricesOnly } from "../../src/train/optimizers/decay-rules";
import { muon } from "../../src/train/optimizers/muon";
import type { Optimizer, ParameterPlace } from "../../src/train/optimizers/optimizer";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { optimizerPath } from "../support/optimizer-path";

const golden = new Golden("muon/golden");
const { learningRate, weightDecay, momentum, shapes } = golden.json.config as {
  learningRate: number;
  weightDecay: number;
  momentum: number;
  shapes: Record<string, number[]>;
};
/** What the golden's parameters are for, where they aren't biases or scales. */
function kindOf(name: string): ParameterKind {
  if (name.endsWith("qkv.weight")) return { role: "matrix", stacked: 3 };
  if (name.startsWith("head.weight")) return { role: "head" };
  if (name.startsWith("embeddings.")) return { role: name.endsWith("patchEmbedding.weight") ? "input" : "embedding" };
  return { role: /norm\d?\.weight$/.test(name) ? "norm" : name.endsWith(".weight") ? "matrix" : "bias" };
}

const places: ParameterPlace[] = Object.entries(shapes).map(([name, shape]) => ({
  name,
  shape,
  ...kindOf(name),
  size: shape.reduce((product, side) => product * side, 1),
}));
const [updates, size] = golden.shape("gradients") as [number, number];

const hidden: ChooseParameters = (_, role) => role === "matrix";

/** The parameters after each step on the golden gradients, times a factor, `[step, element]`. */
function path(optimizer: Optimizer, { factor = 1, masked = false } = {}): number[] {
  const gradients = golden.data("gradients").map((value) => factor * value);
  const mask = places.flatMap(({ name, size, role }) => new Array<number>(size).fill(matricesOnly(name, role) ? 1 : 0));
  const decayed = masked ? mask : undefined;
  return optimizerPath(optimizer, { start: golden.data("start"), gradients, learningRate, decayed, places });
}

/** The last step's numbers of those parameters that a rule chooses. */
function chosen(numbers: number[], rule: ChooseParameters): number[] {
  let start = (updates - 1) * size;
  return places.flatMap(({ name, role, size }) => {
    start += size;
    return rule(name, role) ? numbers.slice(start - size, start) : [];
  });
}

onEveryEngine("muon", () => {
  it("takes PyTorch's steps: Muon's for the matrices of blocks, query, key and value each for itself, AdamW's for all else", () => {
    golden.expectClose("path", path(muon({ learningRate, weightDecay, momentum })));
  });

  it("takes the same steps over parameters that lie apart, also where some decay and learn slower than others", () => {
    if (!compiled()) return;
    const start = golden.data("start");
    const gradients = golden.data("gradients");
    for (const overwriteState of [false, true])
      expectNoLeak(() => {
        const optimizer = muon({ learningRate, weightDecay, momentum, decay: matricesOnly });
        const rateShares = places.map((_, i) => [1, 0.5, 0][i % 3] as number);
        const shares = tf.tensor1d(
          places.flatMap(({ size }, i) => new Array<number>(size).fill(rateShares[i] as number)),
        );
        const decayed = tf.tensor1d(
          places.flatMap(({ name, role, size }) => new Array<number>(size).fill(matricesOnly(name, role) ? 1 : 0)),
        );
        const cut = (vector: Tensor1D) =>
          tf.split(
            vector,
            places.map((place) => place.size),
          ) as Tensor1D[];
        const shaped = (pieces: Tensor1D[]) =>
          pieces.map((piece, i) => tf.reshape(piece, [...(places[i]?.shape ?? [])]));
        tf.tidy(() => {
          let flat = { weights: tf.tensor1d(start), state: optimizer.slots.map(() => tf.zeros([size]) as Tensor1D) };
          let apart = { weights: shaped(cut(flat.weights)), state: flat.state.flatMap(cut) };
          for (let update = 1; update <= updates; update++) {
            const gradient = tf.tensor1d(gradients.slice((update - 1) * size, update * size));
            const step = { update, learningRate, places };
            const next = optimizer.update(flat.weights, tf.mul(gradient, 0.5) as Tensor1D, flat.state, {
              ...step,
              decayed,
            });
            const weights = tf.add(flat.weights, tf.mul(tf.sub(next.weights, flat.weights), shares)) as Tensor1D;
            flat = { weights, state: next.state };
            const own = optimizer.updateApart?.(apart.weights, shaped(cut(gradient)), apart.state, {
              ...{ ...step, gradientScale: 0.5, rateShares, overwriteState },
            });
            expect(own?.probe.dataSync()[0]).toBe(0);
            apart = { weights: own?.weights ?? [], state: own?.state ?? [] };
          }
          const joined = (pieces: readonly Tensor[]) => pieces.flatMap((piece) => [...piece.dataSync()]);
          expectNear(joined(apart.weights), flat.weights.dataSync());
          // Squares of a matrix's gradient are nobody's: Muon doesn't divide by them.
          const isUsed = (i: number) => i < places.length || places[i % places.length]?.role !== "matrix";
          const used = (pieces: readonly Tensor1D[]) => joined(pieces.filter((_, i) => isUsed(i)));
          expectNear(used(apart.state), used(flat.state.flatMap(cut)));
        });
        tf.dispose([shares, decayed]);
      });
  });

  it("decays only where the mask says so", () => {
    const masked = path(muon({ learningRate, weightDecay, momentum }), { masked: true });
    const all = path(muon({ learningRate, weightDecay, momentum }));
    const none = path(muon({ learningRate, weightDecay: 0, momentum }));
    expect(chosen(masked, matricesOnly)).toEqual(chosen(all, matricesOnly));
    expect(chosen(masked, (name, role) => !matricesOnly(name, role))).toEqual(
      chosen(none, (name, role) => !matricesOnly(name, role)),
    );
  });

  it("goes as far for small gradients as for large ones", () => {
    const [small, large] = [1e-3, 1e3].map((factor) => path(muon({ momentum }), { factor })) as [number[], number[]];
    chosen(small, hidden).forEach((value, i) => {
      expect(value).toBeCloseTo(chosen(large, hidden)[i] as number, 4);
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

function expectNear(got: readonly number[], wanted: ArrayLike<number>): void {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => {
    expect(Math.abs(value - (wanted[i] as number))).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted[i] as number)));
  });
}
