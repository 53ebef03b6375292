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

  it("outlines patches of one name in one color, others in others", async () => {
    const figure = patchGrid(plainImage(8, [90, 120, 150]), 2, {
      scale: 20,
      highlight: { 0: "ear", 2: "ear", 8: "eye", 10: "nose" },
      numbers: false,
    });
    const png = await decodePng(await figure.png());
    // At the middle of each patch's lower edge, where no name is.
    const outline = (patch: number) => png.at(24 + 80 * (patch % 4) + 40, 24 + 80 * (Math.floor(patch / 4) + 1) - 1);
    const { palette } = theme;
    expect([0, 2, 8, 10].map(outline)).toEqual([palette[1], palette[1], palette[2], palette[3]]);
  });

  it("refuses a highlighted patch that doesn't exist", () => {
    expect(() => patchGrid(gradientImage(8), 4, { highlight: [4] })).toThrow(
      "highlighted patch is 4: the image has patches 0 to 3",
    );
  });
});
