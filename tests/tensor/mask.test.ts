import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { causalMask, completeMask, paddingMask } from "../../src/tensor/mask";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

onEveryEngine("masks", () => {
  it("causal: a token may see itself and those before it", () => {
    tf.tidy(() => {
      const mask = causalMask(3);
      expect([mask.shape, mask.dtype]).toEqual([[1, 3, 3], "bool"]);
      expect([...mask.dataSync()]).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1]);
    });
  });

  it("padding: the tokens of each example's own may be seen", () => {
    tf.tidy(() => {
      const mask = paddingMask([2, 0, 4], 4);
      expect([mask.shape, mask.dtype]).toEqual([[3, 1, 4], "bool"]);
      expect([...mask.dataSync()]).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    });
  });

  it("leave only themselves behind", () => {
    expectNoLeak(() => tf.dispose([causalMask(3), paddingMask([1], 2)]));
  });

  const booleans = (...shape: number[]) => tf.ones(shape, "bool");

  it.each([
    [
      [5, 5],
      [1, 5, 5],
    ],
    [
      [2, 5],
      [2, 1, 5],
    ],
    ...[
      [2, 5, 5],
      [1, 5, 5],
      [2, 1, 5],
      [1, 1, 5],
    ].map((shape) => [shape, shape]),
  ] as [number[], number[]][])("of 2 examples of 5 tokens may be %j", (given, completed) => {
    tf.tidy(() => {
      expect(completeMask("the mask", booleans(...given), { batch: 2, queries: 5, keys: 5 }).shape).toEqual(completed);
    });
  });

  it("that could be two things must say which", () => {
    tf.tidy(() => {
      expect(() => completeMask("the mask", booleans(4, 6), { batch: 4, queries: 4, keys: 6 })).toThrow(
        "the mask [4, 6] could be one for each of 4 queries or one for each of 4 examples: " +
          "reshape it to [1, 4, 6] for queries or to [4, 1, 6] for examples",
      );
      const one = completeMask("the mask", booleans(1, 6), { batch: 1, queries: 1, keys: 6 });
      expect(one.shape).toEqual([1, 1, 6]);
    });
  });

  it("are refused unless they are booleans and fit", () => {
    tf.tidy(() => {
      const complete = (mask: unknown) => () =>
        completeMask("the mask", mask as Tensor, { batch: 2, queries: 5, keys: 6 });
      expect(complete([[true]])).toThrow(
        "the mask is a list: expected a boolean tensor, true where a token may be seen, such as causalMask(tokens)",
      );
      expect(complete(tf.ones([5, 6]))).toThrow(
        "the mask is of type float32: expected bool, true where a token may be seen; " +
          'turn numbers into booleans with tf.cast(mask, "bool")',
      );
      for (const shape of [[5, 5], [1, 6], [3, 5, 6], [2, 4, 6], [6], [2, 1, 5, 6], []])
        expect(complete(booleans(...shape))).toThrow(
          `the mask is [${shape.join(", ")}]: expected [5, 6] (queries, keys), [2, 6] (batch, keys), ` +
            "or all three axes, [2 or 1, 5 or 1, 6]",
        );
      const gone = booleans(5, 6);
      gone.dispose();
      expect(complete(gone)).toThrow("the mask [5, 6] was disposed");
    });
  });
});

it("masks of no tokens, or of lengths that don't fit, are refused", () => {
  expect(() => causalMask(0)).toThrow("causalMask got 0 tokens: expected a whole number, 1 or more");
  expect(() => paddingMask([1], 2.5)).toThrow("paddingMask got 2.5 tokens: expected a whole number, 1 or more");
  for (const length of [-1, 1.5, 5])
    expect(() => paddingMask([1, length], 4)).toThrow(
      `paddingMask got a length of ${length}: expected whole numbers from 0 to 4`,
    );
});
