import type { AttentionMoment, Pictures, Prediction } from "../dashboard-view";
import { html, svg } from "./dom";
import type { Words } from "./words";

/** Predictions for a few images, and the attention on one of them as it learns. */
export function modelView({ predictions, attention, update }: Pictures, words: Words): HTMLElement[] {
  const cards = [
    html(
      "section",
      { class: "vd-card vd-wide" },
      html("h4", {}, words.predictions(update)),
      html("ul", { class: "vd-images" }, ...predictions.map((prediction) => predictionItem(prediction, words))),
    ),
  ];
  if (attention) {
    const { image, rows, columns, moments } = attention;
    cards.push(
      html(
        "section",
        { class: "vd-card vd-wide" },
        html("h4", {}, words.attention),
        html("p", { class: "vd-muted" }, words.brightest(attention.words)),
        html(
          "ul",
          { class: "vd-images" },
          ...moments.map((moment) => momentItem(moment, image, { rows, columns }, words)),
        ),
      ),
    );
  }
  return cards;
}

function predictionItem({ image, label, predicted, probability, isRight }: Prediction, words: Words): HTMLElement {
  const mark = isRight ? "✓" : "✗";
  const answer = `${mark} ${predicted} ${Math.round(100 * probability)}%`;
  const told = isRight ? "" : words.isReally(label);
  return html(
    "li",
    {},
    html("img", { src: image, alt: words.imageOf(label) }),
    html("span", { class: isRight ? "vd-right" : "vd-wrong" }, answer),
    html("span", { class: "vd-muted" }, told),
  );
}

/** The image, its patches the darker the less attention they get. */
function momentItem(
  { update, weights }: AttentionMoment,
  image: string,
  { rows, columns }: { rows: number; columns: number },
  words: Words,
): HTMLElement {
  const veil = weights.map((weight, i) =>
    svg("rect", {
      x: i % columns,
      y: Math.floor(i / columns),
      width: 1.02,
      height: 1.02,
      fill: "black",
      "fill-opacity": (0.88 * (1 - weight)).toFixed(2),
    }),
  );
  const strongest = weights.indexOf(1);
  const label = words.attentionAfter(update, Math.floor(strongest / columns) + 1, (strongest % columns) + 1);
  return html(
    "li",
    {},
    svg(
      "svg",
      { viewBox: `0 0 ${columns} ${rows}`, role: "img", "aria-label": label },
      svg("image", { href: image, width: columns, height: rows, preserveAspectRatio: "none" }),
      ...veil,
    ),
    html("span", { class: "vd-muted" }, words.step(update)),
  );
}
