import { describe, expect, it } from "vitest";
import { curves } from "../../src/figure/curves";
import { theme } from "../../src/figure/theme";

describe("curves", () => {
  it("counts places from 1", () => {
    expect(curves({ loss: [2.3, 1.9] }).spec.data).toMatchObject([{ name: "loss", x: [1, 2], y: [2.3, 1.9] }]);
  });

  it("takes places of their own", () => {
    expect(curves({ loss: { x: [10, 20], y: [2, 1] } }).spec.data[0]).toMatchObject({ x: [10, 20], y: [2, 1] });
    expect(() => curves({ loss: { x: [1], y: [2, 1] } })).toThrow('curve "loss" has 1 places and 2 heights');
  });

  it("draws accuracy in a panel of its own", () => {
    const { data, layout } = curves(
      { "train loss": [2, 1], "train accuracy": { y: [0.1, 0.6], panel: "right" } },
      { rightPercent: true },
    ).spec;
    expect(data[1]).toMatchObject({ xaxis: "x2", yaxis: "y2" });
    expect(layout.yaxis2).toMatchObject({ tickformat: ".0%" });
    const [left, right] = [layout.xaxis, layout.xaxis2] as { domain: [number, number] }[];
    expect(left!.domain[1]).toBeLessThan(right!.domain[0]);
  });

  describe("colors", () => {
    const right = (y: number[]) => ({ y, panel: "right" as const });
    const colorsOf = (series: Parameters<typeof curves>[0]) => {
      const { data, layout } = curves(series).spec;
      const colors = data.map((trace) => [trace.name, (trace.line as { color: string }).color] as const);
      // The legend above each panel says the same.
      for (const [name, color] of colors) expect(layout.annotations).toContainEqual(legend(name as string, color));
      return colors.map(([, color]) => theme.palette.indexOf(color as never));
    };
    const legend = (name: string, color: string) =>
      expect.objectContaining({ text: `— ${name}`, font: expect.objectContaining({ color }) });

    it("are one for each split of the data, in both panels", () => {
      const series = { "training loss": [2], "validation loss": [2], "validation accuracy": right([0.1]) };
      expect(colorsOf(series)).toEqual([0, 1, 1]);
      expect(colorsOf({ ...series, "training accuracy": right([0.2]) })).toEqual([0, 1, 1, 0]);
    });

    it("don't change when a later curve joins", () => {
      expect(colorsOf({ "training loss": [2] })).toEqual([0]);
      expect(colorsOf({ "training loss": [2], "validation accuracy": right([0.1]) })).toEqual([0, 1]);
    });

    it("differ for all curves of a panel, whatever their names have in common", () => {
      expect(colorsOf({ "model A": [1], "model B": [2], "model C": right([3]) })).toEqual([0, 1, 2]);
      expect(colorsOf({ loss: [1], accuracy: right([3]) })).toEqual([0, 1]);
      expect(colorsOf({ "train loss": [1], "test loss": right([3]) })).toEqual([0, 1]);
    });
  });

  it("draws what chance reaches as a dashed line inside the range", () => {
    const { layout } = curves({ loss: [1.2, 1] }, { chance: { value: 2.4, label: "chance: uneven classes" } }).spec;
    expect(layout.shapes).toMatchObject([{ y0: 2.4, y1: 2.4, line: { dash: "dash" } }]);
    expect((layout.yaxis as { range: number[] }).range[1]).toBeGreaterThan(2.4);
    expect((layout.annotations as { text: string }[]).map(({ text }) => text)).toContain("chance: uneven classes");
  });

  it("leaves a gap for NaN and keeps room to grow", () => {
    const { data, layout } = curves({ loss: [2, Number.NaN, 1] }, { xMax: 10 }).spec;
    expect(data[0]!.y).toEqual([2, null, 1]);
    expect((layout.xaxis as { range: number[] }).range[1]).toBeGreaterThan(10);
  });

  it("has an axis whatever isn't finite, and counts it", () => {
    const odd = [Number.POSITIVE_INFINITY, 2, Number.NaN, 1];
    const { spec, text } = curves({ loss: odd, other: { x: [1, Number.POSITIVE_INFINITY], y: [1, 2] } });
    expect(spec.data[0]!.y).toEqual([null, 2, null, 1]);
    for (const axis of [spec.layout.xaxis, spec.layout.yaxis] as { range: number[] }[])
      expect(axis.range.every(Number.isFinite)).toBe(true);
    expect(text).toContain("lowest 1, highest 2; 2 values are not finite: 1 Infinity, 1 NaN");
    expect(curves({ loss: [Number.NaN] }).text).toContain("no values to draw; 1 value is not finite: 1 NaN");
    expect(curves({ loss: [0, 1] }, { logarithmic: true }).text).toContain("starts above 0: 1");
    expect(() => curves({ loss: [1] }, { logarithmic: true, chance: 0 })).toThrow("has no place for it");
  });

  it("refuses what is no curve", () => {
    expect(() => curves({ loss: 3 as unknown as number[] })).toThrow('curve "loss" is 3: give its heights');
    expect(() => curves({ loss: { y: "high" as unknown as number[] } })).toThrow(
      "give its heights as a list of numbers",
    );
  });

  it("says in words where each curve starts and ends", () => {
    expect(curves({ loss: [2.3, 1.1, 1.2] }, { title: "Training", chance: 2.4 }).text).toBe(
      "Training\nloss: 3 values, first 2.3, last 1.2, lowest 1.1, highest 2.3\nchance: 2.4",
    );
  });

  it("refuses to draw nothing", () => {
    expect(() => curves({})).toThrow("no curves");
  });
});
