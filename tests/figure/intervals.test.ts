import { describe, expect, it } from "vitest";
import { intervals } from "../../src/figure/intervals";
import { theme } from "../../src/figure/theme";

const labels = ["random", "gradient"];
const area = { values: [0.4, 0.2], low: [0.3, 0.1], high: [0.5, 0.25] };

describe("intervals", () => {
  it("draws a dot with its interval for each row, in one panel for each measure", () => {
    const { data, layout } = intervals(labels, { deletion: area, insertion: area }).spec;
    expect(data.map(({ xaxis, yaxis }) => [xaxis, yaxis])).toEqual([
      ["x", "y"],
      ["x", "y"],
      ["x2", "y"],
      ["x2", "y"],
    ]);
    expect(data[0]).toMatchObject({ x: [0.3, 0.5, null, 0.1, 0.25, null], y: [0, 0, null, 1, 1, null] });
    expect(data[1]).toMatchObject({ mode: "markers", x: [0.4, 0.2], y: [0, 1] });
    const [first, second] = [layout.xaxis, layout.xaxis2] as { domain: [number, number] }[];
    expect(first!.domain[1]).toBeLessThan(second!.domain[0]);
    expect(layout.yaxis).toMatchObject({ ticktext: labels, range: [1.5, -0.5] });
  });

  it("sets rows apart by label or number", () => {
    const colorsOf = (highlight: string | number) =>
      (intervals(labels, { area }, { highlight }).spec.data.at(-1)!.marker as { color: string[] }).color;
    expect(colorsOf("gradient")).toEqual([theme.palette[0], theme.emphasis]);
    expect(colorsOf(0)).toEqual([theme.emphasis, theme.palette[0]]);
    expect(() => colorsOf("rollout")).toThrow('highlight "rollout" is no row: the labels are random, gradient');
    // The lines of rows that are set apart have their color.
    const lines = intervals(labels, { area }, { highlight: 0 }).spec.data.slice(0, 2);
    expect(lines.map(({ y, line }) => [y, (line as { color: string }).color])).toEqual([
      [[0, 0, null], theme.emphasis],
      [[1, 1, null], theme.palette[0]],
    ]);
  });

  it("says which values are better, above the panel and in words", () => {
    const panels = { deletion: { ...area, better: "lower" }, insertion: { ...area, better: "higher" } } as const;
    const figure = intervals(labels, panels, { title: "Judged" });
    const texts = (figure.spec.layout.annotations as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual(["deletion", "lower is better", "insertion", "higher is better"]);
    expect(figure.text).toBe(
      "Judged\ndeletion, lower is better: best gradient\ninsertion, higher is better: best random\n" +
        "random: deletion 0.4 (0.3 to 0.5), insertion 0.4 (0.3 to 0.5)\n" +
        "gradient: deletion 0.2 (0.1 to 0.25), insertion 0.2 (0.1 to 0.25)",
    );
  });

  it("draws a line to compare with in its panel, inside of the range, and shares as per cent", () => {
    const level = { value: 0.9, label: "chance" };
    const { spec, text } = intervals(labels, { one: area, two: { ...area, level, percent: true } });
    expect(spec.layout.shapes).toMatchObject([{ x0: 0.9, x1: 0.9, xref: "x2" }]);
    expect(spec.layout.xaxis2).toMatchObject({ tickformat: ".0%" });
    expect((spec.layout.xaxis2 as { range: number[] }).range[1]).toBeGreaterThan(0.9);
    expect((spec.layout.xaxis as { range: number[] }).range[1]).toBeLessThan(0.9);
    expect(text).toContain("two: highest random; line at 90.0%: chance");
    expect(text).toContain("gradient: one 0.2 (0.1 to 0.25), two 20.0% (10.0% to 25.0%)");
    // The line's name doesn't leave the panel.
    expect(spec.layout.annotations).toContainEqual(expect.objectContaining({ text: "chance", xanchor: "right" }));
  });

  it("has no dot for what isn't finite, no line where an end is missing, and counts the values", () => {
    const odd = { values: [0.4, Number.NaN], low: [Number.NaN, 0.1], high: [0.5, 0.2] };
    const { spec, text } = intervals(labels, { area: odd });
    expect(spec.data[0]).toMatchObject({ x: [0.1, 0.2, null] });
    expect(spec.data[1]).toMatchObject({ x: [0.4, null] });
    expect(text).toContain("1 value is not finite: 1 NaN\nrandom: area 0.4\ngradient: area NaN (0.1 to 0.2)");
  });

  it("keeps markup signs in labels and names as they are", () => {
    const { layout } = intervals(["a<b"], { "c & d": { values: [1], low: [1], high: [1] } }).spec;
    expect(layout.yaxis).toMatchObject({ ticktext: ["a&lt;b"] });
    expect(layout.annotations).toMatchObject([{ text: "c &amp; d" }]);
  });

  it("refuses panels that don't fit the labels", () => {
    expect(() => intervals(labels, {})).toThrow("intervals takes panels by their names");
    expect(() => intervals([], { area })).toThrow("intervals takes labels as a list of texts");
    expect(() => intervals(["one"], { area })).toThrow('values of "area" has 2 numbers: there are 1 labels');
    expect(() => intervals(labels, { area: { ...area, low: [1] } })).toThrow('low of "area" has 1 numbers');
    expect(() => intervals(labels, { area: { ...area, low: [0, 1] } })).toThrow(
      '"gradient" in "area" has low 1 above high 0.25',
    );
    expect(() => intervals(labels, { area: { values: [1, 2] } as never })).toThrow('low of "area" is undefined');
    expect(() => intervals(labels, { area: { ...area, best: "low" } as never })).toThrow(
      'panel "area" of intervals has no option best',
    );
  });
});
