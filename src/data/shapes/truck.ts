import { mix } from "./color";
import { type Drawing, WHITE } from "./drawing";
import { circle, line, polygon, rectangle } from "./shape";
import { wheel } from "./wheel";

/** A lorry from the side: a tall box, a cab in front of it, three wheels. */
export const truck: Drawing = (pen, random, { body, accent, outline, accentOutline }) => {
  const top = random.uniform(-0.66, -0.46);
  const cabTop = random.uniform(-0.3, -0.12);
  const gap = random.uniform(0.24, 0.36);
  const radius = random.uniform(0.18, 0.23);

  pen.fill(rectangle(-0.92, 0.3, 0.9, 0.42, 0.02), mix(outline, [60, 60, 66], 0.5));
  pen.fill(rectangle(-0.92, top, gap - 0.06, 0.3, 0.03), accent, { outline: accentOutline });
  const decoration = random.integer(3);
  if (decoration === 0) pen.fill(line([-0.8, (top + 0.3) / 2, gap - 0.2, (top + 0.3) / 2], 0.14), body);
  if (decoration === 1) pen.fill(circle((gap - 0.98) / 2, (top + 0.3) / 2, 0.22), body);
  if (decoration === 2)
    for (let x = -0.7; x < gap - 0.2; x += 0.26) pen.fill(line([x, top + 0.12, x, 0.2], 0.05), accentOutline);
  pen.mark("box", (gap - 0.98) / 2, (top + 0.3) / 2);

  pen.fill(polygon([gap + 0.08, cabTop, 0.66, cabTop, 0.92, 0.08, 0.92, 0.36, gap + 0.08, 0.36], 0.04), body, {
    outline,
  });
  pen.fill(
    polygon([gap + 0.2, cabTop + 0.1, 0.62, cabTop + 0.1, 0.8, 0.08, gap + 0.2, 0.08]),
    mix(WHITE, [120, 190, 230], random.uniform(0.3, 0.9)),
  );
  pen.mark("window", (gap + 0.86) / 2, cabTop / 2 + 0.08);
  pen.fill(circle(0.9, 0.26, 0.06), [252, 232, 130]);
  pen.mark("headlight", 0.9, 0.26);

  const second = random.uniform(-0.3, -0.14);
  for (const x of [-0.66, second, 0.62]) wheel(pen, x, 0.46, radius, body);
};
