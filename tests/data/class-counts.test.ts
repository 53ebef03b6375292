import { describe, expect, it } from "vitest";
import { classCounts, emptyClasses, isBalanced, majorityOf } from "../../src/data/class-counts";

const classNames = ["0", "10", "180"];

describe("how images are spread over classes", () => {
  it("is counted in the order of the classes", () => {
    expect(classCounts([2, 0, 2, 2], 4)).toEqual([1, 0, 3, 0]);
  });

  it("tells what guessing the commonest class gets, and that no guess is better", () => {
    expect(majorityOf({ labels: Int32Array.of(2, 0, 2, 2), classNames })).toEqual({ className: "180", accuracy: 0.75 });
    expect(majorityOf({ labels: Int32Array.of(0, 0), classNames })).toEqual({ className: "0", accuracy: 1 });
  });

  it("tells whether that is more than guessing evenly gets", () => {
    const even = majorityOf({ labels: Int32Array.of(0, 1, 2), classNames });
    expect(isBalanced(even, 1 / 3)).toBe(true);
    expect(isBalanced(majorityOf({ labels: Int32Array.of(0, 0, 1), classNames }), 1 / 3)).toBe(false);
  });

  it("names the classes without images, those that have no name as well", () => {
    expect(emptyClasses({ labels: Int32Array.of(0, 0), classNames })).toEqual(["10", "180"]);
    expect(emptyClasses({ labels: Int32Array.of(0, 1, 2), classNames }, 5)).toEqual(["class 3", "class 4"]);
  });
});
