import type { Language } from "../../../base/language";
import { type ExplorerState, stateToText } from "../explorer-state";
import type { ExplorerAbout } from "../explorer-view";
import { mountExplorer } from "./mount-explorer";
import { mountPicker } from "./mount-picker";
import { bytes, readView } from "./read-view";
import { WORDS } from "./words";

/** What anywidget gives of a widget's model. */
interface AnyModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

/** Milliseconds without an answer after which it is said that none came. */
const PATIENCE = 5000;

/** Shows what the trait `mode` says; returns what takes it away. */
function render({ model, el }: { model: AnyModel; el: HTMLElement }): () => void {
  return model.get("mode") === "picker" ? renderPicker(model, el) : renderExplorer(model, el);
}

function renderExplorer(model: AnyModel, el: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: ExplorerState | undefined;
  const language = () => (model.get("language") === "zh" ? "zh" : "en") as Language;
  const mounted = mountExplorer(el, {
    about: model.get("about") as ExplorerAbout,
    state: model.get("state") as ExplorerState,
    view: readView(model.get("view")),
    language: language(),
    ask(state) {
      clearTimeout(timer);
      timer = setTimeout(() => mounted.fail(WORDS[language()].noKernel), PATIENCE);
      // The same sentence twice would be no change, and not be told.
      asked = state;
      model.set("error", "");
      model.set("state", state);
      model.save_changes();
    },
    speak(chosen) {
      model.set("language", chosen);
      model.save_changes();
    },
  });
  const stop = follow(model, {
    view() {
      const view = readView(model.get("view"));
      if (!view) return;
      clearTimeout(timer);
      mounted.show(view);
    },
    error() {
      const sentence = model.get("error") as string;
      if (!sentence) return;
      clearTimeout(timer);
      mounted.fail(sentence);
    },
    about: () => mounted.about(model.get("about") as ExplorerAbout),
    state() {
      const state = model.get("state") as ExplorerState;
      // Unless this view asked for it: another view of the same widget did, or a cell.
      if (!asked || stateToText(state) !== stateToText(asked)) mounted.go(state);
    },
  });
  return () => {
    clearTimeout(timer);
    stop();
    mounted.remove();
  };
}

function renderPicker(model: AnyModel, el: HTMLElement): () => void {
  const number = (name: string) => model.get(name) as number;
  const picker = mountPicker(el, {
    image: { width: number("width"), height: number("height"), rows: number("rows"), columns: number("columns") },
    pixels: bytes(model.get("pixels") as DataView),
    description: model.get("description") as string,
    value: number("value"),
    language: model.get("language") === "zh" ? "zh" : "en",
    choose(patch) {
      model.set("value", patch);
      model.save_changes();
    },
  });
  const stop = follow(model, {
    value: () => picker.show(number("value")),
    description: () => picker.describe(model.get("description") as string),
  });
  return () => {
    stop();
    picker.remove();
  };
}

/** Listens to changes of traits; returns what ends that. */
function follow(model: AnyModel, listeners: Readonly<Record<string, () => void>>): () => void {
  const all = Object.entries(listeners).map(([name, listener]) => [`change:${name}`, listener] as const);
  for (const [event, listener] of all) model.on(event, listener);
  return () => {
    for (const [event, listener] of all) model.off(event, listener);
  };
}

export default { render };
