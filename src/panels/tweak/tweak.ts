import { isDeepStrictEqual } from "node:util";
import { checkOptions, type OptionNames, show } from "../../base/check-options";
import { printAs } from "../../base/display-kind";
import { VitlabError } from "../../base/error";
import { checkField, misfit, withFieldDefaults } from "../../base/field";
import { inLanguage, type Words } from "../../base/language";
import type { AnyDataset } from "../../data/examples";
import { compiled } from "../../tensor/compiled";
import { nativeBackend } from "../../tensor/native-backend";
import { tf } from "../../tensor/tf";
import { TRAINING_FIELDS, type TrainingValues } from "../../train/training-fields";
import { completeConfig } from "../../vit/complete-config";
import type { ViTConfig } from "../../vit/config";
import { CONFIG_FIELDS } from "../../vit/config-fields";
import { presets } from "../../vit/presets";
import { kernelComms } from "../../widgets/kernel-comms";
import { Still } from "../still";
import { formCost, stepFlops, type TimedStep, type TweakCost } from "./form-cost";
import { type FieldName, FORM_FIELDS, isOfConfig, type TweakChanges, type TweakValues } from "./form-fields";
import { type FormProblem, formProblems } from "./form-problems";
import { formRows } from "./form-rows";
import { FormWidgets } from "./form-widgets";
import { type FormState, formHtml, formText } from "./form-words";
import { timeStep } from "./time-step";
import { type TweakedTraining, trainingOptions } from "./training-options";

/** What a form begins with, besides a config. */
export interface TweakOptions {
  /** How to train, by the fields of the form. Default 5 epochs, and what `fit` does where nothing is said. */
  training?: Partial<TrainingValues>;
  /** What to train on: the form says what doesn't fit it, and how long its epochs take. */
  train?: AnyDataset;
  /** Time a few steps in the background for the projected time; on the native engine, once it runs. Default true. */
  timing?: boolean;
}

const OPTIONS: OptionNames<TweakOptions> = { training: true, train: true, timing: true };
const FIRST_EPOCHS = 5;
const AS_GIVEN: Words = { en: "as given", zh: "所给配置" };

/** Steps up to about a second on two cores are timed unasked. */
const UNASKED_FLOPS = 2e10;

/**
 * A form of a config and its training, to change under one's hand: `const form = tweak(presets.tiny); form`, and in the next
 * cell `new ViT(form.config)` and `fit(model, { train, ...form.training })`.
 *
 * Parameters by part, operations, memory and projected time change with it, without a model being made. What can't be is said
 * beside its field, with the nearest value that can. Where there are no comms it is a table.
 *
 * @throws VitlabError when a field of the config, an option or a value of training can't be by itself.
 *
 * @example
 * ```ts
 * import { presets, tweak, ViT } from "vitlab";
 *
 * const form = tweak(presets.tiny, { timing: false });
 * form.set({ depth: 2, epochs: 3 });
 * console.log(new ViT(form.config).blocks.length, form.training.epochs); // 2 3
 * form.set({ heads: 5 });
 * console.log(form.problems);
 * // [
 * //   'config.heads is 5, which does not divide dim 48; use one of 1, 2, 3, 4, 6, 8, 12, 16, 24 heads or another dim'
 * // ]
 * ```
 */
export function tweak(config: ViTConfig, options: TweakOptions = {}): Tweak {
  checkOptions("tweak", options, OPTIONS);
  return new Tweak(config, options);
}

/** A form of a config and its training. */
export class Tweak {
  readonly #train: AnyDataset | undefined;
  readonly #listeners = new Set<(form: Tweak) => void>();
  readonly #widgets: FormWidgets | undefined;
  readonly #presets: ReadonlyMap<string, ViTConfig>;
  readonly #still = new Still(async () => ({ html: formHtml(this.#state), text: formText(this.#state) }));
  readonly #forget: (() => void) | undefined;
  #given: TweakChanges;
  #state: FormState;
  #timed: TimedStep | undefined;
  #timing: Promise<void> | undefined;

  /** Made by `tweak`. */
  constructor(config: ViTConfig, { training = {}, train, timing = true }: TweakOptions) {
    if (typeof config !== "object" || config === null || Array.isArray(config)) completeConfig(config);
    checkOptions("config", config, CONFIG_FIELDS, "field");
    checkOptions("tweak", training, TRAINING_FIELDS, "training field");
    if (train !== undefined && typeof (train as AnyDataset | null)?.length !== "number")
      throw new VitlabError(`tweak got ${show(train)} for train: give a data set, such as await cifar10()`);
    this.#train = train;
    this.#given = { ...config, ...training, epochs: training.epochs ?? FIRST_EPOCHS };
    const values = withFieldDefaults(FORM_FIELDS, this.#given as Partial<TweakValues>);
    for (const name of Object.keys(FORM_FIELDS) as FieldName[]) checkValue(name, values[name]);
    this.#state = this.#stateNow();
    const own = Object.values(presets).every((preset) => !sameConfig(preset, config));
    this.#presets = new Map([...(own ? [[inLanguage(AS_GIVEN), config] as const] : []), ...Object.entries(presets)]);
    printAs(this, () => this.toString());
    const kernel = kernelComms();
    if (!kernel) return;
    // Its hundreds of widgets go with their output.
    this.#forget = kernel.onRerun(() => this.close());
    this.#widgets = new FormWidgets([...this.#presets.keys()], this.#state, {
      change: (field, value) => this.#change({ [field]: value }),
      choosePreset: (name) => this.#choosePreset(name),
      measure: () => void this.measure().catch(() => {}),
    });
    this.#widgets.write(this.#state, this.#presetName());
    const cheap = this.#state.problems.length === 0 && stepFlops(this.#state.values) <= UNASKED_FLOPS;
    // After the cell, not in it.
    if (timing && cheap && nativeBackend()) setTimeout(() => void this.measure().catch(() => {}), 100).unref();
  }

  /**
   * The config that the form says: `new ViT(form.config)`.
   *
   * @throws VitlabError while no model can be made of it, naming the field.
   */
  get config(): ViTConfig {
    this.#check("config");
    const said = Object.entries(this.#given).filter(([name, value]) => isOfConfig(name as FieldName) && value != null);
    return Object.fromEntries(said) as unknown as ViTConfig;
  }

  /**
   * The options that the form says: `fit(model, { train, ...form.training })`.
   *
   * @throws VitlabError while one of them can't be, naming it.
   */
  get training(): TweakedTraining {
    this.#check("training");
    return trainingOptions(this.#state.values);
  }

  /** All values of the form, those at their defaults among them, whether they can be or not. */
  get values(): Readonly<TweakValues> {
    return { ...this.#state.values };
  }

  /** What can't be, in sentences; none where all can. */
  get problems(): readonly string[] {
    return this.#state.problems.map(({ message }) => message);
  }

  /** What the model and its training cost; null while no model can be made. */
  get cost(): TweakCost | null {
    return this.#state.cost;
  }

  /**
   * Changes values, as a person does: `form.set({ dim: 64, epochs: 3 })`; undefined and null are the defaults. Values that don't
   * agree with others are told beside their fields.
   *
   * @throws VitlabError when there is no such field, or a value can't be by itself; then nothing has changed.
   */
  set(changes: TweakChanges): void {
    checkOptions("tweak", changes, FORM_FIELDS as OptionNames<TweakChanges>, "field");
    const values = withFieldDefaults(FORM_FIELDS, { ...this.#given, ...changes } as Partial<TweakValues>);
    for (const name of Object.keys(changes) as FieldName[]) checkValue(name, values[name]);
    this.#change(changes);
  }

  /** Calls `listener` with the form whenever it changes; returns a function that stops it. */
  on(event: "change", listener: (form: Tweak) => void): () => void {
    if (event !== "change" || typeof listener !== "function")
      throw new VitlabError('a form tells of "change" only: form.on("change", (form) => { … })');
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Times a few training steps that change nothing, for the projected time: of other settings a step takes as much longer as
   * it has more operations.
   *
   * @throws VitlabError when what the form says can't be.
   */
  measure(): Promise<void> {
    this.#timing ??= this.#measure().finally(() => {
      this.#timing = undefined;
      this.#widgets?.writeTiming(false);
    });
    return this.#timing;
  }

  /** Removes the form's controls. */
  close(): void {
    this.#forget?.();
    this.#still.end();
    this.#widgets?.close();
  }

  /** A table of all fields, and what it costs. */
  toString(): string {
    return formText(this.#state);
  }

  /** As the value of a cell: its table in an output of its own, which the form hides while it lives. */
  async [Symbol.for("Jupyter.display")](): Promise<Record<string, unknown>> {
    const text = { "text/plain": this.toString() };
    if (!this.#widgets) return { ...text, "text/html": formHtml(this.#state) };
    await this.#still.show();
    return { ...this.#widgets.box.viewBundle, ...text };
  }

  async #measure(): Promise<void> {
    this.#check("config");
    this.#check("training");
    this.#widgets?.writeTiming(true);
    this.#timed = await timeStep(this.#state.values, this.#train);
    this.#refresh();
  }

  #check(of: FormProblem["of"]): void {
    const found = this.#state.problems.find((problem) => problem.of === of);
    if (found) throw new VitlabError(found.message);
  }

  #choosePreset(name: string | null): void {
    const preset = name === null ? undefined : this.#presets.get(name);
    // None is chosen by changing something.
    if (!preset) {
      this.#refresh();
      return;
    }
    const none = Object.fromEntries(Object.keys(CONFIG_FIELDS).map((field) => [field, undefined]));
    this.#change({ ...none, ...preset });
  }

  #change(changes: TweakChanges): void {
    this.#given = { ...this.#given, ...changes };
    this.#refresh();
  }

  #refresh(): void {
    this.#state = this.#stateNow();
    this.#widgets?.write(this.#state, this.#presetName());
    this.#still.refresh();
    for (const listener of [...this.#listeners]) listener(this);
  }

  #stateNow(): FormState {
    const values = withFieldDefaults(FORM_FIELDS, this.#given as Partial<TweakValues>);
    const problems = formProblems(values, this.#train);
    const possible = problems.every(({ of }) => of !== "config");
    // Before an engine runs, the best there is is taken for granted.
    const compiles = !tf.getBackend() || compiled() !== undefined;
    return {
      values,
      problems,
      rows: formRows(values, problems),
      cost: possible && wholeBatches(values) ? formCost(values, this.#timed, compiles) : null,
      train: this.#train,
    };
  }

  #presetName(): string | null {
    const config = Object.fromEntries(Object.entries(this.#given).filter(([name]) => isOfConfig(name as FieldName)));
    const found = [...this.#presets].find(([, preset]) => sameConfig(preset, config as unknown as ViTConfig));
    return found?.[0] ?? null;
  }
}

/** Whether what the cost is counted by is right, though other values of training may not be. */
function wholeBatches({ batchSize, accumulate, optimizer }: TweakValues): boolean {
  const checked = { batchSize, accumulate, optimizer };
  return (Object.keys(checked) as (keyof typeof checked)[]).every((name) => !misfit(checked[name], FORM_FIELDS[name]));
}

/** @throws VitlabError unless a value can be that of a field by itself. */
function checkValue(name: FieldName, value: unknown): void {
  checkField(isOfConfig(name) ? `config.${name}` : name, value, FORM_FIELDS[name]);
}

/** Whether two configs make the same model. */
function sameConfig(a: ViTConfig, b: ViTConfig): boolean {
  const [one, other] = [a, b].map((config) => withFieldDefaults(CONFIG_FIELDS, config));
  return isDeepStrictEqual(one, other);
}
