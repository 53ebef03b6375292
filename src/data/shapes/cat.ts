import type { Color } from "./color";
import { mix } from "./color";
import { DARK, type Drawing, PINK, WHITE } from "./drawing";
import { ellipse, line, mirrored, polygon, union } from "./shape";

const IRISES: readonly Color[] = [
  [232, 206, 70],
  [150, 206, 96],
  [120, 198, 226],
];

/** A cat's face: pointed ears, slit eyes, a small nose, whiskers. */
export const cat: Drawing = (pen, random, { body, accent, outline }) => {
  const wide = random.uniform(0.66, 0.8);
  const high = random.uniform(0.54, 0.64);
  const tip = random.uniform(0.58, 0.76);
  const top = random.uniform(-0.98, -0.84);
  const ear = [0.12, -0.3, tip, top, wide - 0.02, 0.05];
  pen.fill(union(ellipse(0, 0.2, wide, high), polygon(ear, 0.02), polygon(mirrored(ear), 0.02)), body, { outline });

  const inner = [0.32, -0.32, tip - 0.03, top + 0.22, wide - 0.12, -0.12];
  for (const side of [inner, mirrored(inner)]) pen.fill(polygon(side), mix(body, PINK, 0.75));

  if (random.float() < 0.5) {
    for (const x of [-0.2, 0, 0.2]) pen.fill(line([x, -0.28, x * 0.9, -0.08], 0.09), accent);
  }
  if (random.float() < 0.5) pen.fill(ellipse(0, 0.5, 0.32, 0.22), mix(body, WHITE, 0.7));

  const iris = IRISES[random.integer(IRISES.length)] as Color;
  const apart = random.uniform(0.32, 0.38);
  for (const x of [-apart, apart]) {
    pen.fill(ellipse(x, 0.12, 0.18, 0.17), iris, { outline: DARK });
    pen.fill(ellipse(x, 0.12, 0.055, 0.16), DARK);
    pen.mark("eye", x, 0.12);
    pen.mark("ear", (Math.sign(x) * (tip + 0.36)) / 2, top / 2 - 0.04);
  }

  pen.fill(polygon([-0.11, 0.35, 0.11, 0.35, 0, 0.46]), PINK, { outline: DARK });
  pen.fill(line([-0.16, 0.56, 0, 0.5, 0.16, 0.56], 0.05), DARK);
  pen.mark("nose", 0, 0.4);

  const whisker = mix(body, body[0] + body[1] + body[2] > 380 ? DARK : WHITE, 0.85);
  const droop = random.uniform(-0.08, 0.12);
  for (const path of [
    [0.34, 0.42, 0.98, 0.3 + droop],
    [0.34, 0.5, 0.96, 0.56 + droop],
  ])
    for (const side of [path, mirrored(path)]) pen.fill(line(side, 0.045), whisker);
};
