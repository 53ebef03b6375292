import type { Color } from "./color";
import { mix } from "./color";
import { DARK, type Drawing, WHITE } from "./drawing";
import { circle, ellipse, line, polygon, union } from "./shape";

const BEAKS: readonly Color[] = [
  [238, 162, 48],
  [70, 62, 58],
  [226, 96, 56],
];

/** A perched bird from the side: beak, one eye, a cheek patch where the ear lies under the feathers, wing, tail. */
export const bird: Drawing = (pen, random, { body, accent, outline, accentOutline }) => {
  const tail = random.uniform(-0.2, 0.25);
  const beak = BEAKS[random.integer(BEAKS.length)] as Color;
  const long = random.uniform(0.86, 1);
  const stance = random.uniform(-0.08, 0.08);

  for (const x of [-0.04, 0.16]) pen.fill(line([x, 0.5, x + stance, 0.94, x + stance + 0.14, 0.94], 0.07), beak);
  pen.fill(polygon([0.6, -0.52, long, -0.34, 0.6, -0.22]), beak, { outline: DARK });
  pen.fill(
    union(
      ellipse(-0.02, 0.18, 0.56, 0.42, -0.3),
      circle(0.38, -0.36, 0.32),
      polygon([-0.3, 0.12, -0.92, tail - 0.06, -0.98, tail + 0.16, -0.4, 0.42], 0.02),
    ),
    body,
    { outline },
  );
  pen.fill(ellipse(0.16, 0.3, 0.34, 0.25, -0.5), mix(body, WHITE, 0.6));

  const lift = random.uniform(-0.1, 0.25);
  pen.fill(polygon([0.14, -0.04, 0.1, 0.26, -0.2, 0.4 - lift * 0.3, -0.66, 0.34 - lift, -0.3, -0.04], 0.05), accent, {
    outline: accentOutline,
  });
  pen.fill(line([-0.04, 0.24, -0.42, 0.26 - lift * 0.7], 0.05), accentOutline);
  pen.mark("wing", -0.18, 0.18);
  pen.mark("tail", -0.78, tail * 0.8 + 0.06);

  pen.fill(circle(0.28, -0.22, 0.11), accent);
  pen.mark("ear", 0.28, -0.22);
  pen.fill(circle(0.46, -0.42, 0.1), DARK);
  pen.fill(circle(0.49, -0.45, 0.04), WHITE);
  pen.mark("eye", 0.46, -0.42);
  pen.mark("nose", 0.68, -0.36);
};
