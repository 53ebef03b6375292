import { mix } from "./color";
import { DARK, type Drawing, PINK, WHITE } from "./drawing";
import { circle, ellipse, line, union } from "./shape";

/** A dog's face: hanging ears, a long muzzle with a big nose, often a tongue. */
export const dog: Drawing = (pen, random, { body, accent, outline, accentOutline }) => {
  const wide = random.uniform(0.48, 0.58);
  const long = random.uniform(0.36, 0.48);
  const hang = random.uniform(-0.05, 0.2);
  const spread = random.uniform(0.08, 0.4);
  const earX = wide + 0.12;

  pen.fill(union(ellipse(0, -0.22, wide, 0.56), ellipse(0, 0.34, 0.38, long)), body, { outline });
  if (random.float() < 0.4) pen.fill(ellipse(0.26, -0.24, 0.22, 0.26), accent);
  pen.fill(ellipse(0, 0.36, 0.31, long - 0.06), mix(body, WHITE, 0.65));

  for (const side of [-1, 1]) {
    pen.fill(ellipse(side * earX, hang - 0.18, 0.2, 0.46, -side * spread), accent, { outline: accentOutline });
    pen.mark("ear", side * earX, hang - 0.18);
    pen.fill(circle(side * 0.25, -0.24, 0.11), DARK);
    pen.fill(circle(side * 0.25 + 0.04, -0.28, 0.045), WHITE);
    pen.mark("eye", side * 0.25, -0.24);
  }

  if (random.float() < 0.6) pen.fill(ellipse(0, 0.68, 0.13, 0.2), PINK, { outline: DARK });
  pen.fill(line([-0.2, 0.5, 0, 0.44, 0.2, 0.5], 0.06), DARK);
  pen.fill(ellipse(0, 0.16, 0.2, 0.14), DARK);
  pen.fill(ellipse(-0.05, 0.11, 0.06, 0.03), WHITE, { alpha: 0.7 });
  pen.mark("nose", 0, 0.16);
};
