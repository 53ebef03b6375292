import { beforeAll, describe, expect, it } from "vitest";
import { heatmap } from "../../src/figure/heatmap";
import { sharedRange } from "../../src/figure/shared-range";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { decodePng } from "./decode-png";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

const matrix = [
  [0, 0.25, 0.5],
  [0.75, 1, 0],
];

describe("heatmap", () => {
  it("is data: a Plotly spec that survives JSON", () => {
    const { spec } = heatmap(matrix, { title: "Attention", xTitle: "key", yTitle: "query" });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(spec.data[0]).toMatchObject({ type: "heatmap", z: matrix, zmin: 0, zmax: 1 });
  });

  it("puts row 0 at the top", () => {
    expect(heatmap(matrix).spec.layout.yaxis).toMatchObject({ range: [1.5, -0.5] });
  });

  it("says in words what it shows", () => {
    expect(heatmap(matrix, { title: "Attention", xTitle: "key", yTitle: "query", valueTitle: "weight" }).text).toBe(
      "Attention\n2 rows (query), 3 columns (key)\nweight from 0 to 1",
    );
    expect(heatmap(matrix, { zmin: -1, zmax: 1 }).text).toContain("values from 0 to 1; colors from -1 to 1");
  });

  it("takes a tensor and leaves it alone", () => {
    const tensor = tf.tensor2d(matrix);
    const before = tf.memory().numTensors;
    expect(heatmap(tensor).spec.data[0]).toMatchObject({ z: matrix });
    expect(tf.memory().numTensors).toBe(before);
    tensor.dispose();
  });

  it("centers its colors on 0 where both signs occur", () => {
    expect(heatmap([[-1, 3]]).spec.data[0]).toMatchObject({ zmin: -3, zmax: 3 });
  });

  it("takes its scale from the finite numbers, leaves the other cells blank and counts them", async () => {
    const { NaN: none, POSITIVE_INFINITY: above, NEGATIVE_INFINITY: below } = Number;
    for (const odd of [none, above, below]) {
      const figure = heatmap([
        [1, odd],
        [0.5, 0],
      ]);
      expect(figure.spec.data[0]).toMatchObject({
        z: [
          [1, null],
          [0.5, 0],
        ],
        zmin: 0,
        zmax: 1,
      });
      expect(figure.text).toContain(`values from 0 to 1; 1 value is not finite: 1 ${odd}`);
    }
    const { spec, text } = heatmap([
      [1, above],
      [none, 0],
    ]);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(text).toContain("2 values are not finite: 1 Infinity, 1 NaN");
    const all = heatmap([[none, above]]);
    expect(all.spec.data[0]).toMatchObject({ zmin: 0, zmax: 1 });
    expect(all.text).toContain("values none that is finite; 2 values are not finite: 1 Infinity, 1 NaN");
  });

  it("shares its scale with others that it is to be compared with", () => {
    const [faint, strong] = [[[0.7, 0.9]], [[-1, 0.5]]];
    expect(sharedRange([faint, [[0, 2]]])).toEqual({ zmin: 0, zmax: 2 });
    const range = sharedRange([faint, strong, [[Number.NaN, Number.NaN]]]);
    expect(range).toEqual({ zmin: -1, zmax: 1 });
    const [a, b] = [faint, strong].map((one) => heatmap(one, { ...range }).spec.data[0]);
    for (const field of ["zmin", "zmax", "colorscale"]) expect(a![field]).toEqual(b![field]);
    expect(() => sharedRange([])).toThrow("sharedRange takes a list");
  });

  it("never has an empty or upside-down scale", () => {
    expect(heatmap([[1, 2]], { zmin: 5 }).spec.data[0]).toMatchObject({ zmin: 5, zmax: 6 });
    expect(heatmap([[1, 2]], { zmax: 0 }).spec.data[0]).toMatchObject({ zmin: -1, zmax: 0 });
    expect(heatmap([[123456, 123456]]).spec.data[0]).toMatchObject({ zmin: 123460, zmax: 123580 });
    expect(() => heatmap([[1, 2]], { zmin: 1, zmax: 1 })).toThrow("zmin is 1 and zmax is 1: zmin must be below zmax");
    // White stands for 0 only where 0 is in the middle.
    expect(heatmap([[-1, 2]], { zmin: -1 }).spec.data[0]!.colorscale).toEqual(
      heatmap([[0, 2]]).spec.data[0]!.colorscale,
    );
  });

  it("writes what rounds to 0 without a sign, and 1 as float32 has it like 1", () => {
    expect(heatmap([[-0.004, 0.9999999, 1, -0.25]]).spec.data[0]!.text).toEqual([["0.00", "1", "1", "−0.25"]]);
    expect(heatmap([[-3]]).spec.data[0]!.text).toEqual([["−3"]]);
  });

  it("reads shares as per cent in its cells, at its bar and in words", () => {
    const { spec, text } = heatmap([[0.123, 0.877, -0.001]], { percent: true, zmin: 0, zmax: 1 });
    expect(spec.data[0]).toMatchObject({ text: [["12%", "88%", "0%"]], colorbar: { tickformat: ".0%" } });
    expect(spec.data[0]!.hovertemplate).toContain("%{z:.1%}");
    expect(text).toContain("values from -0.1% to 87.7%; colors from 0.0% to 100.0%");
  });

  it("writes numbers into small matrices only", () => {
    expect(heatmap(matrix).spec.data[0]!.text).toEqual([
      ["0", "0.25", "0.50"],
      ["0.75", "1", "0"],
    ]);
    expect(heatmap(Array.from({ length: 11 }, () => new Float32Array(11))).spec.data[0]).not.toHaveProperty("text");
  });

  it("grows with its labels, so that none is cut off", () => {
    const widthOf = (label: string) => heatmap(matrix, { yLabels: [label, ""] }).spec.layout.width as number;
    expect(widthOf("a much longer label for this row")).toBeGreaterThan(widthOf("short") + 100);
  });

  it("refuses labels that don't count as many as the cells", () => {
    expect(() => heatmap(matrix, { xLabels: ["a", "b"] })).toThrow("xLabels has 2 names: the matrix has 3 columns");
  });

  it("draws each cell as one even rectangle and the color bar as a gradient", async () => {
    const rows = Array.from({ length: 20 }, (_, r) =>
      Array.from({ length: 20 }, (_, c) => ((r + c) % 2 === 0 ? 0 : 1)),
    );
    const figure = heatmap(rows);
    const png = await decodePng(await figure.png({ scale: 1 }));
    const { margin, width, height } = figure.spec.layout as {
      margin: { l: number; r: number; t: number; b: number };
      width: number;
      height: number;
    };
    expect([png.width, png.height]).toEqual([width, height]);
    const cell = (width - margin.l - margin.r) / 20;
    // Just inside two corners of the same cell, and in the next cell.
    const at = (x: number, y: number) => png.at(Math.round(margin.l + x * cell), Math.round(margin.t + y * cell));
    expect([at(0.15, 0.15), at(0.85, 0.85), at(1.15, 0.15), at(1.85, 0.85)]).toEqual([
      "#440154",
      "#440154",
      "#fde725",
      "#fde725",
    ]);
    const bar = Array.from({ length: 5 }, (_, i) =>
      png.at(
        Math.round(width - margin.r + 20),
        Math.round(margin.t + 4 + ((height - margin.t - margin.b - 8) * i) / 4),
      ),
    );
    expect(new Set(bar).size).toBe(5);
    const green = bar.map((color) => Number.parseInt(color.slice(3, 5), 16));
    expect(green).toEqual([...green].sort((a, b) => b - a));
    expect(green[0]).toBeGreaterThan(220);
    expect(green[4]).toBeLessThan(15);
  });
});
