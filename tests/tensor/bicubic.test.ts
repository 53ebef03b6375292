import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { resizeBicubic } from "../../src/tensor/bicubic";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn, expectGradients, numbers } from "./directional-derivative";

onEveryEngine("resizeBicubic", () => {
  const golden = new Golden("layers/positions");

  it.each([
    ["resize_14x14_to_16x16", 16, 16],
    ["resize_8x8_to_12x10", 12, 10],
    ["resize_8x8_to_5x6", 5, 6],
  ])("%s has PyTorch's values", (name, rows, columns) => {
    tf.tidy(() => {
      const grid = tf.squeeze(golden.tensor(`${name}/input`), [0]) as Tensor3D;
      golden.expectClose(`${name}/bicubic`, resizeBicubic(grid, rows, columns));
    });
  });

  it("to its own size changes nothing", () => {
    tf.tidy(() => {
      const grid = drawn<Tensor3D>([3, 5, 4], new Random(17));
      expect([...resizeBicubic(grid, 3, 5).dataSync()]).toEqual([...grid.dataSync()]);
    });
  });

  it("keeps a constant constant, a single cell included", () => {
    tf.tidy(() => {
      const spread = resizeBicubic(tf.fill([1, 1, 2], 3) as Tensor3D, 4, 7);
      expect(spread.shape).toEqual([4, 7, 2]);
      for (const value of spread.dataSync()) expect(value).toBeCloseTo(3, 6);
    });
  });

  it("passes gradients back to the grid", () => {
    expectGradients(
      ([grid]) => resizeBicubic(grid as Tensor3D, 5, 3),
      [{ name: "grid", shape: [3, 4, 2], data: numbers([3, 4, 2], new Random(18)) }],
    );
  });

  it("leaves no tensor behind", () => {
    const grid: Tensor = tf.ones([2, 2, 1]);
    expectNoLeak(() => resizeBicubic(grid as Tensor3D, 3, 3).dispose());
    grid.dispose();
  });
});
