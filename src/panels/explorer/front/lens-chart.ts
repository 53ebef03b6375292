import type { ExplorerAbout } from "../explorer-view";
import { rankedClasses, writeAnswer } from "./class-bars";
import { colorBar } from "./color-bar";
import { element, setText } from "./element";
import { type Now, type Piece, queryName } from "./now";
import { type Coloring, colorOf, cssColor, inkOn } from "./paint-canvas";
import type { Words } from "./words";

const CLASSES = 6;

/** The answers that the head would give before the first block and after each, as a table of colors. */
export function lensChart(words: Words, about: ExplorerAbout): Piece {
  const { depth } = about.limits;
  const caption = element("p", { class: "vx-caption" });
  const places = Array.from({ length: depth + 1 }, (_, i) => i);
  const body = element("tbody");
  const head = element(
    "tr",
    {},
    element("td"),
    ...places.map((i) =>
      element(
        "th",
        { scope: "col", "aria-label": i === 0 ? words.start : words.block(i - 1) },
        i === 0 ? words.start : `${i - 1}`,
      ),
    ),
  );
  const table = element("table", { "aria-label": words.lens }, element("thead", {}, head), body);
  table.style.setProperty("--vx-columns", `${places.length}`);
  const scroll = element("div", { class: "vx-scroll", tabindex: "0", role: "group", "aria-label": words.lens }, table);
  const bar = colorBar();
  const root = element(
    "section",
    { class: "vx-lens", "aria-label": words.lens },
    element("h3", {}, words.lens),
    caption,
    scroll,
    bar.root,
  );
  let shown = false;

  function update({ view }: Now): void {
    if (!view) return;
    const count = about.classNames.length;
    const write = writeAnswer(about);
    const isShare = about.problemType !== "regression";
    const coloring: Coloring = isShare
      ? { scale: "viridis", low: 0, high: 1 }
      : { scale: "viridis", low: Math.min(...view.lens), high: Math.max(...view.lens) };
    // The classes that lead somewhere on the way come first in the answer or are added to it.
    const leads = places.map((i) => {
      const at = view.lens.subarray(i * count, (i + 1) * count);
      return at.reduce((best, value, c) => (value > at[best]! ? c : best), 0);
    });
    const chosen = [...new Set([...rankedClasses(view).slice(0, 3), ...leads.reverse(), ...rankedClasses(view)])];
    setText(caption, words.lensSays(queryName(words, view.state.query)));
    body.replaceChildren(
      ...chosen.slice(0, CLASSES).map((c) =>
        element(
          "tr",
          {},
          element("th", { scope: "row", title: about.classNames[c] }, about.classNames[c] ?? `${c}`),
          ...places.map((i) => {
            const value = view.lens[i * count + c]!;
            const cell = element("td", { title: write(value) }, isShare ? `${Math.round(100 * value)}` : write(value));
            const color = colorOf(value, coloring);
            cell.style.background = cssColor(color);
            cell.style.color = inkOn(color);
            return cell;
          }),
        ),
      ),
    );
    // Of many blocks the last ones come first.
    if (!shown) scroll.scrollLeft = scroll.scrollWidth;
    shown = true;
    bar.update(coloring, write, words.colorBar(write(coloring.low), write(coloring.high)));
  }
  return { root, update };
}
