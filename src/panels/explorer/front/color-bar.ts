import { element, setText } from "./element";
import { type Coloring, colorOf, paintCanvas } from "./paint-canvas";

/** Colors with the numbers that they stand for. */
export interface ColorBar {
  readonly root: HTMLElement;
  update(coloring: Coloring, write: (value: number) => string, label: string, note?: string): void;
}

const STEPS = 64;

export function colorBar(): ColorBar {
  const canvas = element("canvas", { role: "img" });
  const low = element("span");
  const high = element("span");
  const note = element("span", { class: "vx-note" });
  return {
    root: element("div", { class: "vx-color-bar" }, low, canvas, high, note),
    update(coloring, write, label, said = "") {
      const { low: from, high: to } = coloring;
      // A bar of equal steps in color, whatever the numbers between.
      const linear = { ...coloring, root: false };
      paintCanvas(canvas, STEPS, 1, (i) => colorOf(from + ((to - from) * i) / (STEPS - 1), linear));
      canvas.setAttribute("aria-label", label);
      setText(low, write(from));
      setText(high, write(to));
      setText(note, said);
    },
  };
}
