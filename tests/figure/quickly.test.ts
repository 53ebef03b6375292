import { createCanvas, loadImage } from "@napi-rs/canvas";
import { expect, it } from "vitest";
import type { ImageFigure } from "../../src/figure/image-figure";
import { imageGrid } from "../../src/figure/image-grid";
import { drawsQuickly, quickly } from "../../src/figure/quickly";

const image = { width: 2, height: 2, channels: 3, pixels: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) } as const;
const draw = () => imageGrid([image], { titles: ["four pixels"] });

async function pixels(figure: ImageFigure): Promise<Buffer> {
  const file = await loadImage(await figure.png());
  const canvas = createCanvas(file.width, file.height);
  canvas.getContext("2d").drawImage(file, 0, 0);
  return canvas.data();
}

it("draws the same pixels, in another file", async () => {
  const [usual, quick] = [draw(), quickly(draw)];
  expect((await pixels(quick)).equals(await pixels(usual))).toBe(true);
  const fileOf = async (figure: ImageFigure) => (await figure.bundle()).data["image/png"];
  expect(await fileOf(quick)).not.toBe(await fileOf(usual));
});

it("is over when the drawing is, and when it throws", () => {
  expect(quickly(drawsQuickly)).toBe(true);
  expect(drawsQuickly()).toBe(false);
  expect(() =>
    quickly(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(drawsQuickly()).toBe(false);
});
