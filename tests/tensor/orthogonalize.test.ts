import type { Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { orthogonalize } from "../../src/tensor/orthogonalize";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn } from "./directional-derivative";

onEveryEngine("matrices made orthogonal", () => {
  it.each([[[4, 4]], [[3, 20]], [[40, 17]], [[64, 65]], [[1, 5]]])(
    "%j: the rows, or columns of the shorter side, are about one long and cross at right angles",
    (shape) => {
      expectNoLeak(() => {
        const matrix = drawn<Tensor2D>(shape, new Random(1));
        const [result] = orthogonalize([matrix]) as [Tensor2D];
        expect(result.shape).toEqual(shape);
        const [rows, columns] = shape as [number, number];
        const gram = tf.matMul(result, result, rows > columns, rows <= columns);
        const numbers = [...gram.dataSync()];
        const side = Math.min(rows, columns);
        // All singular values in 0.6 to 1.2 keep the squares' mean there, and what is off the diagonal small.
        const trace =
          Array.from({ length: side }, (_, i) => numbers[i * side + i] as number).reduce((a, b) => a + b) / side;
        expect(trace).toBeGreaterThan(0.6 ** 2);
        expect(trace).toBeLessThan(1.2 ** 2);
        const off = numbers.reduce((sum, value, i) => sum + (i % (side + 1) === 0 ? 0 : value * value), 0) / side;
        expect(Math.sqrt(off)).toBeLessThan(0.5);
        tf.dispose([matrix, result, gram]);
      });
    },
  );

  it("keep their singular vectors", () => {
    expectNoLeak(() => {
      const diagonal = tf.tensor2d([3, 0, 0, 0, -2, 0, 0, 0, 1], [3, 3]);
      const [result] = orthogonalize([diagonal]) as [Tensor2D];
      const numbers = [...result.dataSync()];
      numbers.forEach((value, i) => {
        if (i % 4 !== 0) expect(Math.abs(value)).toBeLessThan(1e-6);
        else expect(Math.sign(value)).toBe(i === 4 ? -1 : 1);
      });
      for (const i of [0, 4, 8]) expect(Math.abs(Math.abs(numbers[i] as number) - 0.95)).toBeLessThan(0.3);
      tf.dispose([diagonal, result]);
    });
  });

  it("of several shapes come back in their order, each as if alone", () => {
    expectNoLeak(() => {
      const random = new Random(2);
      const matrices = [
        [6, 4],
        [4, 6],
        [5, 5],
        [4, 6],
      ].map((shape) => drawn<Tensor2D>(shape, random));
      const together = orthogonalize(matrices);
      matrices.forEach((matrix, i) => {
        const [alone] = orthogonalize([matrix]) as [Tensor2D];
        const own = alone.dataSync();
        (together[i] as Tensor2D).dataSync().forEach((value, place) => {
          expect(value).toBeCloseTo(own[place] as number, 5);
        });
        alone.dispose();
      });
      tf.dispose([matrices, together]);
    });
  });

  it("of zeros stay zeros, and of NaN none", () => {
    expectNoLeak(() => {
      const [zeros, broken] = [tf.zeros([3, 4]) as Tensor2D, tf.fill([3, 4], Number.NaN) as Tensor2D];
      const [fromZeros, fromBroken] = orthogonalize([zeros, broken]) as [Tensor2D, Tensor2D];
      expect([...fromZeros.dataSync()]).toEqual(new Array(12).fill(0));
      expect([...fromBroken.dataSync()].every(Number.isNaN)).toBe(true);
      tf.dispose([zeros, broken, fromZeros, fromBroken]);
    });
  });
});
