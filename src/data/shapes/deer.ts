import { mix } from "./color";
import { DARK, type Drawing, WHITE } from "./drawing";
import { circle, ellipse, line, mirrored, polygon, union } from "./shape";

/** A deer's face: antlers, ears to the sides, a narrow muzzle. */
export const deer: Drawing = (pen, random, { body, accent, outline, accentOutline }) => {
  const reach = random.uniform(0.42, 0.6);
  const tine = random.uniform(0.5, 0.7);
  const antler = [0.14, -0.28, reach * 0.75, -0.55, reach, -0.98];
  const branch = [reach * 0.72, -0.55, reach + 0.28, -tine - 0.12];
  const twig = [reach * 0.45, -0.42, 0.14, -tine - 0.16];
  const antlers = [antler, branch, twig].flatMap((path) => [line(path, 0.1), line(mirrored(path), 0.1)]);
  pen.fill(union(...antlers), accent, { outline: accentOutline });
  for (const side of [-1, 1]) pen.mark("antler", side * reach * 0.74, -0.56);

  const lift = random.uniform(0, 0.35);
  for (const side of [-1, 1]) {
    const ear = ellipse(side * 0.56, -0.1 - lift * 0.3, 0.3, 0.15, side * -lift);
    pen.fill(ear, body, { outline });
    pen.fill(ellipse(side * 0.56, -0.1 - lift * 0.3, 0.19, 0.07, side * -lift), mix(body, WHITE, 0.6));
    pen.mark("ear", side * 0.56, -0.1 - lift * 0.3);
  }

  const slim = random.uniform(0.2, 0.26);
  pen.fill(
    union(
      ellipse(0, -0.02, 0.36, 0.36),
      polygon([-0.3, 0.1, 0.3, 0.1, slim - 0.08, 0.72, 0.08 - slim, 0.72], 0.06),
      ellipse(0, 0.7, slim, 0.22),
    ),
    body,
    { outline },
  );
  pen.fill(ellipse(0, 0.78, slim - 0.03, 0.15), mix(body, WHITE, 0.65));
  if (random.float() < 0.5)
    for (const [x, y] of [
      [-0.12, -0.2],
      [0.12, -0.2],
      [0, -0.08],
    ] as const)
      pen.fill(circle(x, y, 0.05), WHITE);

  for (const x of [-0.22, 0.22]) {
    pen.fill(ellipse(x, 0.06, 0.09, 0.11), DARK);
    pen.fill(circle(x + 0.03, 0.02, 0.035), WHITE);
    pen.mark("eye", x, 0.06);
  }
  pen.fill(ellipse(0, 0.68, 0.14, 0.09), DARK);
  pen.mark("nose", 0, 0.68);
};
