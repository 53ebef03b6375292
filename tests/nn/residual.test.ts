import type { Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { ForwardContext } from "../../src/nn/forward-context";
import { Linear } from "../../src/nn/linear";
import { type BranchLayer, residualBranch, residualSum } from "../../src/nn/residual";
import { dropPath } from "../../src/tensor/drop-path";
import { dropout } from "../../src/tensor/dropout";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("a residual connection", () => {
  it.each([
    [0, 0, true],
    [0.3, 0, true],
    [0, 0.5, true],
    [0.3, 0.5, true],
    [0, 0, false],
    [0.3, 0.5, false],
  ])("is x + dropPath(dropout(branch)), with rates %d and %d, the layer adds: %s", (rate, pathRate, addsResidual) => {
    const linear = new Linear(4, 4, { random: new Random(1) });
    const layer = {
      addsResidual,
      forward: (x: Tensor3D, context: ForwardContext, residual?: Tensor3D) =>
        linear.forward(x, context, addsResidual ? residual : undefined),
    };
    const x = tf.tensor3d([...Array(24).keys()].map(Math.sin), [3, 2, 4]);
    expectNoLeak(() =>
      tf.tidy(() => {
        const context = new ForwardContext({ training: true, random: new Random(7) });
        const sum = residualSum(context, { dropout: rate, dropPath: pathRate })(x, residualBranch(layer, context)(x));
        const random = new Random(7);
        const kept = dropPath(linear.forward(x), { rate: pathRate, random });
        const wanted = tf.add(x, dropout(kept, { rate, random }));
        expect(tf.max(tf.abs(tf.sub(sum, wanted))).dataSync()[0]).toBeLessThan(1e-6);
      }),
    );
    linear.dispose();
    x.dispose();
  });

  it("takes a linear layer as it is, and refuses a layer whose result has another shape", () => {
    const context = new ForwardContext();
    const x = tf.ones([3, 2, 4]) as Tensor3D;
    const narrow = { forward: () => tf.ones([3, 2, 1]) as Tensor3D };
    const linear = new Linear(4, 4, { random: null });
    const sum = (layer: BranchLayer) => () =>
      tf.tidy(() => residualSum(context, { dropout: 0, dropPath: 0 })(x, residualBranch(layer, context)(x)));
    expect(sum(narrow)).toThrow(
      "residual sum got [3, 2, 4] to add: expected the shape of what it is added to, [3, 2, 1]",
    );
    expect(sum(linear)().dataSync()).toEqual(tf.add(x, linear.forward(x)).dataSync());
    linear.dispose();
    x.dispose();
  });
});
