import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { attention, mergeHeads, splitHeads } from "../../src/tensor/attention";
import { causalMask, paddingMask } from "../../src/tensor/mask";
import { type MaskedAttentionOptions, maskedAttention } from "../../src/tensor/masked-attention";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn, expectGradients, numbers } from "./directional-derivative";

const attend = ([query, key, value]: Tensor[], options?: MaskedAttentionOptions) =>
  maskedAttention({ query: query as Tensor4D, key: key as Tensor4D, value: value as Tensor4D }, options);

/** Query, key and value of 2 examples and 3 heads of 4, drawn. */
function inputs(queries: number, keys: number) {
  const random = new Random(4);
  return [
    ["query", queries],
    ["key", keys],
    ["value", keys],
  ].map(([name, tokens]) => {
    const shape = [2, 3, tokens as number, 4];
    return { name: name as string, shape, data: numbers(shape, random, 1.5) };
  });
}

onEveryEngine("maskedAttention", () => {
  it("without a mask is attention, gradient included", () => {
    tf.tidy(() => {
      const qkv = drawn<Tensor3D>([2, 5, 36], new Random(1));
      const dy = drawn<Tensor3D>([2, 5, 12], new Random(2));
      const fused = (x: Tensor) => attention(x as Tensor3D, 3, { rate: 0.3, random: new Random(3) });
      const apart = (x: Tensor) =>
        mergeHeads(maskedAttention(splitHeads(x as Tensor3D, 3), { dropout: { rate: 0.3, random: new Random(3) } }));
      expectSame(apart(qkv), fused(qkv));
      expectSame(tf.grad(apart)(qkv, dy), tf.grad(fused)(qkv, dy));
    });
  });

  it("sees nothing of what is hidden, which gets no gradient", () => {
    tf.tidy(() => {
      const [query, key, value] = inputs(3, 3).map(({ shape, data }) => tf.tensor(data, shape));
      const last = tf.concat([tf.zeros([2, 3, 2, 4]), tf.fill([2, 3, 1, 4], 100)], 2);
      const given = [query, key, value] as Tensor[];
      const mask = paddingMask([2, 0], 3);
      const context = attend(given, { mask });
      expectSame(
        attend([query, tf.add(key as Tensor, last), tf.add(value as Tensor, last)] as Tensor[], { mask }),
        context,
      );
      expect([...tf.slice(context, [1, 0, 0, 0]).dataSync()].every((number) => number === 0)).toBe(true);
      for (const gradient of tf.grads((...parts: Tensor[]) => attend(parts, { mask }))(given))
        expect([...tf.slice(gradient, [1, 0, 0, 0]).dataSync()].every((number) => number === 0)).toBe(true);
    });
  });

  for (const rate of [0, 0.3])
    it.each([
      ["none", 3, 5, () => undefined],
      ["causal", 4, 4, () => causalMask(4)],
      ["padding", 3, 5, () => paddingMask([5, 2], 5)],
      ["of no keys at all", 2, 3, () => tf.zeros([2, 3], "bool").expandDims(0)],
    ] as [string, number, number, () => Tensor3D | undefined][])(
      `with dropout ${rate}, mask %s, %i queries, %i keys: gradients are slopes of the values`,
      (_, queries, keys, mask) => {
        expectGradients(
          (parts) => attend(parts, { mask: mask(), dropout: { rate, random: new Random(5) } }),
          inputs(queries, keys),
        );
      },
    );

  it.each([1, 2, 4])(
    "with 4 heads of the query, %i of key and value: gradients are slopes of the values",
    (kvHeads) => {
      const random = new Random(7);
      const shapes = { query: [2, 4, 3, 2], key: [2, kvHeads, 5, 2], value: [2, kvHeads, 5, 2] };
      expectGradients(
        (parts) => attend(parts, { mask: paddingMask([5, 3], 5), dropout: { rate: 0.3, random: new Random(8) } }),
        Object.entries(shapes).map(([name, shape]) => ({ name, shape, data: numbers(shape, random, 1.5) })),
      );
    },
  );

  it("adds a bias, whose gradient too is the slope of the values", () => {
    const bias = { name: "bias", shape: [3, 3, 5], data: numbers([3, 3, 5], new Random(9)) };
    expectGradients(
      ([query, key, value, added]) =>
        attend([query, key, value] as Tensor[], { mask: paddingMask([5, 3], 5), bias: added as Tensor3D }),
      [...inputs(3, 5), bias],
    );
  });

  it("says what doesn't fit", () => {
    tf.tidy(() => {
      const [x, y] = [tf.zeros([1, 2, 3, 4]), tf.zeros([1, 2, 5, 4])];
      expect(() => attend([x, y, x])).toThrow(
        "attention got a query [1, 2, 3, 4], a key [1, 2, 5, 4] and a value [1, 2, 3, 4]: " +
          "expected [batch, heads, tokens, headDim] for each, with as many tokens in key and value, and as many heads or a divisor",
      );
      expect(() => attend([x, tf.zeros([1, 2, 3, 2]), x])).toThrow("a key [1, 2, 3, 2]");
      expect(() => attend([x, y, y], { bias: tf.ones([2, 3, 3]) })).toThrow(
        "attention got a bias [2, 3, 3]: expected [heads, queries, keys], [2, 3, 5]",
      );
      const three = tf.zeros([1, 3, 3, 4]);
      expect(() => attend([x, three, three])).toThrow("and as many heads or a divisor");
      expect(() => attend([x, y, y], { mask: tf.ones([3, 3], "bool") })).toThrow("the mask is [3, 3]: expected [3, 5]");
    });
  });

  it("leaves no tensor behind, nor do its gradients", () => {
    const given = inputs(3, 5).map(({ shape, data }) => tf.tensor(data, shape));
    const mask = tf.ones([3, 5], "bool");
    const options = () => ({ mask, dropout: { rate: 0.5, random: new Random(6) } });
    expectNoLeak(() => attend(given, options()).dispose());
    expectNoLeak(() => tf.dispose(tf.grads((...parts: Tensor[]) => attend(parts, options()))(given)));
    tf.dispose([...given, mask]);
  });
});

function expectSame(got: Tensor, wanted: Tensor): void {
  expect(got.shape).toEqual(wanted.shape);
  expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBeLessThan(2e-6);
}
