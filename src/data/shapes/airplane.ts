import { mix } from "./color";
import { DARK, type Drawing, WHITE } from "./drawing";
import { circle, ellipse, polygon, rectangle, union } from "./shape";

/** An aeroplane from the side: fuselage, swept wings, tail fin, a row of windows. */
export const airplane: Drawing = (pen, random, { body, accent, outline, accentOutline }) => {
  const slim = random.uniform(0.16, 0.24);
  const sweep = random.uniform(0.26, 0.46);
  const span = random.uniform(0.6, 0.8);
  const fin = random.uniform(-0.72, -0.54);

  pen.fill(
    polygon([0.18, -0.08, -0.1, -0.08, -sweep, -span * 0.66, -sweep + 0.14, -span * 0.66], 0.02),
    mix(accent, DARK, 0.25),
    {
      outline: accentOutline,
    },
  );
  pen.fill(polygon([-0.52, -0.1, -0.78, fin, -0.96, fin, -0.88, 0], 0.02), accent, { outline: accentOutline });
  pen.fill(union(ellipse(0.1, 0, 0.88, slim), polygon([0, -slim, -0.92, -0.1, -0.96, 0.02, 0, slim])), body, {
    outline,
  });
  for (let x = -0.4; x < 0.5; x += 0.21) {
    pen.fill(circle(x, -0.05, 0.06), DARK);
  }
  pen.mark("window", 0.02, -0.05);
  pen.fill(polygon([0.66, -0.1, 0.8, -0.07, 0.88, 0, 0.7, 0]), mix(WHITE, [130, 196, 232], 0.6), { outline: DARK });
  pen.mark("window", 0.76, -0.05);

  pen.fill(polygon([0.26, 0.06, -0.14, 0.06, -sweep - 0.2, span, -sweep + 0.02, span], 0.02), accent, {
    outline: accentOutline,
  });
  pen.mark("wing", (0.06 - sweep - 0.1) / 2 + 0.02, (span + 0.06) / 2);
  pen.fill(polygon([-0.64, 0.0, -0.84, 0.0, -0.98, 0.2, -0.86, 0.2]), accent, { outline: accentOutline });
  pen.mark("tail", -0.8, fin * 0.6);
  if (random.float() < 0.6)
    pen.fill(rectangle(0.0, span * 0.42, 0.12, span * 0.42 + 0.06, 0.05), mix(body, DARK, 0.4), { outline: DARK });
};
