import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { attention, attentionScores, mergeHeads, splitHeads } from "../../src/tensor/attention";
import { dropout } from "../../src/tensor/dropout";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn, expectGradients, numbers } from "./directional-derivative";

/** batch, tokens, dim, heads */
const shapes: [number, number, number, number][] = [
  [1, 1, 4, 1],
  [1, 5, 3, 1],
  [2, 3, 20, 5],
  [3, 7, 6, 6],
];

/** Attention out of its parts. */
function inSteps(qkv: Tensor3D, heads: number, rate: number, seed: number): Tensor3D {
  const { query, key, value } = splitHeads(qkv, heads);
  const weights = tf.softmax(attentionScores(query, key)) as Tensor4D;
  return mergeHeads(tf.matMul(dropout(weights, { rate, random: new Random(seed) }), value) as Tensor4D);
}

onEveryEngine("attention", () => {
  it("mixes values by how well queries meet keys", () => {
    tf.tidy(() => {
      // One head of size 1: scores 0 and ln 3 give the weights 1/4 and 3/4.
      const query = [1, 0];
      const key = [0, Math.log(3)];
      const value = [10, 20];
      const qkv = tf.tensor3d([query[0], key[0], value[0], query[1], key[1], value[1]] as number[], [1, 2, 3]);
      const context = attention(qkv, 1).dataSync();
      expect(context[0]).toBeCloseTo(17.5, 5);
      expect(context[1]).toBeCloseTo(15, 5);
    });
  });

  it("reads [query | key | value] with the heads side by side in each", () => {
    tf.tidy(() => {
      const qkv = tf.tensor3d(
        Array.from({ length: 12 }, (_, i) => i),
        [1, 1, 12],
      );
      const { query, key, value } = splitHeads(qkv, 2);
      expect(query.shape).toEqual([1, 2, 1, 2]);
      expect([...query.dataSync()]).toEqual([0, 1, 2, 3]);
      expect([...key.dataSync()]).toEqual([4, 5, 6, 7]);
      expect([...value.dataSync()]).toEqual([8, 9, 10, 11]);
      expect([...attention(qkv, 2).dataSync()]).toEqual([8, 9, 10, 11]);
    });
  });

  it("mergeHeads undoes the split", () => {
    tf.tidy(() => {
      const qkv = drawn<Tensor3D>([2, 5, 18], new Random(5));
      const { query, key, value } = splitHeads(qkv, 3);
      const again = tf.concat([mergeHeads(query), mergeHeads(key), mergeHeads(value)], -1);
      expect([...again.dataSync()]).toEqual([...qkv.dataSync()]);
    });
  });

  it("stays finite where scores are large", () => {
    tf.tidy(() => {
      const qkv = tf.mul(drawn<Tensor3D>([1, 4, 12], new Random(6)), 1e4) as Tensor3D;
      expect([...attention(qkv, 2).dataSync()].every(Number.isFinite)).toBe(true);
    });
  });

  for (const rate of [0, 0.3])
    it.each(shapes)(
      `of %i images, %i tokens, dim %i, %i heads, dropout ${rate}: gradients are slopes of the values`,
      (batch, tokens, dim, heads) => {
        const shape = [batch, tokens, 3 * dim];
        expectGradients(
          ([qkv]) => attention(qkv as Tensor3D, heads, { rate, random: new Random(7) }),
          [{ name: "qkv", shape, data: numbers(shape, new Random(8), 1.5) }],
        );
      },
    );

  for (const rate of [0, 0.3])
    it.each(shapes)(
      `of %i images, %i tokens, dim %i, %i heads, dropout ${rate}: equals its steps, gradient included`,
      (batch, tokens, dim, heads) => {
        tf.tidy(() => {
          const random = new Random(9);
          const qkv = drawn<Tensor3D>([batch, tokens, 3 * dim], random);
          const dy = drawn<Tensor3D>([batch, tokens, dim], random);
          const fused = (x: Tensor) => attention(x as Tensor3D, heads, { rate, random: new Random(10) });
          const stepped = (x: Tensor) => inSteps(x as Tensor3D, heads, rate, 10);
          expectSame(fused(qkv), stepped(qkv));
          expectSame(tf.grad(fused)(qkv, dy), tf.grad(stepped)(qkv, dy));
        });
      },
    );

  it("says which heads don't fit", () => {
    tf.tidy(() => {
      const qkv = tf.zeros([1, 2, 12]) as Tensor3D;
      const sentence = "attention got [1, 2, 12] with 3 heads: the last axis must be 3 x heads x a whole head size";
      expect(() => attention(qkv, 3)).toThrow(sentence);
      expect(() => splitHeads(qkv, 3)).toThrow(sentence);
      expect(() => attention(qkv, 0)).toThrow("with 0 heads");
      expect(() => splitHeads(qkv, 3, 1)).toThrow(
        "the last axis must be (heads + 2 x 1 of key and value) x a whole head size",
      );
    });
  });

  it("leaves no tensor behind, nor does its gradient", () => {
    const qkv = drawn<Tensor3D>([2, 3, 12], new Random(11));
    expectNoLeak(() => attention(qkv, 2, { rate: 0.5, random: new Random(1) }).dispose());
    expectNoLeak(() => tf.dispose(Object.values(splitHeads(qkv, 2))));
    expectNoLeak(() => tf.dispose(tf.grad((x: Tensor) => attention(x as Tensor3D, 2))(qkv)));
    const { query, key, value } = splitHeads(qkv, 2);
    expectNoLeak(() => tf.dispose([attentionScores(query, key), mergeHeads(value)]));
    tf.dispose([qkv, query, key, value]);
  });
});

function expectSame(got: Tensor, wanted: Tensor): void {
  expect(got.shape).toEqual(wanted.shape);
  expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBeLessThan(2e-6);
}
