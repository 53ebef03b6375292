import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { Random } from "../../src/base/random";
import { expectGradients, numbers } from "./directional-derivative";

/** Tests the gradients of an operation on the last axis, which takes a vector of as many numbers for each name. */
export function gradientsAreSlopes(
  vectors: readonly string[],
  operation: (x: Tensor, ...vectors: Tensor1D[]) => Tensor,
): void {
  it.each([[[1, 1, 20]], [[3, 7]], [[5]], [[2, 1, 3, 4]]])(
    "of shape %j: gradients are slopes of the values",
    (shape) => {
      const random = new Random(2);
      const features = [shape[shape.length - 1] as number];
      expectGradients(
        ([x, ...rest]) => operation(x as Tensor, ...(rest as Tensor1D[])),
        [
          { name: "x", shape, data: numbers(shape, random, 2) },
          ...vectors.map((name) => ({ name, shape: features, data: numbers(features, random) })),
        ],
      );
    },
  );
}
