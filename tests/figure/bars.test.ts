import { describe, expect, it } from "vitest";
import { bars } from "../../src/figure/bars";
import { theme } from "../../src/figure/theme";

const colors = (figure: ReturnType<typeof bars>) => (figure.spec.data[0]!.marker as { color: string[] }).color;

describe("bars", () => {
  it("draws one bar a label and sets the longest apart", () => {
    const figure = bars(["cat", "dog", "ship"], [0.2, 0.7, 0.1]);
    expect(figure.spec.data[0]).toMatchObject({ x: [0.2, 0.7, 0.1], text: ["0.2", "0.7", "0.1"] });
    expect(colors(figure)).toEqual([theme.palette[0], theme.emphasis, theme.palette[0]]);
  });

  it("highlights by label or by index", () => {
    expect(colors(bars(["cat", "dog"], [0.2, 0.8], { highlight: "cat" }))[0]).toBe(theme.emphasis);
    expect(colors(bars(["cat", "dog"], [0.2, 0.8], { highlight: [0, 1] }))).toEqual([theme.emphasis, theme.emphasis]);
    expect(() => bars(["cat", "dog"], [0.2, 0.8], { highlight: "cow" })).toThrow(
      'highlight "cow" is no bar: the labels are cat, dog',
    );
  });

  it("reads shares as per cent", () => {
    expect(bars(["cat", "dog"], [0.123, 0.877], { percent: true, title: "Answer" }).text).toBe(
      "Answer\ncat: 12.3%\ndog: 87.7%",
    );
  });

  it("draws a line to compare with, and keeps room for it", () => {
    const figure = bars(["from ears", "from others"], [1.2, 0.9], { level: { value: 2, label: "uniform" } });
    const { shapes, annotations, xaxis } = figure.spec.layout as {
      shapes: { x0: number; x1: number }[];
      annotations: { text: string }[];
      xaxis: { range: number[] };
    };
    expect(shapes).toMatchObject([{ x0: 2, x1: 2, y0: 0, y1: 1 }]);
    expect(annotations).toMatchObject([{ text: "uniform", x: 2 }]);
    expect(xaxis.range[1]).toBeGreaterThan(2);
    expect(figure.text).toBe("Bars\nfrom ears: 1.2\nfrom others: 0.9\nline at 2: uniform");
    const chance = { value: 0.1, label: "chance" };
    expect(bars(["cat"], [0.9], { percent: true, level: chance }).text).toBe("Bars\ncat: 90.0%\nline at 10.0%: chance");
    expect(bars(["cat"], [1]).spec.layout).not.toHaveProperty("shapes");
  });

  it("keeps markup signs in labels as they are", () => {
    expect(bars(["a<b & c"], [1]).spec.layout.yaxis).toMatchObject({ ticktext: ["a&lt;b &amp; c"] });
  });

  it("draws no bar for what isn't finite, and scales and highlights by the others", () => {
    const figure = bars(["a", "b", "c", "d"], [0.2, Number.NaN, 0.5, Number.POSITIVE_INFINITY]);
    expect(figure.spec.data[0]).toMatchObject({ x: [0.2, null, 0.5, null] });
    expect(colors(figure)[2]).toBe(theme.emphasis);
    const { range } = figure.spec.layout.xaxis as { range: number[] };
    expect(range[0]).toBe(0);
    expect(range[1]).toBeGreaterThan(0.5);
    expect(range[1]).toBeLessThan(0.7);
    expect(figure.text).toContain("b: NaN\nc: 0.5\nd: Infinity\n2 values are not finite: 1 Infinity, 1 NaN");
    const { range: none } = bars(["a"], [Number.NaN]).spec.layout.xaxis as { range: number[] };
    expect(none[1]).toBeGreaterThan(0);
  });

  it("refuses another count of values than of labels", () => {
    expect(() => bars(["cat"], [1, 2])).toThrow("values has 2 numbers: there are 1 labels");
  });
});
