import { describe, expect, it } from "vitest";
import * as vitlab from "../../src/index";
import { gradientImage } from "./images";

const image = gradientImage(8);
const { attentionGrid, attentionOverlay, bars, confusionMatrix, curves, filterGrid, headChart, heatmap } = vitlab;
const { imageGrid, intervals, liveFigure, parallelCoordinates, patchGrid, patchMaps, patchStrip, plot, show } = vitlab;
const { tokenColors, tokenSimilarity } = vitlab;
const spec = { data: [{ y: [1] }], layout: {} };

/** Each figure function with options of any kind, as a program without types may give them. */
const figures: Record<string, (options: never) => unknown> = {
  attentionGrid: (options) => attentionGrid({ shape: [1, 2, 2], data: [0.5, 0.5, 0.5, 0.5] }, options),
  attentionOverlay: (options) => attentionOverlay(image, [0.25, 0.25, 0.25, 0.25], options),
  bars: (options) => bars(["cat"], [1], options),
  confusionMatrix: (options) => confusionMatrix([[1]], options),
  curves: (options) => curves({ loss: [1] }, options),
  filterGrid: (options) => filterGrid({ shape: [1, 1, 1, 1], data: [1] }, options),
  headChart: (options) => headChart([[1]], options),
  heatmap: (options) => heatmap([[1]], options),
  imageGrid: (options) => imageGrid(image, options),
  intervals: (options) => intervals(["cat"], { area: { values: [1], low: [0], high: [2] } }, options),
  liveFigure: (options) => liveFigure(imageGrid(image), options),
  parallelCoordinates: (options) => parallelCoordinates({ dim: { values: [1] } }, options),
  patchGrid: (options) => patchGrid(image, 4, options),
  patchMaps: (options) => patchMaps({ shape: [1, 2, 2], data: [1, 0, 0, 0] }, options),
  patchStrip: (options) => patchStrip(image, options),
  plot: (options) => plot(spec, options),
  png: (options) => plot(spec).png(options),
  show: (options) => show([], options),
  tokenColors: (options) => tokenColors({ shape: [1, 1, 3], data: [0, 0, 1] }, options),
  tokenSimilarity: (options) => tokenSimilarity([[1]], options),
};

/** What a call says when it is refused, at once or by its promise. */
async function complaint(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return error instanceof vitlab.VitlabError ? error.message : `not a VitlabError: ${String(error)}`;
  }
  return "nothing";
}

describe("options of figures", () => {
  it.each(Object.keys(figures))("that %s doesn't know are refused by name", async (name) => {
    expect(await complaint(() => figures[name]!({ querry: 3 } as never))).toContain(`${name} has no option querry`);
    expect(await complaint(() => figures[name]!(3 as never))).toContain(`${name} got 3 for its options`);
    expect(await complaint(() => figures[name]!({} as never))).toBe("nothing");
  });

  it.each<[string, string, unknown[]]>([
    ["attentionGrid", "query", ["first", null]],
    ["attentionGrid", "sharedRange", ["yes"]],
    ["attentionGrid", "size", [0, Number.NaN, "large"]],
    ["attentionGrid", "grid", [[2], "2x2", [0, 4]]],
    ["attentionOverlay", "alpha", [1.5, "half", Number.NaN]],
    ["attentionOverlay", "mode", ["blurred", true]],
    ["attentionOverlay", "zmax", [Number.POSITIVE_INFINITY, "1"]],
    ["attentionOverlay", "seen", [{ left: 0, top: 0 }, [0, 0, 1, 1]]],
    ["attentionOverlay", "patchSize", [0, 2.5, "4"]],
    ["bars", "highlight", [{ cat: true }, [null]]],
    ["bars", "percent", ["%"]],
    ["confusionMatrix", "title", [3]],
    ["curves", "chance", ["2.3", { value: 1 }, Number.NaN]],
    ["curves", "xMax", [Number.POSITIVE_INFINITY]],
    ["filterGrid", "scale", ["own", 3]],
    ["headChart", "level", [0.5, { value: "0", label: "" }]],
    ["heatmap", "percent", ["%"]],
    ["heatmap", "zmin", [Number.NaN, "0"]],
    ["heatmap", "colorScale", ["rainbow"]],
    ["heatmap", "xLabels", ["a", [1]]],
    ["imageGrid", "titles", ["cat", [3]]],
    ["imageGrid", "scale", [0, -1]],
    ["imageGrid", "borders", ["right", [true]]],
    ["intervals", "highlight", [null, [{}]]],
    ["liveFigure", "interval", ["fast", -1]],
    ["parallelCoordinates", "highlight", [-1, 0.5, "best"]],
    ["parallelCoordinates", "names", ["A", [1]]],
    ["patchGrid", "highlight", ["ear", [0.5]]],
    ["patchMaps", "marks", [3, [0.5], [["ear"]]]],
    ["patchMaps", "tight", ["yes"]],
    ["patchStrip", "columns", [0, "4"]],
    ["png", "scale", [0]],
    ["show", "folder", [3]],
    ["tokenColors", "arrangement", ["above"]],
    ["tokenSimilarity", "annotations", ["no"]],
  ])("of %s: %s must be of its kind", async (name, option, values) => {
    for (const value of values) {
      const said = await complaint(() => figures[name]!({ [option]: value } as never));
      expect(said).toMatch(new RegExp(`^${name}: ${option} is .*: give `));
      expect(said.split("\n")).toHaveLength(1);
    }
    expect(await complaint(() => figures[name]!({ [option]: undefined } as never))).toBe("nothing");
  });

  it("of plot and saveFigure come after what they take", async () => {
    expect(await complaint(() => plot({} as never))).toContain("plot takes a Plotly spec");
    expect(await complaint(() => vitlab.saveFigure(3 as never, "a.png"))).toContain("saveFigure takes a figure");
    expect(await complaint(() => vitlab.saveFigure(imageGrid(image), 3 as never))).toContain("got 3 for the file");
  });
});
