import { type ExplorerEdits, isEdited, TEMPERATURES } from "../explorer-state";
import { button, choices, element, labeled, setAttributes, setText } from "./element";
import { type Now, type Piece, TOOLS, type Tool } from "./now";
import { short } from "./numbers";
import type { Words } from "./words";

/** What is done with the tools. */
export interface ToolBarEvents {
  take(tool: Tool): void;
  /** `pulling`: a handle that is still being pulled, of which the last place counts. */
  edit(edits: Partial<ExplorerEdits>, pulling?: boolean): void;
  undo(): void;
  redo(): void;
  reset(): void;
}

/** Tools for patches and heads, and the edits that are made at once. */
export function toolBar(words: Words, events: ToolBarEvents): Piece {
  const tools = TOOLS.map((tool) => ({
    tool,
    button: button(words[tool], () => events.take(tool), { "data-tool": tool }),
  }));
  const hint = element("p", { class: "vx-hint" });

  const shuffleSeed = seedField(words.seedOf.shuffle, (shuffled) => {
    if (shuffle.getAttribute("aria-pressed") === "true") events.edit({ shuffled });
  });
  const shuffle = button(words.shuffle, () => {
    const on = shuffle.getAttribute("aria-pressed") === "true";
    events.edit({ shuffled: on ? null : seedIn(shuffleSeed) });
  });

  const positionsSeed = seedField(words.seedOf.positions, (positions) => events.edit({ positions }));
  const positions = choices(
    [
      ["kept", words.positionsKept],
      ["dropped", words.positionsDropped],
      ["shuffled", words.positionsShuffled],
    ],
    (value) => events.edit({ positions: value === "shuffled" ? seedIn(positionsSeed) : (value as "kept" | "dropped") }),
  );

  // Equal steps of the handle multiply the temperature.
  const temperature = element("input", {
    type: "range",
    min: Math.log10(TEMPERATURES.min),
    max: Math.log10(TEMPERATURES.max),
    step: 0.05,
  });
  const degrees = element("output");
  let pulling = false;
  temperature.addEventListener("input", () => {
    const value = Number((10 ** Number(temperature.value)).toPrecision(3));
    events.edit({ temperature: Math.min(TEMPERATURES.max, Math.max(TEMPERATURES.min, value)) }, pulling);
    pulling = true;
  });
  temperature.addEventListener("change", () => {
    pulling = false;
  });

  const undo = button(words.undo, events.undo, { title: "Ctrl+Z" });
  const redo = button(words.redo, events.redo, { title: "Ctrl+Shift+Z" });
  const reset = button(words.reset, events.reset);
  const root = element(
    "section",
    { class: "vx-tools", "aria-label": words.edits },
    element(
      "div",
      { class: "vx-segments", role: "group", "aria-label": words.tools },
      ...tools.map(({ button }) => button),
    ),
    element("div", { class: "vx-group" }, shuffle, shuffleSeed),
    element("div", { class: "vx-group" }, labeled(words.positions, positions), positionsSeed),
    element("div", { class: "vx-group" }, labeled(words.temperature, temperature), degrees),
    element("div", { class: "vx-group vx-end" }, undo, redo, reset),
    hint,
  );
  return {
    root,
    update({ state: { edits }, tool, armed, canUndo, canRedo }: Now) {
      for (const one of tools) one.button.setAttribute("aria-pressed", `${one.tool === tool}`);
      setText(hint, armed === null ? words.toolHint[tool] : words.swapSecond(armed));
      shuffle.setAttribute("aria-pressed", `${edits.shuffled !== null}`);
      if (edits.shuffled !== null) shuffleSeed.value = `${edits.shuffled}`;
      const isSeed = typeof edits.positions === "number";
      positions.value = isSeed ? "shuffled" : `${edits.positions}`;
      if (isSeed) positionsSeed.value = `${edits.positions}`;
      positionsSeed.disabled = !isSeed;
      const place = `${Math.log10(edits.temperature)}`;
      if (Math.abs(Number(temperature.value) - Number(place)) > 0.03) temperature.value = place;
      setText(degrees, short(edits.temperature));
      temperature.setAttribute("aria-valuetext", short(edits.temperature));
      setAttributes(undo, { disabled: !canUndo });
      setAttributes(redo, { disabled: !canRedo });
      setAttributes(reset, { disabled: !isEdited(edits) });
    },
  };
}

function seedField(label: string, change: (seed: number) => void): HTMLInputElement {
  const field = element("input", {
    type: "number",
    min: 0,
    max: 2 ** 32 - 1,
    step: 1,
    value: 0,
    "aria-label": label,
    title: label,
  });
  field.addEventListener("change", () => {
    field.value = `${seedIn(field)}`;
    change(seedIn(field));
  });
  return field;
}

/** What is no whole number becomes the nearest that is one. */
function seedIn(field: HTMLInputElement): number {
  return Math.min(2 ** 32 - 1, Math.max(0, Math.round(Number(field.value) || 0)));
}
