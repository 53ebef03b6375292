import { describe, expect, it } from "vitest";
import { colorScaleNames, plotlyColorScale, scaleColor, suitableScale } from "../../src/figure/color-scale";

describe("color scales", () => {
  it("run from their first color to their last", () => {
    expect(scaleColor("viridis", 0)).toEqual([0x44, 0x01, 0x54]);
    expect(scaleColor("viridis", 1)).toEqual([0xfd, 0xe7, 0x25]);
    expect(scaleColor("gray", 0.5)).toEqual([128, 128, 128]);
    expect(scaleColor("gray", 7)).toEqual([255, 255, 255]);
  });

  it.each(["viridis", "inferno", "gray"] as const)("%s gets brighter all the way", (name) => {
    const brightness = Array.from({ length: 21 }, (_, i) => {
      const [r, g, b] = scaleColor(name, i / 20);
      return 0.299 * r + 0.587 * g + 0.114 * b;
    });
    for (let i = 1; i < brightness.length; i++) expect(brightness[i]).toBeGreaterThan(brightness[i - 1]!);
  });

  it("are white in the middle where both signs occur", () => {
    expect(suitableScale(-1, 3)).toEqual({ name: "diverging", zmin: -3, zmax: 3 });
    expect(scaleColor("diverging", 0.5)).toEqual([255, 255, 255]);
  });

  it("start at the smallest number otherwise, and never have an empty range", () => {
    expect(suitableScale(1, 3)).toEqual({ name: "viridis", zmin: 1, zmax: 3 });
    expect(suitableScale(2, 2)).toEqual({ name: "viridis", zmin: 2, zmax: 3 });
  });

  it("are written for Plotly from 0 to 1", () => {
    for (const name of colorScaleNames) {
      const scale = plotlyColorScale(name);
      expect(scale[0]![0]).toBe(0);
      expect(scale.at(-1)![0]).toBe(1);
    }
    expect(() => plotlyColorScale("rainbow" as "viridis")).toThrow(
      'color scale "rainbow" is unknown: use one of viridis',
    );
  });
});
