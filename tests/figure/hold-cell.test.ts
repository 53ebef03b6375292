import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { heatmap } from "../../src/figure/heatmap";
import { holdCell } from "../../src/figure/hold-cell";
import { show } from "../../src/figure/show";
import { stockTslab } from "./stock-tslab";

let tslab: ReturnType<typeof stockTslab>;
beforeEach(() => {
  tslab = stockTslab();
});
afterEach(() => tslab.remove());

const later = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("a cell of stock tslab that is held", () => {
  it("isn't over before its figure is shown", async () => {
    const told = await tslab.run(() => holdCell(later().then(() => process.stdout.write("here"))));
    expect(told).toEqual([{ type: "stream", content: { name: "stdout", text: "here" } }]);
  });

  it("is over when what it waits for fails", async () => {
    const told = await tslab.run(() => holdCell(later().then(() => Promise.reject(new Error("no picture")))));
    expect(told).toEqual([]);
  });

  it("waits for all, once", async () => {
    const figure = heatmap([[0, 1]], { title: "Scaled" });
    const told = await tslab.run(() => {
      for (let i = 0; i < 3; i++) holdCell(show(figure));
    });
    expect(told.map(({ type }) => type)).toEqual(["display_data", "display_data", "display_data"]);
    expect(await tslab.run(() => undefined)).toEqual([]);
  });
});
