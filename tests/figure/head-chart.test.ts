import { beforeAll, describe, expect, it } from "vitest";
import { headChart } from "../../src/figure/head-chart";
import { theme } from "../../src/figure/theme";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

const heads = [
  [1, 2, 3],
  [4, 4, 7],
];

describe("headChart", () => {
  it("has a dot for each head above its block, in the order of the heads, and the mean of the heads as a line", () => {
    const [dots, line] = headChart(heads).spec.data;
    expect(dots).toMatchObject({ mode: "markers", x: [-0.25, 0, 0.25, 0.75, 1, 1.25], y: [1, 2, 3, 4, 4, 7] });
    expect(line).toMatchObject({ mode: "lines", x: [0, 1], y: [2, 5], line: { color: theme.emphasis } });
  });

  it("says under the pointer which block and head a dot is", () => {
    const [dots] = headChart(heads).spec.data;
    expect((dots!.customdata as string[])[5]).toBe("block 1, head 2: 7");
  });

  it("draws intervals, and says them under the pointer", () => {
    const low = heads.map((row) => row.map((value) => value - 1));
    const high = heads.map((row) => row.map((value) => value + 2));
    const { data, layout } = headChart(heads, { low, high }).spec;
    expect(data[0]).toMatchObject({ mode: "lines" });
    expect((data[0]!.y as number[]).slice(0, 6)).toEqual([0, 3, null, 1, 4, null]);
    expect((data[1]!.customdata as string[])[0]).toBe("block 0, head 0: 1 (0 to 3)");
    expect((layout.yaxis as { range: number[] }).range[1]).toBeGreaterThan(9);
  });

  it("draws a line to compare with, and counts the intervals that leave it out", () => {
    const level = { value: 2.5, label: "even attention" };
    const figure = headChart(heads, { level });
    expect(figure.spec.layout.shapes).toMatchObject([{ y0: 2.5, y1: 2.5 }]);
    expect(figure.text).toContain("line at 2.5: even attention\n");
    const low = heads.map((row) => row.map((value) => value - 1));
    const high = heads.map((row) => row.map((value) => value + 1));
    expect(headChart(heads, { level, low, high }).text).toContain("even attention; 4 of 6 intervals leave it out");
  });

  it("has no dot for what isn't finite, and takes means of the others", () => {
    const figure = headChart([
      [1, Number.NaN],
      [Number.NaN, Number.NaN],
    ]);
    expect(figure.spec.data[0]).toMatchObject({ y: [1, null, null, null] });
    expect(figure.spec.data[1]).toMatchObject({ y: [1, null] });
    expect(figure.text).toBe(
      "Heads by block\n2 blocks of 2 heads\nlowest 1 (block 0, head 0), highest 1 (block 0, head 0)\n" +
        "3 values are not finite: 3 NaN\nblock 0: mean 1, from 1 to 1\nblock 1: none",
    );
    expect(headChart([[Number.NaN]]).text).toContain("no value to draw");
  });

  it("refuses what is no matrix, and intervals that don't fit it", () => {
    expect(() => headChart([1, 2])).toThrow("values is [2]: a matrix [rows, columns] is expected");
    expect(() => headChart(heads, { low: heads })).toThrow("headChart has low without high: give both ends");
    expect(() => headChart(heads, { low: [[1]], high: heads })).toThrow("low is [1, 1]: values is [2, 3]");
    expect(() => headChart([[1]], { low: [[2]], high: [[1]] })).toThrow("block 0, head 0 has low 2 above high 1");
  });

  it("leaves tensors alone", () => {
    const values = tf.ones([2, 3]);
    const before = tf.memory().numTensors;
    headChart(values, { low: values, high: values });
    expect(tf.memory().numTensors).toBe(before);
    values.dispose();
  });
});
