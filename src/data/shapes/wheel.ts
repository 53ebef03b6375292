import { type Color, mix } from "./color";
import { DARK, WHITE } from "./drawing";
import type { Pen } from "./pen";
import { circle } from "./shape";

/** A wheel with its hub, marked. */
export function wheel(pen: Pen, x: number, y: number, radius: number, hub: Color): void {
  pen.fill(circle(x, y, radius), DARK);
  pen.fill(circle(x, y, radius * 0.48), mix(hub, WHITE, 0.5));
  pen.mark("wheel", x, y);
}
