import { expect, it } from "vitest";
import { dataOf } from "../../src/tensor/data-of";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("the numbers of a tensor", () => {
  it("are those that were computed, and stay after it is gone", () => {
    const numbers = expectNoLeak(() => dataOf(() => tf.add(tf.square(tf.tensor1d([1, 2, 3])), 0.5)));
    // Others in its place.
    tf.tidy(() => tf.zeros([3]).dataSync());
    expect(numbers).toEqual(Float32Array.from([1.5, 4.5, 9.5]));
  });

  it("leave nothing behind where computing them throws", () => {
    const fails = () => {
      tf.zeros([3]);
      throw new Error("mine");
    };
    expectNoLeak(() => expect(() => dataOf(fails)).toThrow("mine"));
  });
});
