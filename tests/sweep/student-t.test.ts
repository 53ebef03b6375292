import { describe, expect, it } from "vitest";
import { studentInterval, studentQuantile } from "../../src/sweep/student-t";

describe("Student's t", () => {
  // Tables of the t distribution, three decimals.
  it.each([
    [1, 6.314, 12.706, 63.657],
    [2, 2.92, 4.303, 9.925],
    [3, 2.353, 3.182, 5.841],
    [4, 2.132, 2.776, 4.604],
    [5, 2.015, 2.571, 4.032],
    [9, 1.833, 2.262, 3.25],
    [10, 1.812, 2.228, 3.169],
    [29, 1.699, 2.045, 2.756],
    [100, 1.66, 1.984, 2.626],
    [1000, 1.646, 1.962, 2.581],
  ])("with %i degrees of freedom is below these with 95, 97.5 and 99.5 %%", (degrees, ...table) => {
    const found = [0.95, 0.975, 0.995].map((probability) => Number(studentQuantile(probability, degrees).toFixed(3)));
    expect(found).toEqual(table);
  });

  it("is 0 in the middle", () => {
    expect(studentQuantile(0.5, 3)).toBeCloseTo(0, 10);
  });
});

describe("the interval of a mean", () => {
  it("is wider the fewer values there are", () => {
    const { mean, low, high } = studentInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(high! - 2).toBeCloseTo(4.3027 / Math.sqrt(3), 3);
    expect(2 - low!).toBeCloseTo(high! - 2, 12);
  });

  it("isn't known of one value, and is nothing wide of equal ones", () => {
    expect(studentInterval([0.3])).toEqual({ mean: 0.3, low: null, high: null });
    expect(studentInterval([0.1, 0.1, 0.1])).toEqual({ mean: 0.1, low: 0.1, high: 0.1 });
  });
});
