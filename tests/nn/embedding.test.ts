import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { Embedding } from "../../src/nn/embedding";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("Embedding", () => {
  it("gives each number its row, and the row the sum of the gradients of its uses, as torch.nn.Embedding does", () => {
    expectNoLeak(() => {
      const module = new Embedding(4, 3, { random: new Random(1) });
      const rows = module.weight.arraySync() as number[][];
      tf.tidy(() => {
        const numbers = tf.tensor2d([[2, 0, 2]], undefined, "int32");
        expect(module.forward(numbers).arraySync()).toEqual([[rows[2], rows[0], rows[2]]]);
        const weights = tf.tensor3d([
          [
            [1, 2, 3],
            [10, 20, 30],
            [100, 200, 300],
          ],
        ]);
        const { grads } = tf.variableGrads(() => tf.sum(tf.mul(module.forward(numbers), weights)), [module.weight]);
        expect(grads[module.weight.name]?.arraySync()).toEqual([
          [10, 20, 30],
          [0, 0, 0],
          [101, 202, 303],
          [0, 0, 0],
        ]);
      });
      module.dispose();
    });
  });

  it("refuses numbers that are of no row", () => {
    const module = new Embedding(4, 3, { random: null });
    tf.tidy(() => {
      for (const n of [-1, 4, 0.5, Number.NaN])
        expect(() => module.forward(tf.tensor1d([0, n]))).toThrow(
          `look-up got the number ${n}: with 4 rows they run from 0 to 3`,
        );
    });
    module.dispose();
  });
});
