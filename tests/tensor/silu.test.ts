import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { silu } from "../../src/tensor/silu";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { expectGradients, numbers } from "./directional-derivative";

/** x, x / (1 + exp(-x)) and its slope σ(x) (1 + x (1 - σ(x))), in double precision; far out, where exp(-x) overflows float32. */
const POINTS = [-1000, -100, -20, -5, -1.2784645, -0.5, -1e-4, 0, 1e-4, 0.5, 3, 20, 100, 1000].map((at) => {
  const sigmoid = 1 / (1 + Math.exp(-at));
  return { at, value: at * sigmoid, slope: sigmoid * (1 + at * (1 - sigmoid)) };
});

onEveryEngine("silu", () => {
  it("has its values and slopes, far out too", () => {
    tf.tidy(() => {
      const x = tf.tensor1d(POINTS.map(({ at }) => at));
      const values = silu(x).dataSync();
      const slopes = tf
        .grad((input: Tensor) => silu(input))(x)
        .dataSync();
      POINTS.forEach(({ at, value, slope }, i) => {
        expect(Math.abs((values[i] as number) - value), `value at ${at}`).toBeLessThan(1e-6 * (1 + Math.abs(value)));
        expect(Math.abs((slopes[i] as number) - slope), `slope at ${at}`).toBeLessThan(1e-5);
      });
    });
  });

  it("has gradients that are slopes of its values", () => {
    expectGradients(
      ([x]) => silu(x as Tensor),
      [{ name: "x", shape: [2, 3, 7], data: numbers([2, 3, 7], new Random(1), 3) }],
    );
  });

  it("refuses a disposed tensor", () => {
    const x = tf.ones([2]);
    x.dispose();
    expect(() => silu(x)).toThrow("the input of silu [2] was disposed");
  });

  it("leaves no tensor behind, nor do its gradients", () => {
    const x = tf.ones([2, 4]);
    expectNoLeak(() => silu(x).dispose());
    expectNoLeak(() =>
      tf
        .grad((input: Tensor) => silu(input))(x)
        .dispose(),
    );
    x.dispose();
  });
});
