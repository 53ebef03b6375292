import type { AttentionMoment, Pictures, Prediction } from "../dashboard-view";
import { html, svg } from "./dom";

/** Predictions for a few images, and the attention on one of them as it learns. */
export function modelView({ predictions, attention, update }: Pictures): HTMLElement[] {
  const cards = [
    html(
      "section",
      { class: "vd-card vd-wide" },
      html("h4", {}, `Predictions after ${update} steps`),
      html("ul", { class: "vd-images" }, ...predictions.map(predictionItem)),
    ),
  ];
  if (attention) {
    const { words, image, rows, columns, moments } = attention;
    cards.push(
      html(
        "section",
        { class: "vd-card vd-wide" },
        html("h4", {}, "Attention as it learns"),
        html("p", { class: "vd-muted" }, `${words}; bright patches get the most`),
        html("ul", { class: "vd-images" }, ...moments.map((moment) => momentItem(moment, image, rows, columns))),
      ),
    );
  }
  return cards;
}

function predictionItem({ image, label, predicted, probability, isRight }: Prediction): HTMLElement {
  const mark = isRight ? "✓" : "✗";
  const answer = `${mark} ${predicted} ${Math.round(100 * probability)}%`;
  const told = isRight ? "" : `is ${label}`;
  return html(
    "li",
    {},
    html("img", { src: image, alt: `image of ${label}` }),
    html("span", { class: isRight ? "vd-right" : "vd-wrong" }, answer),
    html("span", { class: "vd-muted" }, told),
  );
}

/** The image, its patches the darker the less attention they get. */
function momentItem({ update, weights }: AttentionMoment, image: string, rows: number, columns: number): HTMLElement {
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
  const place = `strongest in row ${Math.floor(strongest / columns) + 1}, column ${(strongest % columns) + 1}`;
  return html(
    "li",
    {},
    svg(
      "svg",
      { viewBox: `0 0 ${columns} ${rows}`, role: "img", "aria-label": `attention after ${update} steps, ${place}` },
      svg("image", { href: image, width: columns, height: rows, preserveAspectRatio: "none" }),
      ...veil,
    ),
    html("span", { class: "vd-muted" }, `step ${update}`),
  );
}
