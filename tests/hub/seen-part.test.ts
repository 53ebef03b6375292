import { describe, expect, it } from "vitest";
import { cropImage } from "../../src/data/crop-image";
import { pilResize } from "../../src/data/pil-resize";
import { ImageProcessor } from "../../src/hub/image-processor";
import type { ImageProcessorConfig } from "../../src/hub/processor-config";
import { type PicturePart, seenPart } from "../../src/hub/seen-part";

const seenBy = (config: ImageProcessorConfig, [width, height]: [number, number], channels = 3) => {
  const processor = new ImageProcessor(config, { channels });
  return seenPart((image) => processor.fit(image), { width, height });
};

function expectPart(part: PicturePart, expected: [number, number, number, number], tolerance = 1e-6): void {
  const { left, top, width, height } = part;
  [left, top, width, height].forEach((value, i) => {
    expect(Math.abs(value - expected[i]!), `${JSON.stringify(part)} is [${expected}]`).toBeLessThan(tolerance);
  });
}

describe("the part of a picture that a model sees", () => {
  it.each<[number, number]>([
    [451, 300],
    [300, 451],
    [32, 32],
    [2000, 1500],
    [1, 1],
    [1, 4000],
    [4000, 1],
  ])("is all of it where it is resized to both sides: %i x %i", async (width, height) => {
    for (const resample of [0, 2, 3])
      expectPart(await seenBy({ size: { height: 32, width: 32 }, resample }, [width, height]), [0, 0, width, height]);
    expectPart(await seenBy({ size: { height: 32, width: 32 } }, [width, height], 1), [0, 0, width, height]);
  });

  it("is the middle where it is cut out after the resize", async () => {
    const config = { size: { shortest_edge: 64 }, do_center_crop: true, crop_size: { height: 56, width: 56 } };
    // 451x300 becomes 96x64; the cut starts at column 20 and row 4.
    const [x, y] = [451 / 96, 300 / 64];
    expectPart(await seenBy(config, [451, 300]), [20 * x, 4 * y, 56 * x, 56 * y]);
    // 300x1200 becomes 64x256.
    expectPart(await seenBy(config, [300, 1200]), [
      4 * (300 / 64),
      100 * (1200 / 256),
      56 * (300 / 64),
      56 * (1200 / 256),
    ]);
  });

  it("reaches beyond the picture where black is put around it", async () => {
    const config = { do_resize: false, do_center_crop: true, crop_size: { height: 60, width: 60 } };
    expectPart(await seenBy(config, [40, 100]), [-10, 20, 60, 60]);
  });

  it("is right to a pixel of the model where the picture is cut before it is resized", async () => {
    const cut = { left: 75, top: 0, width: 300, height: 300 };
    const fit = (image: Parameters<typeof cropImage>[0]) =>
      pilResize(cropImage(image, cut), { width: 32, height: 32 }, { filter: "bilinear" });
    expectPart(await seenPart(fit, { width: 451, height: 300 }), [75, 0, 300, 300], 300 / 32 / 4);
  });
});
