import type { ExplorerAbout } from "../explorer-view";
import { colorBar } from "./color-bar";
import { button, element, labeled, setAttributes, setText } from "./element";
import { type Now, type Piece, prefixName, type Query, queryName, rowOf } from "./now";
import { share } from "./numbers";
import { type Coloring, colorOf, cssColor, inkOn } from "./paint-canvas";
import { comparesTokens } from "./part-panel";
import { patchGrid } from "./patch-grid";
import type { Words } from "./words";

/** What is done on the image. */
export interface AttentionImageEvents {
  /** Looks from a token, as long as it is pointed at; null ends that. */
  preview(query: Query | null): void;
  actOn(query: Query, shift: boolean): void;
  stroke(patch: number, first: boolean): void;
}

/** The image as the model sees it, in patches, with what the chosen token reads over it. */
export function attentionImage(words: Words, about: ExplorerAbout, events: AttentionImageEvents): Piece {
  const { rows, columns, prefix } = about;
  const grid = patchGrid(words.patchGrid(rows, columns), about, {
    point: events.preview,
    act: events.actOn,
    stroke: events.stroke,
  });
  const strength = element("input", {
    type: "range",
    min: 0,
    max: 100,
    step: 5,
    value: 80,
    "aria-label": words.heatMapStrength,
  });
  const bar = colorBar();
  const caption = element("p", { class: "vx-caption" });
  const tokens = prefix.map((name) => {
    const shareOf = element("span", { class: "vx-swatch" });
    const label = prefixName(words, name);
    if (name !== "class") return { name, shareOf, root: element("span", { class: "vx-token" }, label, shareOf) };
    const root = button("", (event) => events.actOn("class", event.shiftKey), {
      class: "vx-token",
      "data-query": "class",
    });
    root.append(label, shareOf);
    root.addEventListener("pointerenter", () => events.preview("class"));
    root.addEventListener("pointerleave", () => events.preview(null));
    root.addEventListener("focus", () => root.matches(":focus-visible") && events.preview("class"));
    root.addEventListener("blur", () => events.preview(null));
    return { name, shareOf, root };
  });
  const root = element(
    "section",
    { class: "vx-image", "aria-label": words.imageAndPatches },
    element("h3", {}, words.imageAndPatches),
    caption,
    element("div", { class: "vx-token-row", hidden: tokens.length === 0 }, ...tokens.map(({ root }) => root)),
    grid.root,
    element("div", { class: "vx-under" }, labeled(words.heatMap, strength), bar.root),
  );

  let last: Now | undefined;
  strength.addEventListener("input", () => last && update(last));
  function update(now: Now): void {
    last = now;
    const { state, view } = now;
    const { edits } = state;
    root.dataset.tool = now.tool;
    if (view) {
      grid.setPixels(view.pixels);
      const count = prefix.length + rows * columns;
      const weights = rowOf(view.attention, state.block * about.limits.heads + state.head, count);
      const ofPatches = weights.subarray(prefix.length);
      const coloring: Coloring = { scale: "viridis", low: 0, high: Math.max(...ofPatches, 1e-6) };
      grid.setHeat(ofPatches, coloring, Number(strength.value) / 100);
      bar.update(coloring, share, words.colorBar(share(0), share(coloring.high)), words.ofAttention);
      setText(caption, words.attentionOf(queryName(words, view.state.query), state.block, state.head));
      for (const [token, { name, shareOf, root }] of tokens.entries()) {
        const color = colorOf(weights[token]!, coloring);
        setText(shareOf, share(weights[token]!));
        shareOf.style.background = cssColor(color);
        shareOf.style.color = inkOn(color);
        setAttributes(root, name === "class" ? { "aria-pressed": `${state.query === "class"}` } : {});
      }
      const [row, column] = [(patch: number) => Math.floor(patch / columns), (patch: number) => patch % columns];
      grid.setPatches((patch) => {
        const marks: [string, boolean, string][] = [
          ["chosen", state.query === patch, words.chosen],
          ["pointed", view.state.query === patch && state.query !== patch, ""],
          ["armed", now.armed === patch, words.chosen],
          ["key", comparesTokens(state.part) && state.key === patch, words.isKey],
          ["painted", edits.painted.includes(patch), words.painted],
          ["swapped", edits.swapped.some((pair) => pair.includes(patch)), words.swapped],
        ];
        const there = marks.filter(([, is]) => is);
        const said = there.map(([, , text]) => text).filter(Boolean);
        const reads = words.reads(share(weights[prefix.length + patch]!));
        return {
          label: [words.patch(patch, row(patch), column(patch)), reads, ...said].join(", "),
          marks: there.map(([mark]) => mark),
        };
      });
    }
    grid.setStop(typeof state.query === "number" ? state.query : 0);
  }
  return { root, update };
}
