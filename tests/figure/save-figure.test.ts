import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { curves } from "../../src/figure/curves";
import type { Figure } from "../../src/figure/figure";
import { heatmap } from "../../src/figure/heatmap";
import { imageGrid } from "../../src/figure/image-grid";
import { saveFigure } from "../../src/figure/save-figure";
import { words } from "./fake-notebook";
import { gradientImage } from "./images";

describe("saveFigure", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "figures-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const read = async (figure: Figure | Figure[], name: string) =>
    readFile(await saveFigure(figure, join(folder, name)));

  it("writes SVG, PNG and Plotly's JSON", async () => {
    const figure = heatmap([[1, 2]]);
    expect((await read(figure, "a.svg")).toString()).toBe(await figure.svg());
    expect((await read(figure, "a.png")).subarray(1, 4).toString()).toBe("PNG");
    expect(JSON.parse((await read(figure, "a.json")).toString())).toEqual(figure.spec);
    expect((await read(imageGrid(gradientImage(2)), "b.svg")).toString()).toContain("data:image/png;base64,");
  });

  it("writes a page with Plotly in it once, that no title can break", async () => {
    const figures = [heatmap([[1]], { title: "</script><b>" }), curves({ loss: [1] }), imageGrid(gradientImage(2))];
    const page = (await read(figures, "a.html")).toString();
    expect(page.match(/plotly\.js v3/g)).toHaveLength(1);
    expect(page.match(/Plotly\.newPlot\("figure-/g)).toHaveLength(2);
    expect(page.match(/<script/g)!.length).toBe(page.match(/<\/script>/g)!.length);
    expect(page).toContain('width="312"');
  });

  it("says what it can't write", async () => {
    await expect(read(words("a"), "a.gif")).rejects.toThrow(
      'ends with ".gif": figures are saved as .svg, .png, .html or .json',
    );
    await expect(read(imageGrid(gradientImage(2)), "a.json")).rejects.toThrow("an image without a Plotly spec");
    await expect(read([words("a"), words("b")], "a.png")).rejects.toThrow("holds one figure: 2 were given");
  });
});
