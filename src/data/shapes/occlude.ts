import type { Random } from "../../base/random";
import { mix, paletteColor } from "./color";
import { WHITE } from "./drawing";
import { Pen } from "./pen";
import type { Pose } from "./pose";
import { ellipse, line, polygon, type Shape } from "./shape";

/** As often a place is looked for where a thing covers no landmark. */
const ATTEMPTS = 20;

/** Draws one to three things in front of what was drawn; none comes near a landmark, so that each can be seen. */
export function occlude(drawn: Pen, pose: Pose, random: Random): void {
  const { size, pixels } = drawn;
  const half = size / 2;
  const pen = new Pen(size, { x: half, y: half, scaleX: half, scaleY: half, angle: 0, mirrored: false }, pixels);
  const marks = Object.values(drawn.marks).flat();
  const room = Math.max(2, size / 16);
  const count = 1 + random.integer(3);
  for (let i = 0; i < count; i++) {
    const color = mix(paletteColor(random), WHITE, random.uniform(0, 0.5));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const shape = anyShape(pose, half, random);
      const free = marks.every(({ x, y }) => shape.distance(x / half - 1, y / half - 1) * half > room);
      if (!free) continue;
      pen.fill(shape, color);
      break;
    }
  }
}

function anyShape({ x, y, scaleX, scaleY }: Pose, half: number, random: Random): Shape {
  const cx = (x + random.uniform(-1, 1) * scaleX) / half - 1;
  const cy = (y + random.uniform(-1, 1) * scaleY) / half - 1;
  const reach = random.uniform(0.15, 0.4);
  const turn = random.uniform(0, 2 * Math.PI);
  const dx = reach * Math.cos(turn);
  const dy = reach * Math.sin(turn);
  const kind = random.integer(3);
  if (kind === 0) return ellipse(cx, cy, reach * 0.6, reach * random.uniform(0.3, 0.6), turn);
  if (kind === 1) return line([cx - 3 * dx, cy - 3 * dy, cx + 3 * dx, cy + 3 * dy], random.uniform(0.06, 0.16));
  return polygon([cx + dx, cy + dy, cx - dy, cy + dx, cx - dx * 0.6, cy - dy * 0.6]);
}
