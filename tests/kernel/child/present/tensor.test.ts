import { beforeAll, describe, expect, it, vi } from "vitest";
import { present } from "../../../../src/kernel/child/present";
import { tf } from "../../../../src/tensor/tf";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function lines(value: unknown): string[] {
  const shown = present(value);
  if (shown === null || shown instanceof Promise) throw new Error("expected a presentation at once");
  return (shown.data["text/plain"] as string).split("\n");
}

describe("a tensor shows", () => {
  it("its type, shape, values and range", () => {
    expect(lines(tf.tensor2d([1, -2.5, 3, 4.25], [2, 2]))).toEqual([
      "Tensor float32 [2, 2]",
      "[[ 1.000, -2.500],",
      " [ 3.000,  4.250]]",
      "mean 1.438  min -2.5  max 4.25  std 2.552",
    ]);
  });

  it("the first and last values of long axes", () => {
    expect(lines(tf.reshape(tf.range(0, 64 * 65 * 32), [64, 65, 32])).slice(0, 9)).toEqual([
      "Tensor float32 [64, 65, 32]",
      "[[[     0,      1,      2, …,     29,     30,     31],",
      "  [    32,     33,     34, …,     61,     62,     63],",
      "  [    64,     65,     66, …,     93,     94,     95],",
      "  …,",
      "  [  1984,   1985,   1986, …,   2013,   2014,   2015],",
      "  [  2016,   2017,   2018, …,   2045,   2046,   2047],",
      "  [  2048,   2049,   2050, …,   2077,   2078,   2079]],",
      "",
    ]);
  });

  it.each<[string, () => unknown, string[]]>([
    ["a scalar", () => tf.scalar(Math.PI), ["Tensor float32 []", "3.142"]],
    ["small numbers", () => tf.tensor1d([1e-6, 2e-5]).slice(0, 1), ["Tensor float32 [1]", "[1.000e-6]"]],
    ["booleans", () => tf.tensor1d([true, false], "bool"), ["Tensor bool [2]", "[ true, false]", "1 of 2 true"]],
    ["strings", () => tf.tensor1d(["a", "bb"]), ["Tensor string [2]", "[ 'a', 'bb']"]],
    ["complex numbers", () => tf.complex([1, 2], [3, -4]), ["Tensor complex64 [2]", "[1+3i, 2-4i]"]],
    ["nothing", () => tf.zeros([0, 3]), ["Tensor float32 [0, 3]", "[]"]],
  ])("%s", (_, make, expected) => {
    expect(lines(make())).toEqual(expected);
  });

  it("the first slice of many axes", () => {
    const shown = lines(tf.zeros([2, 2, 2, 2, 2, 2, 2, 2]));
    expect(shown[1]).toBe("[[[[[[[[0, 0],");
    expect(shown.at(-2)).toBe(" …]");
    expect(shown.length).toBeLessThan(50);
  });

  it("how many of its numbers are none", () => {
    expect(lines(tf.tensor1d([Number.NaN, 1, Number.POSITIVE_INFINITY, 0.25])).slice(2)).toEqual([
      "mean 0.625  min 0.25  max 1  std 0.375",
      "warning: 1 NaN, 1 infinite",
    ]);
  });

  it("that its values are gone", () => {
    const tensor = tf.zeros([2]);
    tensor.dispose();
    expect(lines(tensor)).toEqual([
      "Tensor float32 [2] (disposed): dispose() or tf.tidy() freed its values; keep it with tf.keep().",
    ]);
  });

  it("that its values can't be read", () => {
    const tensor = {
      shape: [2],
      dtype: "float32",
      dataSync: () => {
        throw new Error("on the card");
      },
    };
    expect(lines(tensor)).toEqual([
      "Tensor float32 [2]: its values can't be read (on the card); try await tensor.data().",
    ]);
  });

  it("its values after one read", () => {
    const tensor = tf.zeros([100, 100]);
    const read = vi.spyOn(tensor, "dataSync");
    lines(tensor);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it("type and shape inside of other values, and its class stays as it was", () => {
    const tensor = tf.zeros([2, 3]);
    expect(lines({ loss: 0.5, tensor, list: [tensor] })).toEqual([
      "{ loss: 0.5, tensor: Tensor float32 [2, 3], list: [ Tensor float32 [2, 3] ] }",
    ]);
    expect(Symbol.for("nodejs.util.inspect.custom") in tensor).toBe(false);
  });
});

describe("a typed array shows", () => {
  it("its length, values and range", () => {
    expect(lines(Float32Array.from({ length: 3072 }, (_, i) => i / 2))).toEqual([
      "Float32Array(3072)",
      "[   0.00,    0.50,    1.00, …, 1534.50, 1535.00, 1535.50]",
      "mean 767.8  min 0  max 1536  std 443.4",
    ]);
  });
});
