import { mix } from "./color";
import { DARK, type Drawing, WHITE } from "./drawing";
import { circle, ellipse, line, union } from "./shape";

/** A frog from the front: eyes on top of the head, a wide mouth, round eardrums. */
export const frog: Drawing = (pen, random, { body, accent, outline, accentOutline }) => {
  const wide = random.uniform(0.76, 0.9);
  const apart = random.uniform(0.42, 0.54);
  const eyeY = random.uniform(-0.46, -0.36);

  for (const side of [-1, 1])
    pen.fill(ellipse(side * 0.62, 0.74, 0.3, 0.14, side * 0.2), mix(body, DARK, 0.2), { outline });
  pen.fill(union(ellipse(0, 0.2, wide, 0.54), circle(-apart, eyeY, 0.29), circle(apart, eyeY, 0.29)), body, {
    outline,
  });
  pen.fill(ellipse(0, 0.55, wide * 0.66, 0.2), mix(body, WHITE, 0.6));

  const gaze = random.uniform(-0.06, 0.06);
  for (const x of [-apart, apart]) {
    pen.fill(circle(x, eyeY, 0.2), WHITE);
    pen.fill(ellipse(x + gaze, eyeY, 0.13, 0.08), DARK);
    pen.mark("eye", x, eyeY);
  }
  for (const x of [-wide + 0.17, wide - 0.17]) {
    pen.fill(circle(x, 0.06, 0.12), accent, { outline: accentOutline });
    pen.mark("ear", x, 0.06);
  }
  for (const x of [-0.1, 0.1]) pen.fill(circle(x, 0.04, 0.05), DARK);
  pen.mark("nose", 0, 0.04);

  const smile = random.uniform(0.08, 0.22);
  const corner = wide * 0.72;
  pen.fill(
    line(
      [
        -corner,
        0.24,
        -corner * 0.5,
        0.24 + smile * 0.8,
        0,
        0.24 + smile,
        corner * 0.5,
        0.24 + smile * 0.8,
        corner,
        0.24,
      ],
      0.07,
    ),
    DARK,
  );
};
