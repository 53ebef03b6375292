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

  it("names the powers of ten of a logarithmic axis as numbers, not as units", () => {
    const { spec } = curves({ gradient: [1e-9, 1] }, { logarithmic: true });
    expect(spec.layout.yaxis).toMatchObject({ type: "log", exponentformat: "e" });
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

  describe("bands", () => {
    const band = { y: [2, 1, 3], low: [1.5, 0.5, 2], high: [2.5, 1.5, 4] };

    it("lie around their curve in its color, along the lower ends and back along the upper", () => {
      const { data, layout } = curves({ loss: band }).spec;
      expect(data[0]).toMatchObject({
        fill: "toself",
        x: [1, 2, 3, 3, 2, 1],
        y: [1.5, 0.5, 2, 4, 1.5, 2.5],
        fillcolor: "rgba(0, 114, 178, 0.2)",
      });
      expect(data[1]).toMatchObject({ name: "loss", y: [2, 1, 3] });
      expect((layout.yaxis as { range: number[] }).range[1]).toBeGreaterThan(4);
    });

    it("belong to their panel, and lie below all curves", () => {
      const { data } = curves({ other: [1, 2, 3], accuracy: { ...band, panel: "right" } }).spec;
      expect(data.map(({ fill, yaxis }) => [fill, yaxis])).toEqual([
        [undefined, "y"],
        ["toself", "y2"],
        [undefined, "y2"],
      ]);
    });

    it("have a gap where an end is missing, also for the logarithm of 0", () => {
      const odd = { y: [2, 1, 3, 4], low: [1, Number.NaN, 2, 3], high: [3, 2, 4, 5] };
      expect(curves({ loss: odd }).spec.data[0]).toMatchObject({
        x: [1, 1, null, 3, 4, 4, 3],
        y: [1, 3, null, 2, 3, 5, 4],
      });
      const zero = curves({ loss: { y: [2, 1], low: [0, 0.5], high: [3, 2] } }, { logarithmic: true });
      expect(zero.spec.data[0]).toMatchObject({ x: [2, 2], y: [0.5, 2] });
      expect(zero.text).toContain("starts above 0: 1");
    });

    it("are drawn in the static picture", async () => {
      const svg = await curves({ loss: band }).svg();
      expect(svg).toMatch(/fill:#0072b2;fill-opacity:0\.2/);
      expect(await curves({ loss: band.y }).svg()).not.toContain("fill-opacity:0.2");
    });

    it("are said in words, for the first and the last value", () => {
      expect(curves({ loss: band }).text).toContain("3 values, first 2 (1.5 to 2.5), last 3 (2 to 4), lowest 1");
      const odd = { y: [2, 1], low: [Number.NaN, 0.5], high: [3, 1.5] };
      expect(curves({ loss: odd }).text).toContain("first 2, last 1 (0.5 to 1.5)");
      expect(curves({ loss: odd }).text).toContain("in its band 1 value is not finite: 1 NaN");
    });

    it("are refused where an end is missing, too short or on the wrong side", () => {
      expect(() => curves({ loss: { y: [1, 2], low: [0, 1] } })).toThrow(
        'curve "loss" has a band of 2 numbers for low and undefined for high: it takes both, 2 numbers each',
      );
      expect(() => curves({ loss: { y: [1, 2], low: [0], high: [2] } })).toThrow("a band of 1 numbers for low");
      expect(() => curves({ loss: { y: [1, 2], low: [0, 3], high: [2, 2] } })).toThrow(
        'curve "loss" at 1 has low 3 above high 2',
      );
    });
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
