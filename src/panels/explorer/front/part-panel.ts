import type { ExplorerAbout, ExplorerPart } from "../explorer-view";
import { button, choices, element, labeled, setAttributes, setText } from "./element";
import type { Now, Piece, Query } from "./now";
import { vectorCells } from "./vector-cells";
import type { PartName, Words } from "./words";

/** What is done in the panel. */
export interface PartPanelEvents {
  close(): void;
  compareWith(key: Query): void;
}

/** Whether a part's formula compares the token with another one, the key. */
export function comparesTokens(part: string | null): part is string {
  return part !== null && /attention\.(scores|weights)$/.test(part);
}

/** The formula of a part with the numbers of the chosen token in it, and the line that computes it. */
export function partPanel(words: Words, about: ExplorerAbout, events: PartPanelEvents): Piece {
  const title = element("h3");
  const code = element("code");
  const { classToken, patches } = about.limits;
  const keys: [string, string][] = Array.from({ length: patches }, (_, patch) => [`${patch}`, words.ofPatch(patch)]);
  if (classToken) keys.unshift(["class", words.classToken]);
  const key = choices(keys, (value) => events.compareWith(value === "class" ? "class" : Number(value)));
  const keyRow = element(
    "div",
    { class: "vx-group" },
    labeled(words.key, key),
    element("span", { class: "vx-note" }, words.keyHint),
  );
  const body = element("div", { class: "vx-part-body" });
  const root = element(
    "section",
    { class: "vx-part", "aria-label": words.formula },
    element("header", {}, title, code, button(words.close, events.close)),
    keyRow,
    body,
  );

  let shown: ExplorerPart | null | undefined;
  return {
    root,
    update({ state, view }: Now) {
      root.hidden = state.part === null;
      if (state.part === null) return;
      setText(title, words.partNames[state.part.replace(/^blocks\.\d+\./, "") as PartName] ?? state.part);
      setText(code, state.part);
      root.dataset.part = state.part;
      keyRow.hidden = !comparesTokens(state.part);
      key.value = `${state.key}`;
      const part = view?.part?.name === state.part ? view.part : null;
      setAttributes(body, { "aria-busy": part === null });
      if (part !== shown) body.replaceChildren(...(part ? contents(words, part) : []));
      shown = part;
    },
  };
}

function contents(words: Words, { formula, lines, vectors, computed, value, source }: ExplorerPart): HTMLElement[] {
  // As exact as the numbers of the answers are compared everywhere else.
  const equal = Math.abs(computed - value) <= 1e-4 * Math.max(1, Math.abs(value));
  const exact = (number: number) => number.toFixed(Math.abs(number) >= 100 ? 2 : 5).replace("-", "−");
  return [
    element("p", { class: "vx-formula", "aria-label": `${words.formula}: ${formula}`, role: "math" }, formula),
    element(
      "ol",
      { class: "vx-lines", "aria-label": words.withNumbers },
      ...lines.map((line) => element("li", {}, line)),
    ),
    element(
      "p",
      { class: "vx-check-line", "data-equal": `${equal}` },
      `${words.computed} `,
      element("b", {}, exact(computed)),
      `, ${words.value} `,
      element("b", {}, exact(value)),
      `: ${equal ? words.equal : words.unequal}`,
    ),
    element("div", { class: "vx-vectors" }, ...vectors.map((vector) => vectorCells(words, vector))),
    element(
      "figure",
      { class: "vx-source" },
      element("figcaption", {}, `${words.source} `, element("code", {}, source.file)),
      element(
        "pre",
        { tabindex: "0", "aria-label": `${words.source} ${source.file}` },
        element("code", {}, source.code),
      ),
    ),
  ];
}
