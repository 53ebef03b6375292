import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { notFinite, showNumber, toMatrix, toNumbers, toVector } from "../../src/figure/numbers";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

describe("numbers for figures", () => {
  let before = 0;
  beforeEach(() => {
    before = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(before);
  });

  it("come as nested arrays, typed arrays, flat with a shape, or tensors", () => {
    const tensor = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const forms = [
      [
        [1, 2],
        [3, 4],
      ],
      [Float32Array.of(1, 2), Float32Array.of(3, 4)],
      { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
      tensor,
    ];
    for (const form of forms)
      expect(toMatrix(form, "m")).toEqual({ rows: 2, columns: 2, values: Float64Array.of(1, 2, 3, 4) });
    expect(tensor.isDisposed).toBe(false);
    tensor.dispose();
  });

  it("leave out leading dimensions of length 1", () => {
    expect(toMatrix([[[[1, 2]]]], "m")).toMatchObject({ rows: 1, columns: 2 });
    expect(toVector([[1, 2, 3]], "v")).toEqual(Float64Array.of(1, 2, 3));
  });

  it("say which row has the wrong length", () => {
    expect(() =>
      toMatrix(
        [
          [1, 2, 3],
          [1, 2],
        ],
        "matrix",
      ),
    ).toThrow("matrix is not rectangular: row 1 has 2 values where row 0 has 3");
  });

  it("say what isn't a number", () => {
    expect(() => toMatrix([[1, "2" as unknown as number]], "matrix")).toThrow(
      "matrix at [0, 1] is string: a number is expected",
    );
    expect(() => toNumbers(3 as unknown as number[], "matrix")).toThrow(
      "matrix is 3: give a tensor, nested arrays, or { shape, data }",
    );
  });

  it("say what shape was found and expected", () => {
    expect(() => toMatrix([1, 2, 3], "matrix")).toThrow("matrix is [3]: a matrix [rows, columns] is expected");
    expect(() => toMatrix({ shape: [2, 2, 2], data: new Array(8).fill(0) }, "matrix")).toThrow("matrix is [2, 2, 2]");
    expect(() => toMatrix({ shape: [2, 3], data: [1] }, "matrix")).toThrow(
      "matrix has 1 values: its shape [2, 3] asks for 6",
    );
    expect(() => toMatrix([[]], "matrix")).toThrow("it holds no numbers to draw");
  });

  it("must be real numbers", () => {
    const words = tf.tensor1d(["a", "b"]);
    expect(() => toVector(words, "values")).toThrow("values is a tensor of type string: figures take real numbers");
    words.dispose();
    expect(() => toVector({ shape: [2], data: ["1", 2] as unknown as number[] }, "values")).toThrow(
      'values has "1" at 0 of its data: a number is expected',
    );
    expect(() => toVector({ shape: "2" as unknown as number[], data: [1, 2] }, "values")).toThrow(
      'values has the shape "2": give a list of lengths',
    );
    expect(() => toNumbers({} as unknown as number[], "values")).toThrow("values is an object: give a tensor");
    expect(() => toNumbers(null as unknown as number[], "values")).toThrow("values is null: give a tensor");
  });

  it("that aren't finite are counted", () => {
    expect(notFinite([1, Number.POSITIVE_INFINITY], [Number.NaN, 0])?.en).toBe(
      "2 values are not finite: 1 Infinity, 1 NaN",
    );
    expect(notFinite([Number.NEGATIVE_INFINITY])?.en).toBe("1 value is not finite: 1 -Infinity");
    expect(notFinite([0, 1])).toBeUndefined();
  });

  it("say that a tensor was disposed", () => {
    const tensor = tf.tensor1d([1]);
    tensor.dispose();
    expect(() => toVector(tensor, "values")).toThrow("values is a tensor that was disposed");
  });

  it("are shown with four significant digits", () => {
    expect([0.123456, 12, -0.5, 0.00001234, 12345678, Number.NaN].map(showNumber)).toEqual([
      "0.1235",
      "12",
      "-0.5",
      "1.234e-5",
      "1.235e7",
      "NaN",
    ]);
  });
});
