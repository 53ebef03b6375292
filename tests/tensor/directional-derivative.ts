import type { Tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { Random } from "../../src/base/random";
import { tf } from "../../src/tensor/tf";

/** Numbers drawn evenly from -size to size. */
export function numbers(shape: readonly number[], random: Random, size = 1): Float32Array {
  const count = shape.reduce((product, length) => product * length, 1);
  return Float32Array.from({ length: count }, () => random.uniform(-size, size));
}

/** A tensor of numbers drawn evenly from -size to size. */
export function drawn<T extends Tensor>(shape: readonly number[], random: Random, size = 1): T {
  return tf.tensor(numbers(shape, random, size), [...shape], "float32") as T;
}

/** One input of an operation: its values and shape. */
export interface Input {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/**
 * Checks the gradient of an operation for each of its inputs against its values.
 *
 * The slope of `Σ w · f(x)` along a random direction d is taken from five-point differences, whose error is of order
 * step⁴, and compared with `Σ gradient · d`. Sums are taken in double precision, so what is left is the rounding of f.
 */
export function expectGradients(operation: (inputs: Tensor[]) => Tensor, inputs: Input[], step = 0.04): void {
  const random = new Random(101);
  const run = (at: number, direction: Float32Array | null, by: number): Tensor => {
    const tensors = inputs.map(({ data, shape }, i) =>
      tf.tensor(i === at && direction ? data.map((value, j) => value + by * (direction[j] as number)) : data.slice(), [
        ...shape,
      ]),
    );
    return operation(tensors);
  };
  tf.tidy(() => {
    const output = run(-1, null, 0);
    const weights = numbers(output.shape, random);
    const loss = (at: number, direction: Float32Array, by: number) =>
      tf.tidy(() => dot(run(at, direction, by).dataSync(), weights));
    const gradients = tf.grads((...tensors: Tensor[]) => operation(tensors))(
      inputs.map(({ data, shape }) => tf.tensor(data.slice(), [...shape])),
      tf.tensor(weights.slice(), output.shape),
    );
    inputs.forEach(({ name, shape, data }, i) => {
      expect(gradients[i]?.shape, `gradient of ${name}: shape`).toEqual([...shape]);
      const direction = numbers([data.length], random);
      const length = Math.sqrt(dot(direction, direction));
      for (let j = 0; j < direction.length; j++) direction[j] = (direction[j] as number) / length;
      const near = loss(i, direction, step) - loss(i, direction, -step);
      const far = loss(i, direction, 2 * step) - loss(i, direction, -2 * step);
      const wanted = (8 * near - far) / (12 * step);
      const gradient = (gradients[i] as Tensor).dataSync();
      const scale = Math.sqrt(dot(gradient, gradient));
      const got = dot(gradient, direction);
      expect(Math.abs(got - wanted), `gradient of ${name}: got ${got}, wanted ${wanted}`).toBeLessThan(
        1e-3 * scale + 2e-5,
      );
    });
  });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
