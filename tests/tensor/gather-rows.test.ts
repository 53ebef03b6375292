import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { gatherRows } from "../../src/tensor/gather-rows";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn, expectGradients, numbers } from "./directional-derivative";

onEveryEngine("gatherRows", () => {
  const indices = Int32Array.of(2, 0, 2, 2);

  it("copies rows, and sums the gradients of the copies", () => {
    tf.tidy(() => {
      const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
      expect([...gatherRows(table, indices).dataSync()]).toEqual([5, 6, 1, 2, 5, 6, 5, 6]);
      const gradient = tf.grad((x: Tensor) => gatherRows(x as Tensor2D, indices));
      const dy = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
      expect([...gradient(table, dy).dataSync()]).toEqual([3, 4, 0, 0, 13, 16]);
    });
  });

  it("gradients are slopes of the values", () => {
    expectGradients(
      ([table]) => gatherRows(table as Tensor2D, indices),
      [{ name: "table", shape: [3, 5], data: numbers([3, 5], new Random(1)) }],
    );
  });

  it("leaves no tensor behind, nor does its gradient", () => {
    const table = drawn<Tensor2D>([3, 2], new Random(2));
    expectNoLeak(() => gatherRows(table, indices).dispose());
    expectNoLeak(() => tf.dispose(tf.grad((x: Tensor) => gatherRows(x as Tensor2D, indices))(table)));
    table.dispose();
    expect(() => gatherRows(table, indices)).toThrow("was disposed");
  });
});
