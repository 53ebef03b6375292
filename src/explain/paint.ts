import type { Tensor4D } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { pixelsOf } from "./pixels-of";

/** What covered parts of an image become: its own mean color, or a color in the images' units, one number or one a channel. */
export type Paint = "mean" | number | readonly number[];

/** A part of an image, in pixels. */
export interface Window {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Images outside the engine, with the color that each is painted with. */
export interface Canvas {
  /** Of one image: `[height, width, channels]`. */
  shape: readonly [number, number, number];
  /** Of each image. */
  pixels: readonly Float32Array[];
  /** Of each image, one number a channel. */
  colors: readonly Float32Array[];
}

/** @throws VitlabError when the paint is no color of these images. */
export function canvasOf(images: Tensor4D, paint: Paint): Canvas {
  const [, height, width, channels] = images.shape;
  const pixels = pixelsOf(images);
  const given = paint === "mean" ? undefined : givenColor(paint, channels);
  const colors = pixels.map((each) => given ?? meanColor(each, channels));
  return { shape: [height, width, channels], pixels, colors };
}

/** Paints a window of an image, as far as it lies within. */
export function paintWindow(
  pixels: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  window: Window,
  color: ArrayLike<number>,
): void {
  const [bottom, right] = [Math.min(height, window.top + window.height), Math.min(width, window.left + window.width)];
  for (let y = window.top; y < bottom; y++)
    for (let x = window.left; x < right; x++)
      for (let c = 0; c < channels; c++) pixels[(y * width + x) * channels + c] = color[c] as number;
}

/** The window of a patch, counted row by row. */
export function patchWindow(patch: number, columns: number, patchSize: number): Window {
  const [row, column] = [Math.floor(patch / columns), patch % columns];
  return { top: row * patchSize, left: column * patchSize, height: patchSize, width: patchSize };
}

/** The mean of each channel. */
export function meanColor(pixels: Float32Array, channels: number): Float32Array {
  const sums = new Float64Array(channels);
  for (let i = 0; i < pixels.length; i++) sums[i % channels] = (sums[i % channels] as number) + (pixels[i] as number);
  return Float32Array.from(sums, (sum) => sum / (pixels.length / channels));
}

/**
 * A color as one number a channel.
 *
 * @throws VitlabError when it has another number of channels.
 */
export function givenColor(paint: number | readonly number[], channels: number): Float32Array {
  const color = typeof paint === "number" ? Array.from({ length: channels }, () => paint) : paint;
  if (!Array.isArray(color) || color.length !== channels || !color.every(Number.isFinite))
    throw new VitlabError(
      `color is ${show(paint)}: expected "mean", a number, or a list of ${channels} numbers, one a channel`,
    );
  return Float32Array.from(color);
}
