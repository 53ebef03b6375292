import { expect, it } from "vitest";
import { Random } from "../../../src/base/random";
import { occlude } from "../../../src/data/shapes/occlude";
import { Pen } from "../../../src/data/shapes/pen";
import { drawPose, FREE } from "../../../src/data/shapes/pose";

/** A blank picture with an eye, an ear and a nose, and what was drawn in front of it. */
function occluded(size: number, seed: number): Pen {
  const random = new Random(seed);
  const pose = drawPose(size, random, FREE);
  const pen = new Pen(size, pose);
  pen.mark("eye", -0.4, -0.3);
  pen.mark("eye", 0.4, -0.3);
  pen.mark("nose", 0, 0.4);
  occlude(pen, pose, random);
  return pen;
}

it.each([16, 32, 100])(
  "draws something in front of nearly every image of %i pixels, and over no landmark of any",
  (size) => {
    let touched = 0;
    for (let seed = 0; seed < 300; seed++) {
      const { pixels, marks } = occluded(size, seed);
      if (pixels.some((value) => value > 0)) touched++;
      for (const { x, y } of Object.values(marks).flat())
        for (const [dx, dy] of [
          [0, 0],
          [-1, 0],
          [1, 0],
          [0, -1],
          [0, 1],
        ] as const) {
          const at = (Math.floor(y + (dy * size) / 32) * size + Math.floor(x + (dx * size) / 32)) * 3;
          expect([...pixels.subarray(at, at + 3)]).toEqual([0, 0, 0]);
        }
    }
    expect(touched).toBeGreaterThan(280);
  },
);
