import { describe, expect, it } from "vitest";
import { patchGrid } from "../../src/figure/patch-grid";
import { theme } from "../../src/figure/theme";
import { decodePng } from "./decode-png";
import { gradientImage, plainImage } from "./images";

describe("patchGrid", () => {
  it("draws the image with lines between patches and a border around the highlighted one", async () => {
    const figure = patchGrid(plainImage(8, [90, 120, 150]), 4, { scale: 20, highlight: { 3: "nose" }, numbers: false });
    const png = await decodePng(await figure.png());
    expect(png.at(24 + 80, 24 + 80)).toBe("#5a7896");
    // The line between patches 0 and 1 is brighter than the image.
    expect(Number.parseInt(png.at(24 + 160 - 2, 24 + 80).slice(1, 3), 16)).toBeGreaterThan(180);
    // Patch 3 starts at 80 pixels of the page in both directions.
    expect(png.at(24 + 160, 24 + 240)).toBe(theme.palette[1]);
    expect(figure.text).toContain("patch 3: nose");
  });

  it("refuses a highlighted patch that doesn't exist", () => {
    expect(() => patchGrid(gradientImage(8), 4, { highlight: [4] })).toThrow(
      "highlighted patch is 4: the image has patches 0 to 3",
    );
  });
});
