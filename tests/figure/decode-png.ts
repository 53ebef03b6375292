import { createCanvas, loadImage } from "@napi-rs/canvas";

/** A PNG file's pixels. */
export interface DecodedPng {
  width: number;
  height: number;
  /** Color at a pixel as "#rrggbb". */
  at(x: number, y: number): string;
}

/** Decodes a PNG file. */
export async function decodePng(file: Buffer): Promise<DecodedPng> {
  const image = await loadImage(file);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return {
    width: image.width,
    height: image.height,
    at(x, y) {
      const place = (y * image.width + x) * 4;
      return `#${[...data.subarray(place, place + 3)].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
    },
  };
}
