import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Canvas, createCanvas, loadImage } from "@napi-rs/canvas";
import { expect } from "vitest";
import type { Figure } from "../../src/figure/figure";
import { PlotFigure } from "../../src/figure/plot-figure";

/** Where the pictures are kept. */
export const GOLDENS = join(__dirname, "goldens");

/** Levels of 255 by which a pixel may differ, and the share of pixels that may differ more: machines round edges of letters differently. */
const LEVELS = 8;
const SHARE = 0.001;

/**
 * Compares a figure, drawn at one pixel a pixel on white, with its picture in `goldens/`. With `GOLDENS=write` in the
 * environment the picture is made anew instead.
 */
export async function expectGolden(name: string, figure: Figure): Promise<void> {
  const drawn = await atScale1(figure);
  const path = join(GOLDENS, `${name}.png`);
  if (process.env.GOLDENS === "write") {
    mkdirSync(GOLDENS, { recursive: true });
    writeFileSync(path, drawn.toBuffer("image/png"));
    return;
  }
  expect(existsSync(path), `${path} is missing: look at the figure, then run this test with GOLDENS=write`).toBe(true);
  const golden = await loadImage(readFileSync(path));
  const differing =
    golden.width === drawn.width && golden.height === drawn.height
      ? differingPixels(pixelsOf(golden), pixelsOf(drawn))
      : drawn.width * drawn.height;
  if (differing <= SHARE * drawn.width * drawn.height) return;
  const seen = join(mkdtempSync(join(tmpdir(), "golden-")), `${name}.png`);
  writeFileSync(seen, drawn.toBuffer("image/png"));
  expect.fail(
    `${name}: ${differing} of ${drawn.width}x${drawn.height} pixels differ from ${path} (${golden.width}x${golden.height}); it was drawn as ${seen}: if that is right, run this test with GOLDENS=write`,
  );
}

async function atScale1(figure: Figure): Promise<Canvas> {
  if (figure instanceof PlotFigure) {
    const image = await loadImage(await figure.png({ scale: 1 }));
    return onCanvas(image, image.width, image.height);
  }
  // An image is drawn at twice the density.
  const image = await loadImage(await figure.png());
  return onCanvas(image, image.width / 2, image.height / 2);
}

function onCanvas(image: Awaited<ReturnType<typeof loadImage>>, width: number, height: number): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  return canvas;
}

function pixelsOf(image: Canvas | Awaited<ReturnType<typeof loadImage>>): Uint8ClampedArray {
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height).data;
}

function differingPixels(one: Uint8ClampedArray, other: Uint8ClampedArray): number {
  let count = 0;
  for (let pixel = 0; pixel < one.length; pixel += 4)
    if ([0, 1, 2, 3].some((channel) => Math.abs(one[pixel + channel]! - other[pixel + channel]!) > LEVELS)) count++;
  return count;
}
