import { inLanguage, type Words } from "../../base/language";
import { GridBox, HBox, Tab, VBox } from "../../widgets/controls/boxes";
import { Button } from "../../widgets/controls/inputs";
import { Dropdown } from "../../widgets/controls/selection";
import { HTML } from "../../widgets/controls/shown";
import { hidesStill } from "../hides-still";
import { type FieldControl, fieldControl } from "./field-control";
import { type FieldName, FORM_FIELDS, GROUPS, groupName } from "./form-fields";
import type { FormRow } from "./form-rows";
import { type FormState, noteHtml, summaryHtml } from "./form-words";

/** What a person does to a form. */
export interface FormActions {
  change(field: FieldName, value: unknown): void;
  choosePreset(name: string | null): void;
  measure(): void;
}

/** What the list of presets says where the values are those of none. */
const NO_PRESET: Words = { en: "your own", zh: "自定义" };

/** On the form's element. */
const CLASS = "vitlab-tweak";

/** The widgets of a form: a page of controls for each group, and a summary beside them. */
export class FormWidgets {
  readonly box: HBox;
  readonly #controls = new Map<FieldName, FieldControl>();
  readonly #notes = new Map<FieldName, HTML>();
  readonly #presets: Dropdown<string>;
  readonly #pages: Tab;
  readonly #summary = new HTML({ layout: { margin: "0 0 0 16px" } });
  /** What stands for no preset: chosen by changing something. */
  readonly #none = inLanguage(NO_PRESET);
  readonly #measure = new Button({
    description: timeButton(false),
    icon: "clock-o",
    layout: { margin: "8px 0 0 16px" },
  });
  readonly #boxes: readonly { close(): void }[];
  // While the form writes its controls, what they tell is no news.
  #writing = false;

  constructor(presets: readonly string[], first: FormState, actions: FormActions) {
    this.#presets = new Dropdown({
      options: [...presets, this.#none],
      description: inLanguage({ en: "preset", zh: "预设" }),
      tooltip: inLanguage({ en: "The config to start from.", zh: "从哪个配置开始。" }),
      layout: { width: "300px" },
      style: { descriptionWidth: "130px" },
    });
    this.#presets.on("value", (name) => {
      if (!this.#writing && typeof name === "string") actions.choosePreset(name === this.#none ? null : name);
    });
    const grids = GROUPS.map((group) =>
      this.#grid(
        first.rows.filter((row) => row.group === group),
        actions,
      ),
    );
    this.#pages = new Tab(grids, {
      titles: GROUPS.map(groupName),
      selectedIndex: GROUPS.indexOf("blocks"),
      layout: { width: "680px" },
    });
    this.#measure.onClick(() => actions.measure());
    const form = new VBox([this.#presets, this.#pages]);
    const beside = new VBox([this.#summary, this.#measure], { layout: { flex: "1 1 340px" } });
    const hides = new HTML({ value: `<style>${hidesStill(CLASS)}</style>`, layout: { display: "none" } });
    this.#boxes = [...grids, form, beside, hides];
    this.box = new HBox([form, beside, hides], { layout: { flexFlow: "row wrap" }, domClasses: [CLASS] });
  }

  /** Shows what the form says now; `preset` is the preset that it is, null for none. */
  write(state: FormState, preset: string | null): void {
    this.#writing = true;
    try {
      for (const row of state.rows) this.#writeRow(row, state);
      const wrong = new Set(state.rows.filter(({ problem }) => problem !== undefined).map(({ group }) => group));
      const titles = GROUPS.map((group) => (wrong.has(group) ? `${groupName(group)} ⚠` : groupName(group)));
      if (titles.join() !== this.#pages.titles.join()) this.#pages.titles = titles;
      const chosen = preset ?? this.#none;
      if (this.#presets.value !== chosen) this.#presets.value = chosen;
      setIfNew(this.#summary, summaryHtml(state));
    } finally {
      this.#writing = false;
    }
  }

  /** Says that a step is being timed, or why it can't be. */
  writeTiming(timing: boolean): void {
    this.#measure.set({ disabled: timing, description: timeButton(timing) });
  }

  close(): void {
    const inside = [...this.#controls.values()].map(({ widget }) => widget);
    for (const one of [...inside, ...this.#notes.values(), ...this.#boxes]) one.close();
    for (const one of [this.#presets, this.#pages, this.#summary, this.#measure, this.box]) one.close();
  }

  #grid(rows: readonly FormRow[], actions: FormActions): GridBox {
    // Each in its place: a page without a kernel puts a mark of its own among them.
    const cells = rows.flatMap((row, i) => {
      const control = fieldControl(row.field, FORM_FIELDS[row.field], row.value, { gridArea: `${i + 1} / 1` });
      control.onInput((value) => {
        if (!this.#writing) actions.change(row.field, value);
      });
      const note = new HTML({ value: noteHtml(row), layout: { margin: "2px", gridArea: `${i + 1} / 2` } });
      this.#controls.set(row.field, control);
      this.#notes.set(row.field, note);
      return [control.widget, note];
    });
    return new GridBox(cells, { layout: { gridTemplateColumns: "310px minmax(0, 1fr)", alignItems: "center" } });
  }

  #writeRow(row: FormRow, { values }: FormState): void {
    const control = this.#controls.get(row.field)!;
    control.write(row.value);
    if (row.field === "warmupSteps") control.disable(values.schedule === "constant");
    setIfNew(this.#notes.get(row.field)!, noteHtml(row));
  }
}

function timeButton(isTiming: boolean): string {
  return inLanguage(isTiming ? { en: "timing…", zh: "计时中…" } : { en: "Time a step", zh: "给一步计时" });
}

function setIfNew(html: HTML, value: string): void {
  if (html.value !== value) html.value = value;
}
