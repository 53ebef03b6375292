import { BLOCK_PARTS, FIRST_PARTS, LAST_PARTS } from "../parts/part-names";
import { button, element, setAttributes, setText } from "./element";
import { type Now, type Piece, queryName } from "./now";
import type { PartName, Words } from "./words";

/** All parts in the order of the pass, those of the chosen block among them; a click opens or closes one. */
export function partStrip(words: Words, open: (part: string | null) => void): Piece {
  const hint = element("p", { class: "vx-caption" });
  const ofBlock = element("h4");
  let block = 0;
  const made: { readonly button: HTMLButtonElement; readonly name: () => string }[] = [];
  const group = (heading: HTMLElement, parts: readonly PartName[], inBlock: boolean) => {
    const items = parts.map((part) => {
      const name = () => (inBlock ? `blocks.${block}.${part}` : part);
      const one = button(words.partNames[part], () =>
        open(one.getAttribute("aria-expanded") === "true" ? null : name()),
      );
      made.push({ button: one, name });
      return element("li", {}, one);
    });
    return element("div", { class: "vx-part-group" }, heading, element("ol", {}, ...items));
  };
  const root = element(
    "nav",
    { class: "vx-parts", "aria-label": words.parts },
    element("h3", {}, words.parts),
    hint,
    element(
      "div",
      { class: "vx-part-groups" },
      group(element("h4", {}, words.before), FIRST_PARTS, false),
      group(ofBlock, BLOCK_PARTS, true),
      group(element("h4", {}, words.after), LAST_PARTS, false),
    ),
  );
  return {
    root,
    update({ state, view }: Now) {
      block = state.block;
      setText(ofBlock, words.headOf(block, state.head));
      setText(hint, words.partsHint(queryName(words, view?.state.query ?? state.query)));
      for (const { button, name } of made)
        setAttributes(button, { "data-part": name(), title: name(), "aria-expanded": `${state.part === name()}` });
    },
  };
}

/** The part of the same kind in another block. */
export function partInBlock(part: string | null, block: number): string | null {
  return part?.replace(/^blocks\.\d+\./, `blocks.${block}.`) ?? null;
}
