import { describe, expect, it } from "vitest";
import { patchStrip } from "../../src/figure/patch-strip";
import { decodePng } from "./decode-png";
import { gradientImage } from "./images";

describe("patchStrip", () => {
  it("puts the patches of an image side by side", async () => {
    const figure = patchStrip(gradientImage(8, 8, 20), { patchSize: 4, numbers: false });
    expect(figure.text).toBe("Sequence of patches\n4 patches of 4x4 pixels");
    const png = await decodePng(await figure.png());
    // Each patch is 36 pixels wide (nine times larger), with 8 between.
    const patchStart = (index: number) => png.at(24 + index * 2 * (36 + 8), 24);
    expect([0, 1, 2, 3].map(patchStart)).toEqual(["#000064", "#500064", "#005064", "#505064"]);
  });

  it("puts the class token first when asked", () => {
    const [plain, withToken] = [false, true].map((classToken) =>
      patchStrip(gradientImage(8), { patchSize: 4, classToken }),
    );
    expect(withToken!.width - plain!.width).toBe(36 + 8);
    expect(withToken!.text).toContain("the class token and 4 patches");
  });

  it("takes patches that were cut already", () => {
    expect(patchStrip([gradientImage(4), gradientImage(4)]).text).toContain("2 patches of 4x4 pixels");
    expect(() => patchStrip([gradientImage(4), gradientImage(4)], { patchSize: 2 })).toThrow(
      "patchSize cuts one image into patches: 2 images were given",
    );
  });
});
