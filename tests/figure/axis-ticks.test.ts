import { describe, expect, it } from "vitest";
import { axisTicks } from "../../src/figure/axis-ticks";

describe("ticks of an axis", () => {
  it("are round numbers within it", () => {
    expect(axisTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(axisTicks(0.013, 0.0871)).toEqual([0.02, 0.04, 0.06, 0.08]);
    expect(axisTicks(1, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(axisTicks(-0.3, 0.29, { most: 3 })).toEqual([-0.2, 0, 0.2]);
    expect(axisTicks(1000, 9000, { most: 4 })).toEqual([2000, 4000, 6000, 8000]);
  });

  it("are powers of ten on a logarithmic axis", () => {
    const logarithmic = true;
    expect(axisTicks(2e-5, 0.3, { logarithmic })).toEqual([1e-4, 1e-3, 1e-2, 0.1]);
    expect(axisTicks(1e-12, 1, { logarithmic })).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
  });

  it("are 1, 2 and 5 times those where there are few, and even ones within a power", () => {
    const logarithmic = true;
    expect(axisTicks(0.003, 0.3, { logarithmic })).toEqual([0.005, 0.01, 0.02, 0.05, 0.1, 0.2]);
    expect(axisTicks(30, 45, { logarithmic })).toEqual([30, 35, 40, 45]);
  });

  it("are the one number that there is", () => {
    expect(axisTicks(0.3, 0.3)).toEqual([0.3]);
    expect(axisTicks(4, 4, { logarithmic: true })).toEqual([4]);
  });
});
