import type { Random } from "../../base/random";
import { background } from "../shapes/background";
import { Pen } from "../shapes/pen";
import { ellipse, line } from "../shapes/shape";
import { dullColor } from "./dull-color";

/** What lies below everything: a background as the shapes have, darker, with lines and blobs; nothing near black or white. */
export function clutter(size: number, random: Random): Float32Array {
  const { pixels } = background(size, random);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 40 + 0.55 * (pixels[i] as number);
  const half = size / 2;
  const pen = new Pen(size, { x: half, y: half, scaleX: half, scaleY: half, angle: 0, mirrored: false }, pixels);
  const count = 2 + random.integer(4);
  for (let i = 0; i < count; i++) {
    const x = random.uniform(-1, 1);
    const y = random.uniform(-1, 1);
    const turn = random.uniform(0, 2 * Math.PI);
    const reach = random.uniform(0.1, 0.7);
    const [dx, dy] = [reach * Math.cos(turn), reach * Math.sin(turn)];
    const shape =
      random.float() < 0.6
        ? line([x - dx, y - dy, x + dx, y + dy], random.uniform(0.04, 0.14))
        : ellipse(x, y, reach * 0.4, reach * random.uniform(0.2, 0.4), turn);
    pen.fill(shape, dullColor(random), { alpha: random.uniform(0.6, 1) });
  }
  return pixels;
}
