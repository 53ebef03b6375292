import { describe, expect, it } from "vitest";
import { cutPatch, patchLayout } from "../../src/figure/patches";
import { toImage } from "../../src/figure/pixels";
import { gradientImage } from "./images";

describe("patches of an image", () => {
  it("count row by row", () => {
    expect(patchLayout({ width: 48, height: 32 }, 16)).toEqual({ rows: 2, columns: 3, count: 6 });
    const patch = cutPatch(toImage(gradientImage(8)), 4, 3);
    expect([...patch.rgba.subarray(0, 4)]).toEqual([4, 4, 100, 255]);
    expect([...patch.rgba.subarray(-4)]).toEqual([7, 7, 100, 255]);
  });

  it("must divide the image", () => {
    expect(() => patchLayout({ width: 32, height: 30 }, 4)).toThrow(
      "image is 30x32: patch size 4 does not divide its height 30; use patch size 2 or resize to 32x32",
    );
    expect(() => patchLayout({ width: 31, height: 32 }, 4)).toThrow("does not divide its width 31; resize to 32x32");
    expect(() => patchLayout({ width: 32, height: 32 }, 0)).toThrow("patch size is 0");
  });
});
