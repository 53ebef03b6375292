import { type ExplorerState, stateFromText, stateToText } from "../explorer-state";
import type { ExplorerAbout } from "../explorer-view";
import { button, element, setText } from "./element";
import type { Now, Piece } from "./now";
import type { Words } from "./words";

/** The state as a text to copy, and where one is pasted to open it. */
export function stateBox(
  words: Words,
  { limits }: ExplorerAbout,
  open: (state: ExplorerState) => void,
  linkOf?: (text: string) => string,
): Piece {
  const field = element("input", {
    type: "text",
    "aria-label": words.state,
    title: words.state,
    spellcheck: "false",
    autocomplete: "off",
  });
  const says = element("span", { class: "vx-note", role: "status" });
  let text = "";
  const copy = button(linkOf ? words.copyLink : words.copy, async () => {
    field.value = text;
    const copied = linkOf ? linkOf(text) : text;
    try {
      await navigator.clipboard.writeText(copied);
      setText(says, words.copied);
    } catch {
      // A page that isn't trusted with the clipboard.
      field.value = copied;
      field.select();
      setText(says, words.notCopied);
    }
  });
  const form = element(
    "form",
    { class: "vx-state" },
    field,
    copy,
    element("button", { type: "submit" }, words.open),
    says,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      // Of a link, what comes after its #.
      const state = stateFromText(field.value.split("#").at(-1)!, limits);
      setText(says, "");
      field.blur();
      open(state);
    } catch (error) {
      setText(says, (error as Error).message);
    }
  });
  return {
    root: form,
    update({ state }: Now) {
      const now = stateToText(state);
      if (now === text) return;
      text = now;
      field.value = text;
      setText(says, "");
    },
  };
}
