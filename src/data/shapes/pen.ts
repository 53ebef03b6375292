import type { Point } from "../landmarks";
import { type Color, mix } from "./color";
import type { Pose } from "./pose";
import type { Shape } from "./shape";

/** How a shape is filled. */
interface FillOptions {
  /** Color of a line around it. */
  outline?: Color;
  /** 1 covers what is below, 0 leaves it as it is. Default 1. */
  alpha?: number;
}

const OUTLINE_WIDTH = 0.075;

/** Draws shapes into a square image, smooth at the edges, and notes where the parts are. */
export class Pen {
  /** size x size x 3 floats from 0 to 255, row by row. */
  readonly pixels: Float32Array;
  /** Places noted with `mark`, in pixels. */
  readonly marks: Record<string, Point[]> = {};
  private readonly cos: number;
  private readonly sin: number;

  constructor(
    readonly size: number,
    private readonly pose: Pose,
    pixels: Float32Array = new Float32Array(size * size * 3),
  ) {
    this.pixels = pixels;
    this.cos = Math.cos(pose.angle);
    this.sin = Math.sin(pose.angle);
  }

  /** Fills a shape. */
  fill(shape: Shape, color: Color, { outline, alpha = 1 }: FillOptions = {}): void {
    const margin = outline ? OUTLINE_WIDTH : 0;
    const { left, top, right, bottom } = shape;
    const corners = [
      this.toPixels(left - margin, top - margin),
      this.toPixels(right + margin, top - margin),
      this.toPixels(left - margin, bottom + margin),
      this.toPixels(right + margin, bottom + margin),
    ];
    const firstX = Math.max(0, Math.floor(Math.min(...corners.map((corner) => corner.x)) - 1));
    const lastX = Math.min(this.size - 1, Math.ceil(Math.max(...corners.map((corner) => corner.x))));
    const firstY = Math.max(0, Math.floor(Math.min(...corners.map((corner) => corner.y)) - 1));
    const lastY = Math.min(this.size - 1, Math.ceil(Math.max(...corners.map((corner) => corner.y))));

    const { x: centerX, y: centerY, scaleX, scaleY } = this.pose;
    const scale = Math.sqrt(scaleX * scaleY);
    const flip = this.pose.mirrored ? -1 : 1;
    for (let py = firstY; py <= lastY; py++) {
      for (let px = firstX; px <= lastX; px++) {
        const dx = px + 0.5 - centerX;
        const dy = py + 0.5 - centerY;
        const x = (flip * (dx * this.cos + dy * this.sin)) / scaleX;
        const y = (dy * this.cos - dx * this.sin) / scaleY;
        const distance = shape.distance(x, y);
        // A pixel whose center is on the edge is half covered; the edge is one pixel wide.
        const covered = 0.5 - distance * scale;
        if (outline) this.blend(px, py, outline, covered + OUTLINE_WIDTH * scale, alpha);
        this.blend(px, py, color, covered, alpha);
      }
    }
  }

  /** Notes where a part of the drawn thing is. */
  mark(part: string, x: number, y: number): void {
    const places = this.marks[part];
    if (places) places.push(this.toPixels(x, y));
    else this.marks[part] = [this.toPixels(x, y)];
  }

  private toPixels(x: number, y: number): Point {
    const across = (this.pose.mirrored ? -x : x) * this.pose.scaleX;
    const down = y * this.pose.scaleY;
    return {
      x: this.pose.x + across * this.cos - down * this.sin,
      y: this.pose.y + across * this.sin + down * this.cos,
    };
  }

  private blend(px: number, py: number, color: Color, covered: number, alpha: number): void {
    if (covered <= 0) return;
    const part = alpha * Math.min(1, covered);
    const i = (py * this.size + px) * 3;
    for (let channel = 0; channel < 3; channel++) {
      const below = this.pixels[i + channel] as number;
      this.pixels[i + channel] = below + ((color[channel] as number) - below) * part;
    }
  }
}

/** The line color around a shape of this color: the same, darker. */
export function outlineOf(color: Color): Color {
  return mix(color, [16, 14, 22], 0.78);
}
