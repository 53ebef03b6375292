import { mix } from "./color";
import { DARK, type Drawing, WHITE } from "./drawing";
import { circle, line, polygon, rectangle } from "./shape";

/** A ship from the side: a hull in the waves, either decks and a funnel or a mast with sails. */
export const ship: Drawing = (pen, random, { body, accent, outline, accentOutline }) => {
  const deck = random.uniform(0.16, 0.28);
  const bow = random.uniform(0.86, 0.98);
  const stern = random.uniform(-0.96, -0.84);

  if (random.float() < 0.6) steam();
  else sails();

  pen.fill(polygon([stern, deck, bow, deck - 0.06, 0.68, 0.72, -0.66, 0.72], 0.02), body, { outline });
  for (const x of [-0.44, 0, 0.44]) {
    pen.fill(circle(x, deck + 0.2, 0.08), WHITE, { outline: DARK });
    pen.mark("window", x, deck + 0.2);
  }
  const wave = [-0.98, 0.78, -0.72, 0.68, -0.44, 0.78, -0.16, 0.68, 0.12, 0.78, 0.4, 0.68, 0.68, 0.78, 0.98, 0.68];
  pen.fill(line(wave, 0.1), mix(WHITE, [110, 180, 226], random.float()));
  pen.mark("hull", 0, 0.6);

  function steam() {
    const funnelX = random.uniform(-0.3, 0.1);
    const top = random.uniform(-0.9, -0.7);
    pen.fill(rectangle(funnelX, top, funnelX + 0.2, -0.2, 0.02), accent, { outline: accentOutline });
    pen.fill(rectangle(funnelX - 0.02, top + 0.14, funnelX + 0.22, top + 0.24), mix(accent, WHITE, 0.8));
    pen.mark("funnel", funnelX + 0.1, top + 0.2);
    const cabin = mix(body, WHITE, 0.75);
    pen.fill(rectangle(-0.4, -0.3, 0.34, 0, 0.02), cabin, { outline });
    pen.fill(rectangle(-0.6, -0.04, 0.54, deck + 0.04, 0.02), cabin, { outline });
    for (const x of [-0.24, 0, 0.24]) pen.fill(circle(x, -0.16, 0.06), DARK);
  }

  function sails() {
    const mast = random.uniform(-0.1, 0.12);
    const top = random.uniform(-0.98, -0.84);
    pen.fill(line([mast, top, mast, deck], 0.09), DARK);
    pen.fill(polygon([mast + 0.1, top + 0.06, mast + 0.1, deck - 0.1, bow - 0.14, deck - 0.12]), accent, {
      outline: accentOutline,
    });
    pen.fill(
      polygon([mast - 0.1, top + 0.24, mast - 0.1, deck - 0.1, stern + 0.3, deck - 0.1]),
      mix(accent, WHITE, 0.5),
      { outline: accentOutline },
    );
    pen.mark("sail", mast + 0.3, deck - 0.36);
    pen.mark("sail", mast - 0.26, deck - 0.3);
  }
};
