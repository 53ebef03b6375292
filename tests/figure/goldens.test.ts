import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { PlotFigure } from "../../src/figure/plot-figure";
import type { PlotSpec } from "../../src/figure/plot-spec";
import * as vitlab from "../../src/index";
import { goldenFigures } from "./golden-figures";
import { expectGolden, GOLDENS } from "./golden-picture";
import { complaintsOf, openPlotly, PLOTLY_FILES, type PlotlyWindow } from "./open-plotly";

const library: Readonly<Record<string, unknown>> = vitlab;
const names = Object.keys(goldenFigures);

/** Functions of src/figure that draw nothing of their own. */
const DRAW_NOTHING = ["liveFigure", "saveFigure", "sharedRange", "show"];

/** The functions that the library exports from src/figure. */
function figureFunctions(): string[] {
  const index = readFileSync(join(__dirname, "..", "..", "src", "figure", "index.ts"), "utf8");
  const exported = [...index.matchAll(/export \{([^}]*)\} from "\.\//g)].flatMap(([, names]) =>
    names!.split(",").map((name) => name.trim()),
  );
  return exported.filter((name) => /^[a-z]\w*$/.test(name) && typeof library[name] === "function");
}

describe("the pictures of figures", () => {
  it.each(names)("%s looks as in goldens/", async (name) => {
    await expectGolden(name, goldenFigures[name]!());
  });

  it("are kept for each figure that the library exports", () => {
    const drawing = figureFunctions().filter((name) => !DRAW_NOTHING.includes(name));
    expect(drawing).toContain("heatmap");
    const kept = names.map((name) => name.split("-")[0]!);
    expect(drawing.filter((name) => !kept.includes(name))).toEqual([]);
    expect(kept.filter((name) => !drawing.includes(name))).toEqual([]);
  });

  it("are kept for nothing else", () => {
    expect(readdirSync(GOLDENS).sort()).toEqual(names.map((name) => `${name}.png`).sort());
  });
});

describe.each(PLOTLY_FILES)("Plotly %s", (version, file) => {
  let window: PlotlyWindow;
  beforeAll(() => {
    window = openPlotly(file);
  });
  const complaints = (spec: PlotSpec) => complaintsOf(window, spec);

  it("is of that version, and tells what isn't in its schema", () => {
    expect(window.Plotly.version.split(".")[0]).toBe(version);
    const said = complaints({ data: [{ type: "bar", heights: [1] }], layout: { titlefont: { size: 3 } } });
    expect(said.join("\n")).toMatch(/heights[\s\S]*titlefont/);
  });

  it.each(names)("finds nothing wrong with the spec of %s", (name) => {
    const figure = goldenFigures[name]!();
    if (figure instanceof PlotFigure) expect(complaints(figure.spec)).toEqual([]);
  });
});
