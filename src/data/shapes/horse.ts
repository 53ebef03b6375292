import { DARK, type Drawing, WHITE } from "./drawing";
import { circle, ellipse, line, polygon } from "./shape";

/** A horse from the side: long head, upright ear, mane along the neck. */
export const horse: Drawing = (pen, random, { body, accent, outline, accentOutline }) => {
  const chest = random.uniform(-0.1, 0.06);
  const down = random.uniform(-0.08, 0.1);

  pen.fill(polygon([0.26, -0.6, 0.44, -0.95, 0.5, -0.5]), body, { outline });
  pen.fill(polygon([0.3, -0.68, 0.66, -0.44, 0.92, 0.1, 0.96, 0.94, chest, 0.94, 0.12, 0.36, 0.0, 0.12], 0.03), body, {
    outline,
  });
  const head = [
    0.14,
    -0.66,
    0.42,
    -0.5,
    0.3,
    0.12,
    -0.34,
    0.46 + down,
    -0.56,
    0.62 + down,
    -0.8,
    0.5 + down,
    -0.82,
    0.24 + down,
    -0.3,
    -0.28,
  ];
  pen.fill(polygon(head, 0.04), body, { outline });
  if (random.float() < 0.5) pen.fill(line([0.02, -0.44, -0.32, -0.12, -0.7, 0.24 + down], 0.09), WHITE);

  const mane = [0.28, -0.76, 0.52, -0.62, 0.72, -0.36, 0.86, 0, 0.94, 0.4, 0.96, 0.8];
  pen.fill(line(mane, random.uniform(0.18, 0.28)), accent, { outline: accentOutline });
  for (const [x, y] of [
    [0.5, -0.36],
    [0.66, -0.04],
    [0.76, 0.34],
  ] as const)
    pen.fill(ellipse(x, y, 0.18, 0.08, -0.7), accent);
  pen.fill(line([0.28, -0.74, 0.1, -0.46], 0.12), accent);

  const ear = [0.16, -0.62, 0.2, -0.98, 0.38, -0.62];
  pen.fill(polygon(ear, 0.02), body, { outline });
  pen.mark("ear", 0.24, -0.75);

  pen.fill(ellipse(-0.06, -0.22, 0.1, 0.09), DARK);
  pen.fill(circle(-0.09, -0.25, 0.035), WHITE);
  pen.mark("eye", -0.06, -0.22);
  pen.fill(ellipse(-0.7, 0.34 + down, 0.07, 0.06), DARK);
  pen.mark("nose", -0.7, 0.34 + down);
  pen.fill(line([-0.72, 0.54 + down, -0.44, 0.44 + down], 0.05), DARK);
};
