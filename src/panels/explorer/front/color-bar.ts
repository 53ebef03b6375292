import { element, setText } from "./element";
import { type Coloring, paintValues } from "./paint-canvas";

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
  // Until there is something to say.
  const root = element("div", { class: "vx-color-bar", hidden: true }, low, canvas, high, note);
  return {
    root,
    update(coloring, write, label, said = "") {
      const { low: from, high: to } = coloring;
      // A bar of equal steps in color, whatever the numbers between.
      const numbers = Array.from({ length: STEPS }, (_, i) => from + ((to - from) * i) / (STEPS - 1));
      paintValues(canvas, numbers, STEPS, { ...coloring, root: false });
      root.hidden = false;
      canvas.setAttribute("aria-label", label);
      setText(low, write(from));
      setText(high, write(to));
      setText(note, said);
    },
  };
}
