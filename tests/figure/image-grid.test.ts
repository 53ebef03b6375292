import { beforeAll, describe, expect, it } from "vitest";
import { imageGrid } from "../../src/figure/image-grid";
import { theme } from "../../src/figure/theme";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { decodePng } from "./decode-png";
import { gradientImage, plainImage } from "./images";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

describe("imageGrid", () => {
  it("enlarges each pixel to a sharp square, at twice the density", async () => {
    const figure = imageGrid(gradientImage(2, 2, 100), { scale: 10 });
    expect([figure.width, figure.height]).toEqual([20 + 24, 20 + 24]);
    const png = await decodePng(await figure.png());
    expect([png.width, png.height]).toEqual([88, 88]);
    // Pixels beside the edge between two of the image's pixels.
    expect([png.at(24, 24), png.at(43, 43), png.at(44, 43), png.at(43, 44), png.at(63, 63)]).toEqual([
      "#000064",
      "#000064",
      "#640064",
      "#006464",
      "#646464",
    ]);
    expect(png.at(23, 24)).toBe("#ffffff");
  });

  it("draws a batch tensor from -1 to 1 and leaves it alone", async () => {
    const batch = tf.fill([3, 4, 4, 3], 1);
    const before = tf.memory().numTensors;
    const figure = imageGrid(batch, { columns: 2, scale: 5 });
    expect(tf.memory().numTensors).toBe(before);
    batch.dispose();
    expect(figure.text).toBe("Images\n3 images of 4x4 pixels");
    expect(figure.height - figure.width).toBe(0);
  });

  it("gives each image its caption and says right or wrong by border, mark and words", async () => {
    const images = [plainImage(8, [0, 0, 0]), plainImage(8, [0, 0, 0])];
    const figure = imageGrid(images, { titles: ["cat", "dog"], borders: ["right", "wrong"], scale: 8, columns: 2 });
    expect(figure.text).toContain("0: cat, right\n1: dog, wrong");
    const png = await decodePng(await figure.png());
    const bottom = png.height - 24;
    expect(png.at(24 + 40, bottom + 2)).toBe(theme.right);
    expect(png.at(24 + 128 + 24 + 40, bottom + 2)).toBe(theme.wrong);
  });

  it("draws images of different sizes at the same length", () => {
    expect(imageGrid([gradientImage(32), gradientImage(48)]).height).toBe(96 + 24);
  });

  it("gives the same bytes each time", async () => {
    const draw = () => imageGrid(gradientImage(8), { titles: ["a caption"], title: "A title" }).png();
    expect((await draw()).equals(await draw())).toBe(true);
  });

  it("refuses captions that don't count as many as the images, and figures too large to draw", () => {
    expect(() => imageGrid([gradientImage(2)], { titles: ["a", "b"] })).toThrow(
      "titles has 2 entries: there are 1 images",
    );
    expect(() => imageGrid(gradientImage(100), { scale: 1000 })).toThrow("at most 8000 on a side can be drawn");
    expect(() => imageGrid(gradientImage(2), { scale: -1 })).toThrow("scale is -1");
  });
});
