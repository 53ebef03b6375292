import type { Tensor3D } from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { ForwardContext } from "../../src/nn/forward-context";
import { Linear } from "../../src/nn/linear";
import { residualBranch, residualSum } from "../../src/nn/residual";
import { dropPath } from "../../src/tensor/drop-path";
import { dropout } from "../../src/tensor/dropout";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("a residual connection", () => {
  it.each([
    [0, 0],
    [0.3, 0],
    [0, 0.5],
    [0.3, 0.5],
  ])("is x + dropPath(dropout(branch)), with rates %d and %d", (rate, pathRate) => {
    const linear = new Linear(4, 4, { random: new Random(1) });
    const layer = { forward: (x: Tensor3D, _: ForwardContext, residual?: Tensor3D) => linear.forward(x, residual) };
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
});
