import type { Random } from "../../base/random";
import { type Color, mix, paletteColor } from "./color";
import { WHITE } from "./drawing";
import { Pen } from "./pen";
import { ellipse, line, polygon } from "./shape";

/** A background and the color it mostly has. */
interface Background {
  /** size x size x 3 floats from 0 to 255. */
  pixels: Float32Array;
  color: Color;
}

/** Colors that run into each other, soft clouds, and a few blobs, bars and triangles that mean nothing. */
export function background(size: number, random: Random): Background {
  // Pale, so that dark outlines show: what is drawn can be told from what it's drawn on.
  const color = mix(paletteColor(random), WHITE, random.uniform(0.3, 0.6));
  const other = mix(color, mix(paletteColor(random), WHITE, 0.4), random.uniform(0.2, 0.7));
  const pixels = gradient(size, random, color, other);
  addClouds(pixels, size, random, random.uniform(5, 26));

  const pen = new Pen(
    size,
    { x: size / 2, y: size / 2, scaleX: size / 2, scaleY: size / 2, angle: 0, mirrored: false },
    pixels,
  );
  const count = 1 + random.integer(5);
  for (let i = 0; i < count; i++) {
    const x = random.uniform(-1, 1);
    const y = random.uniform(-1, 1);
    const reach = random.uniform(0.12, 0.45);
    const tint = mix(color, paletteColor(random), random.uniform(0.2, 0.6));
    const turn = random.uniform(0, 2 * Math.PI);
    const dx = reach * Math.cos(turn);
    const dy = reach * Math.sin(turn);
    const kind = random.integer(3);
    const shape =
      kind === 0
        ? ellipse(x, y, reach, reach * random.uniform(0.4, 1), turn)
        : kind === 1
          ? line([x - dx, y - dy, x + dx, y + dy], random.uniform(0.05, 0.16))
          : polygon([x + dx, y + dy, x - dy, y + dx, x - dx * 0.6, y - dy * 0.6]);
    pen.fill(shape, tint, { alpha: random.uniform(0.5, 1) });
  }
  return { pixels, color: mix(color, other, 0.5) };
}

function gradient(size: number, random: Random, from: Color, to: Color): Float32Array {
  const pixels = new Float32Array(size * size * 3);
  const turn = random.uniform(0, 2 * Math.PI);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const round = random.float() < 0.3;
  const centerX = random.float();
  const centerY = random.float();
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = (x + 0.5) / size;
      const v = (y + 0.5) / size;
      const part = round
        ? Math.min(1, Math.hypot(u - centerX, v - centerY))
        : Math.max(0, Math.min(1, 0.5 + (u - 0.5) * cos + (v - 0.5) * sin));
      const i = (y * size + x) * 3;
      for (let channel = 0; channel < 3; channel++)
        pixels[i + channel] = (from[channel] as number) + ((to[channel] as number) - (from[channel] as number)) * part;
    }
  }
  return pixels;
}

/** Adds light and shade that change slowly: random values on a 5x5 grid, smoothly joined (value noise). */
function addClouds(pixels: Float32Array, size: number, random: Random, strength: number): void {
  const cells = 4;
  const grid = Float32Array.from({ length: (cells + 1) ** 2 }, () => random.uniform(-strength, strength));
  const at = (column: number, row: number) => grid[row * (cells + 1) + column] as number;
  for (let y = 0; y < size; y++) {
    const v = ((y + 0.5) / size) * cells;
    const row = Math.floor(v);
    const sv = smooth(v - row);
    for (let x = 0; x < size; x++) {
      const u = ((x + 0.5) / size) * cells;
      const column = Math.floor(u);
      const su = smooth(u - column);
      const upper = at(column, row) * (1 - su) + at(column + 1, row) * su;
      const lower = at(column, row + 1) * (1 - su) + at(column + 1, row + 1) * su;
      const value = upper * (1 - sv) + lower * sv;
      const i = (y * size + x) * 3;
      for (let channel = 0; channel < 3; channel++) pixels[i + channel] = (pixels[i + channel] as number) + value;
    }
  }
}

function smooth(part: number): number {
  return part * part * (3 - 2 * part);
}
