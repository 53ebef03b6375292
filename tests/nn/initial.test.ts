import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { normal, truncatedNormal, uniform } from "../../src/nn/initial";
import { onEveryEngine } from "../support/engines";

onEveryEngine("starting values", () => {
  const draw = (make: typeof normal, size: number) => {
    const tensor: Tensor = make([100, 100], size, new Random(0));
    expect(tensor.shape).toEqual([100, 100]);
    const values = [...tensor.dataSync()];
    tensor.dispose();
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    return { largest: Math.max(...values.map(Math.abs)), deviation: Math.sqrt(variance) };
  };

  it("uniform fills from -bound to bound", () => {
    const { largest, deviation } = draw(uniform, 3);
    expect(largest).toBeLessThanOrEqual(3);
    expect(largest).toBeGreaterThan(2.99);
    expect(Math.abs(deviation - Math.sqrt(3))).toBeLessThan(0.04);
  });

  it("normal has its deviation and its tails", () => {
    const { largest, deviation } = draw(normal, 0.5);
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.015);
    expect(largest).toBeGreaterThan(1.5);
  });

  it("truncatedNormal ends at two deviations", () => {
    const { largest, deviation } = draw(truncatedNormal, 0.02);
    expect(largest).toBeLessThanOrEqual(0.04);
    expect(largest).toBeGreaterThan(0.0395);
    // Variance of a normal cut at ±2: 1 - 4 φ(2) / (2 Φ(2) - 1) = 0.774.
    expect(Math.abs(deviation / 0.02 - Math.sqrt(0.774))).toBeLessThan(0.02);
  });
});
