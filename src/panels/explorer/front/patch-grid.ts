import { element, setAttributes } from "./element";
import { type Coloring, paintPixels, paintValues } from "./paint-canvas";
import { rovingFocus } from "./roving-focus";

/** An image that is divided into patches. */
export interface PatchedImage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Of patches. */
  readonly rows: number;
  readonly columns: number;
}

/** What a patch grid tells. */
export interface PatchGridEvents {
  /** The patch under the pointer or with the focus; null when there is none anymore. */
  point?(patch: number | null): void;
  /** A click, Enter or the space bar. */
  act(patch: number, shift: boolean): void;
  /** One patch after the other, while the button is held down; `first` of a stroke. */
  stroke?(patch: number, first: boolean): void;
}

/** An image with its patches as a grid of cells, by mouse and by keyboard. */
export interface PatchGrid {
  readonly root: HTMLElement;
  /** `[height, width, 3]`, 0 to 255. */
  setPixels(pixels: ArrayLike<number>): void;
  /** A number for each patch as colors over the image, from 0 (not seen) to 1 (the image isn't). */
  setHeat(values: ArrayLike<number>, coloring: Coloring, strength: number): void;
  /** What each patch is called, and its marks: "chosen", "key", "painted", … */
  setPatches(describe: (patch: number) => { readonly label: string; readonly marks: readonly string[] }): void;
  /** The patch that Tab comes to. */
  setStop(patch: number): void;
}

/** How opaque the lowest color of a heat map is beside the highest. */
const LEAST = 0.3;

export function patchGrid(label: string, image: PatchedImage, events: PatchGridEvents): PatchGrid {
  const { width, height, rows, columns } = image;
  const pixels = element("canvas", { class: "vx-pixels", "aria-hidden": "true" });
  const heat = element("canvas", { class: "vx-heat", "aria-hidden": "true" });
  const cells = Array.from({ length: rows * columns }, (_, patch) =>
    element("div", { role: "gridcell", "data-patch": patch }),
  );
  const cellRows = Array.from({ length: rows }, (_, row) => cells.slice(row * columns, (row + 1) * columns));
  const grid = element(
    "div",
    { role: "grid", "aria-label": label, class: "vx-patches" },
    ...cellRows.map((row) => element("div", { role: "row" }, ...row)),
  );
  const root = element("div", { class: "vx-picture" }, pixels, heat, grid);
  root.style.aspectRatio = `${width} / ${height}`;
  const setStop = rovingFocus(grid, cellRows);

  const patchOf = (target: EventTarget | null) => {
    const patch = (target as HTMLElement | null)?.dataset?.patch;
    return patch === undefined ? undefined : Number(patch);
  };
  let pressed: number | undefined;
  let strokes = false;
  grid.addEventListener("pointerdown", (event) => {
    pressed = event.button === 0 ? patchOf(event.target) : undefined;
    strokes = false;
  });
  grid.addEventListener("pointerover", (event) => {
    const patch = patchOf(event.target);
    if (patch === undefined) return;
    if (events.stroke && pressed !== undefined && event.buttons === 1 && (strokes || patch !== pressed)) {
      if (!strokes) events.stroke(pressed, true);
      strokes = true;
      events.stroke(patch, false);
    } else if (event.buttons === 0) events.point?.(patch);
  });
  grid.addEventListener("pointerleave", () => events.point?.(null));
  grid.addEventListener("focusin", ({ target }) => {
    // A click moves the focus as well: only what the keyboard reaches is pointed at.
    const patch = patchOf(target);
    if (patch !== undefined && (target as HTMLElement).matches(":focus-visible")) events.point?.(patch);
  });
  grid.addEventListener("focusout", () => events.point?.(null));
  grid.addEventListener("click", ({ target, shiftKey }) => {
    const patch = patchOf(target);
    if (patch !== undefined && !strokes) events.act(patch, shiftKey);
    strokes = false;
  });
  grid.addEventListener("keydown", (event) => {
    const patch = patchOf(event.target);
    if (patch === undefined || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    events.act(patch, event.shiftKey);
  });

  return {
    root,
    setPixels: (bytes) => paintPixels(pixels, width, height, bytes),
    setHeat(values, coloring, strength) {
      // What isn't read stays to be seen.
      paintValues(
        heat,
        values,
        columns,
        coloring,
        (value) => strength * (LEAST + (1 - LEAST) * (value / coloring.high)),
      );
    },
    setPatches(describe) {
      for (const [patch, cell] of cells.entries()) {
        const { label, marks } = describe(patch);
        setAttributes(cell, {
          "aria-label": label,
          title: label,
          "aria-selected": `${marks.includes("chosen")}`,
          "data-marks": marks.length > 0 ? marks.join(" ") : null,
        });
      }
    },
    setStop: (patch) => cells[patch] && setStop(cells[patch]),
  };
}
