import { describe, expect, it } from "vitest";
import { adaptiveSvg } from "../../src/figure/adaptive-svg";
import { curves } from "../../src/figure/curves";
import { heatmap } from "../../src/figure/heatmap";
import { type PlotFigure, plot } from "../../src/figure/plot-figure";
import { darkColors, theme } from "../../src/figure/theme";

/** WCAG's contrast ratio. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

describe("the picture of a plot in a notebook", () => {
  it("has a dark color for its ground and for every ink that it uses", async () => {
    const svg = adaptiveSvg(await curves({ loss: [2, 1] }, { title: "Loss", yTitle: "loss" }).svg());
    expect(svg).toContain(`>rect{fill:light-dark(${theme.background},${theme.darkBackground})!important}`);
    for (const color of [theme.ink, theme.mutedInk, theme.gridLine, theme.axisLine, theme.palette[0]])
      expect(svg).toContain(`:light-dark(${color},${darkColors[color]})!important`);
  });

  it("asks for the reader's theme only where it is a document of its own, and styles nothing else of a page", async () => {
    const svg = adaptiveSvg(await heatmap([[1, 2]]).svg());
    const style = svg.match(/<style>(.*?)<\/style>/)![1]!;
    expect(style).toMatch(/^svg:root\{color-scheme:light dark\}/);
    const rules = style.replace(/^svg:root\{[^}]*\}/, "").match(/[^{}]+(?=\{)/g)!;
    expect(rules.every((selector) => selector.startsWith(".vitlab-figure"))).toBe(true);
    expect(svg).toMatch(/^<svg class="vitlab-figure" /);
  });

  it("stays light where a spec of one's own has colors that nobody knows on dark pages", async () => {
    const pictureOf = async (figure: PlotFigure) => (await figure.bundle()).data["image/svg+xml"] as string;
    const layout = { width: 200, height: 150 };
    expect(await pictureOf(plot({ data: [{ y: [1, 2] }], layout }))).not.toContain("light-dark");
    expect(await pictureOf(plot(curves({ loss: [1, 2] }).spec))).toContain("light-dark");
  });

  it("keeps the texts in a heat map's cells as they are", async () => {
    const svg = adaptiveSvg(await heatmap([[0.25, 5.5, 9.75]]).svg());
    const style = svg.match(/<style>(.*?)<\/style>/)![1]!;
    const colors = [...svg.matchAll(/<text[^>]*fill:(#\w+)[^>]*>(?:0\.25|5\.50|9\.75)</g)].map(([, color]) => color);
    expect(colors).toHaveLength(3);
    for (const color of colors) expect(style).not.toContain(`[style*="fill:${color}"]`);
  });

  it("has inks that are read on their ground: 4.5 to 1", () => {
    const { ink, mutedInk, background, darkBackground } = theme;
    for (const color of [ink, mutedInk]) {
      expect(contrast(color, background)).toBeGreaterThan(4.5);
      expect(contrast(darkColors[color]!, darkBackground)).toBeGreaterThan(4.5);
    }
    for (const color of theme.palette)
      expect(contrast(darkColors[color] ?? color, darkBackground)).toBeGreaterThan(4.5);
    expect(contrast(theme.pictureInk, background)).toBeGreaterThan(4.5);
    expect(contrast(theme.pictureInk, darkBackground)).toBeGreaterThan(4);
  });
});
