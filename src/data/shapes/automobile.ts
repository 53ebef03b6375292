import { mix } from "./color";
import { DARK, type Drawing, WHITE } from "./drawing";
import { circle, ellipse, line, polygon, union } from "./shape";
import { wheel } from "./wheel";

/** A car from the side: low body, cabin with windows, two wheels. */
export const automobile: Drawing = (pen, random, { body, accent, outline }) => {
  const roof = random.uniform(-0.52, -0.36);
  const front = random.uniform(0.5, 0.7);
  const back = random.uniform(-0.78, -0.5);
  const radius = random.uniform(0.2, 0.26);
  const hood = random.uniform(0.02, 0.12);

  pen.fill(
    union(
      polygon([-0.92, 0.06, front, 0, 0.94, hood + 0.08, 0.94, 0.42, -0.94, 0.42], 0.04),
      polygon([back, 0.05, back + 0.2, roof, front - 0.38, roof, front, 0.05], 0.04),
    ),
    body,
    { outline },
  );
  const glass = mix(WHITE, [120, 190, 230], random.uniform(0.3, 0.9));
  const middle = (back + front) / 2 - 0.06;
  pen.fill(
    polygon([back + 0.13, -0.02, back + 0.25, roof + 0.1, middle - 0.05, roof + 0.1, middle - 0.05, -0.02]),
    glass,
  );
  pen.fill(
    polygon([middle + 0.06, -0.02, middle + 0.06, roof + 0.1, front - 0.42, roof + 0.1, front - 0.15, -0.02]),
    glass,
  );
  pen.mark("window", (back + middle) / 2 + 0.08, roof / 2 + 0.04);
  pen.mark("window", (middle + front) / 2 - 0.12, roof / 2 + 0.04);

  if (random.float() < 0.5) pen.fill(line([-0.86, 0.24, 0.86, 0.26], 0.08), accent);
  pen.fill(ellipse(0.88, 0.2, 0.07, 0.08), [252, 232, 130]);
  pen.mark("headlight", 0.88, 0.2);
  pen.fill(circle(-0.9, 0.18, 0.06), [214, 60, 50]);
  for (const x of [-0.54, 0.54]) wheel(pen, x, 0.46, radius, accent);
  pen.fill(line([middle, 0.16, middle + 0.12, 0.16], 0.05), DARK);
};
