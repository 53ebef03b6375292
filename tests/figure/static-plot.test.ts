import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bars } from "../../src/figure/bars";
import { curves } from "../../src/figure/curves";
import { heatmap } from "../../src/figure/heatmap";
import { plot } from "../../src/figure/plot-figure";
import { staticPlot } from "../../src/figure/static-plot";

const figure = () => heatmap([[0, 1, 2]], { title: "Scores", annotations: false });

describe("a static plot", () => {
  it("has the same bytes each time, whatever was drawn between", async () => {
    const first = await figure().svg();
    await curves({ loss: [3, 2, 1] }).svg();
    expect(await figure().svg()).toBe(first);
  });

  it("isn't disturbed by another one drawn at the same time", async () => {
    const specs = [figure(), bars(["cat", "dog"], [0.2, 0.8]), curves({ loss: [3, 2, 1] })];
    const together = await Promise.all(specs.map((one) => one.svg()));
    const alone: string[] = [];
    for (const one of specs) alone.push(await one.svg());
    expect(together).toEqual(alone);
  });

  it("still draws after a spec that Plotly refuses", async () => {
    const impossible = {
      data: [],
      layout: {
        get width(): number {
          throw new Error("no width");
        },
      },
    };
    await expect(staticPlot(impossible)).rejects.toThrow("no width");
    expect(await figure().svg()).toContain("Scores");
  });

  it("shares no id with another figure", async () => {
    const ids = (svg: string) => [...svg.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
    const [one, other] = [ids(await figure().svg()), ids(await heatmap([[0, 1, 3]], { annotations: false }).svg())];
    expect(one.length).toBeGreaterThan(0);
    expect(one.filter((id) => other.includes(id))).toEqual([]);
  });

  it("refers to nothing outside itself, and every reference has its target", async () => {
    const svg = await figure().svg();
    expect(svg).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(svg).toContain(`id="${id}"`);
  });

  it("keeps one pixel a cell, enlarged without smoothing", async () => {
    expect(await figure().svg()).toMatch(/<image [^>]*style="image-rendering:pixelated"/);
  });

  it("has its title as its label", async () => {
    expect(await figure().svg()).toContain('role="img" aria-label="Scores"');
  });

  it("leaves its spec as it was", async () => {
    const { spec } = figure();
    const before = JSON.stringify(spec);
    await staticPlot(spec);
    expect(JSON.stringify(spec)).toBe(before);
  });

  it("sets a wrapped title inside the picture", async () => {
    const svg = await heatmap([[1]], { title: "A title much longer than this small figure is wide" }).svg();
    expect(svg.match(/<tspan/g)!.length).toBeGreaterThan(1);
    expect(svg).toMatch(/y="25\.2"/);
  });

  it("is small", async () => {
    expect((await curves({ loss: [3, 2, 1] }).svg()).length).toBeLessThan(6000);
  });

  it("is made of any Plotly spec", async () => {
    const any = plot({
      data: [{ type: "pie", values: [1, 2] }],
      layout: { title: { text: "Pie" }, width: 300, height: 200 },
    });
    expect(any.text).toBe("Pie\n1 trace (pie)");
    expect(await any.svg()).toContain('width="300"');
  });

  it("keeps no process alive and adds nothing to the global object", () => {
    const program = `
      const before = new Set(Object.getOwnPropertyNames(globalThis));
      const { heatmap } = require("./src/figure/heatmap.ts");
      const figure = heatmap([[0, 1]]);
      figure.png().then((png) => {
        const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name));
        console.log(JSON.stringify({ png: png.subarray(1, 4).toString(), added }));
      });
    `;
    const output = execFileSync(
      process.execPath,
      ["--require", "./tests/base/node/child/typescript.cjs", "-e", program],
      {
        encoding: "utf8",
        timeout: 50_000,
      },
    );
    expect(JSON.parse(output)).toEqual({ png: "PNG", added: [] });
  });
});
