import type { Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { dropPath } from "../../src/tensor/drop-path";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("stochastic depth", () => {
  it("takes branches out image by image, scales the others, and treats gradients the same", () => {
    const { value, gradient } = expectNoLeak(() =>
      tf.tidy(() => {
        const branch = tf.ones([400, 3]) as Tensor2D;
        const run = (x: Tensor2D) => dropPath(x, { rate: 0.25, random: new Random(3) });
        return {
          value: run(branch).arraySync(),
          gradient: tf
            .grad((x) => run(x as Tensor2D))(branch)
            .arraySync(),
        };
      }),
    );
    expect(gradient).toEqual(value);
    const rows = (value as number[][]).map((row) => row.map((x) => x.toFixed(4)).join(" "));
    expect(new Set(rows)).toEqual(new Set(["0.0000 0.0000 0.0000", "1.3333 1.3333 1.3333"]));
    const dropped = rows.filter((row) => row.startsWith("0")).length;
    expect(dropped).toBeGreaterThan(75);
    expect(dropped).toBeLessThan(125);
  });

  it("draws the same from the same seed", () => {
    tf.tidy(() => {
      const branch = tf.ones([50, 2, 2]);
      const draw = (seed: number) => [...dropPath(branch, { rate: 0.5, random: new Random(seed) }).dataSync()];
      expect(draw(1)).toEqual(draw(1));
      expect(draw(2)).not.toEqual(draw(1));
    });
  });
});
