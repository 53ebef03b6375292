import { suitableScale } from "../../../figure/color-scale";
import type { PartVector } from "../explorer-view";
import { colorBar } from "./color-bar";
import { element } from "./element";
import { short } from "./numbers";
import { paintValues } from "./paint-canvas";
import type { Words } from "./words";

/** A vector as colored cells, with its range, and its numbers for who asks. */
export function vectorCells(words: Words, { label, values }: PartVector): HTMLElement {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (values.length === 0) [low, high] = [0, 0];
  const { name, zmin, zmax } = suitableScale(low, high);
  const coloring = { scale: name, low: zmin, high: zmax };
  const said = words.numbersOf(label, values.length, short(low), short(high));
  const canvas = element("canvas", { role: "img", "aria-label": said });
  const readout = element("output", { class: "vx-readout" });
  paintValues(canvas, values, Math.max(1, values.length), coloring);
  canvas.addEventListener("pointermove", (event) => {
    const { left, width } = canvas.getBoundingClientRect();
    const i = Math.min(values.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * values.length)));
    if (values.length > 0) readout.textContent = `[${i}] ${short(values[i]!)}`;
  });
  canvas.addEventListener("pointerleave", () => {
    readout.textContent = "";
  });
  const bar = colorBar();
  bar.update(coloring, short, words.colorBar(short(zmin), short(zmax)));
  const numbers = element("details", {}, element("summary", {}, `${values.length} ${words.allNumbers}`));
  numbers.addEventListener("toggle", () => {
    if (numbers.open && numbers.childElementCount === 1)
      numbers.append(element("p", { class: "vx-numbers" }, Array.from(values, short).join("  ")));
  });
  return element(
    "div",
    { class: "vx-vector", "data-vector": label },
    element("div", { class: "vx-vector-head" }, element("code", {}, label), readout, bar.root),
    canvas,
    numbers,
  );
}
