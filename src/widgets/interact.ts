import { randomUUID } from "node:crypto";
import { inspect, isDeepStrictEqual } from "node:util";
import { show as inWords } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type Figure, isFigure } from "../figure/figure";
import { holdCell } from "../figure/hold-cell";
import { type NotebookDisplay, notebookDisplay, sendBundle } from "../figure/notebook-display";
import { STEADY_IMAGE_MIME } from "../figure/plot-mime";
import { quickly } from "../figure/quickly";
import { show as showFigure } from "../figure/show";
import { VBox } from "./controls/boxes";
import { Output } from "./controls/output";
import { HTML } from "./controls/shown";
import { kernelComms } from "./kernel-comms";
import { type Shorthand, shorthandControl, type Valued } from "./shorthand";
import { Widget } from "./widget";

/** What a person changes: a widget with a value, or what one is made of. */
export type Interactive = Shorthand | Valued;

/** The value that a control has. */
export type InteractiveValue<Control> = Control extends { readonly value: infer Value }
  ? Exclude<Value, null>
  : Control extends Widget<infer State>
    ? State extends { value: infer Value }
      ? Exclude<Value, null>
      : never
    : Control extends boolean
      ? boolean
      : Control extends number | readonly number[]
        ? number
        : Control extends readonly (infer Choice)[]
          ? Choice
          : string;

/** The values of controls, by their names. */
export type InteractiveValues<Controls> = { readonly [Name in keyof Controls]: InteractiveValue<Controls[Name]> };

/**
 * Draws anew whenever a control changes: shows the controls and, below them, what `draw` makes of their values, which is
 * replaced in place.
 *
 * `interact({ block: slider(0, 4), fusion: ["mean", "max"] }, ({ block, fusion }) => figure)`. In place of a widget:
 * `[min, max]` and `[min, max, step]` are sliders, a list of texts is a Dropdown, true or false a Checkbox, a text a box for
 * one, a number a slider around it (as in ipywidgets). `draw` may be async; while it is at work changes wait, and then it
 * gets the latest values. Running the cell again ends the earlier one. What it throws stands in place of the picture until the next change. Where there are no comms (a
 * script) the picture of the first values is shown, alone.
 *
 * @throws VitlabError when there is no control, a control has no value, or `draw` is no function.
 */
export function interact<const Controls extends Readonly<Record<string, Interactive>>>(
  controls: Controls,
  draw: (values: InteractiveValues<Controls>) => unknown,
): Interaction<InteractiveValues<Controls>> {
  if (typeof controls !== "object" || controls === null || Array.isArray(controls) || controls instanceof Widget)
    throw new VitlabError(
      `interact got ${inWords(controls)} for its controls: give them by name, such as { block: slider(0, 4) }`,
    );
  if (Object.keys(controls).length === 0)
    throw new VitlabError("interact got no controls: give one or more by name, such as { block: slider(0, 4) }");
  if (typeof draw !== "function")
    throw new VitlabError(
      `interact got ${inWords(draw)} as what draws: give a function that returns a figure, such as ({ block }) => figure`,
    );
  const given = Object.entries(controls as Readonly<Record<string, unknown>>);
  for (const [name, value] of given) if (value instanceof Widget) checkValued(name, value);
  const made = new Map<string, Valued>();
  const all = given.map(([name, value]): readonly [string, Valued] => {
    if (value instanceof Widget) return [name, value];
    const control = shorthandControl(name, value);
    made.set(name, control);
    return [name, control];
  });
  return new Interaction(new Map(all), [...made.values()], draw as (values: never) => unknown);
}

/** Controls and what is drawn of their values. */
export class Interaction<Values extends object> {
  // Names an output of a running notebook: another one each time.
  readonly #displayId = randomUUID();
  readonly #controls: ReadonlyMap<string, Valued>;
  readonly #own: { close(): void }[];
  readonly #draw: (values: never) => unknown;
  readonly #box: VBox | undefined;
  /** The picture as a widget, beside the plain one. */
  #live: Output | undefined;
  readonly #ends: readonly (() => void)[];
  #drawn: Values | undefined;
  #wanted = false;
  #drawing: Promise<void> | undefined;
  #stopped = false;

  /** Made by `interact`. */
  constructor(controls: ReadonlyMap<string, Valued>, made: readonly Valued[], draw: (values: never) => unknown) {
    this.#controls = controls;
    this.#draw = draw;
    const kernel = kernelComms();
    for (const [name, control] of controls) describe(control, name);
    this.#box = kernel && new VBox([...controls.values()]);
    void kernel?.show(this.#box);
    this.#box?.onRequest(() => this.#showAgain());
    const forget = kernel?.onRerun(() => this.stop());
    this.#own = [...(this.#box ? [this.#box] : []), ...made];
    const follow = () => {
      if (!isDeepStrictEqual(this.#now(), this.#drawn)) void this.redraw();
    };
    const followed = [...controls.values()].map((control) => control.on("value", follow));
    this.#ends = forget ? [forget, ...followed] : followed;
    void this.redraw();
  }

  /** The values of the controls now. */
  get values(): Values {
    return Object.freeze(this.#now()) as Values;
  }

  /** Draws the values of now; where a picture is being drawn already, after it. Resolves when it is shown. */
  redraw(): Promise<void> {
    this.#wanted = true;
    this.#drawing ??= this.#drawWanted().finally(() => {
      this.#drawing = undefined;
    });
    if (!kernelComms()) holdCell(this.#drawing);
    return this.#drawing;
  }

  /** Ends it, as running its cell again does: the controls that `interact` made go, the picture stays. */
  stop(): void {
    this.#stopped = true;
    for (const end of this.#ends) end();
    for (const one of this.#own) one.close();
  }

  /**
   * For a page that was opened later: JupyterLab doesn't know the names of outputs there, so the plain picture can't be
   * replaced. It stands below as it was saved; a live one takes its place as long as the widgets are alive.
   */
  #showAgain(): void {
    if (!this.#box || this.#live || this.#stopped) return;
    const name = `vitlab-interact-${this.#displayId}`;
    const place = `.jp-OutputArea-child:has(.${name}) + .jp-OutputArea-child:has(img, .js-plotly-plot)`;
    const hides = new HTML({ value: `<style>${place} { display: none }</style>`, layout: { display: "none" } });
    this.#live = new Output();
    this.#box.set({ domClasses: [name], children: [...this.#controls.values(), this.#live, hides] as never });
    this.#own.push(this.#live, hides);
    void this.redraw();
  }

  /** Nothing: what there is to see is shown already. */
  [Symbol.for("Jupyter.display")](): Record<string, never> {
    return {};
  }

  /** Where a value is printed, as stock tslab does with that of a cell: the values, and why they have no controls. */
  [inspect.custom](): string {
    const values = Object.entries(this.#now()).map(([name, value]) => `${name} ${inspect(value)}`);
    const why = kernelComms() ? "" : '; the kernel "TypeScript (vitlab)" has the controls that change them';
    return `interact: ${values.join(", ")}${why}`;
  }

  async #drawWanted(): Promise<void> {
    const kernel = kernelComms();
    // Asked before anything is waited for: stock tslab shows it in the cell that runs now.
    const display = notebookDisplay();
    while (this.#wanted && !this.#stopped) {
      this.#wanted = false;
      const update = this.#drawn !== undefined;
      this.#drawn = this.#now();
      const picture = this.#picture(this.#drawn);
      const place = { displayId: this.#displayId, update };
      const show = (shown: unknown) => (kernel ? kernel.show(shown, place) : showAlone(shown, display, place));
      // What can't be sent is no picture either.
      await show(picture).catch((error) => show(failure(error)));
      if (kernel && this.#live) {
        const bundle = await kernel.present(await picture).catch((error) => kernel.present(failure(error)));
        this.#live.outputs = [{ output_type: "display_data", ...bundle }];
      }
    }
  }

  /** What `draw` returns, or what it throws in words. */
  async #picture(values: Values): Promise<unknown> {
    try {
      for (const [name, value] of Object.entries(values)) {
        if (value === null || value === undefined)
          throw new VitlabError(`${name} has no value: choose one, or give its control options`);
      }
      const picture = await quickly(() => this.#draw(values as never));
      if (picture === undefined) return { "text/plain": "" };
      return kernelComms() && isFigure(picture) ? steady(picture) : picture;
    } catch (error) {
      return failure(error);
    }
  }

  #now(): Values {
    const values = [...this.#controls].map(([name, control]) => [name, control.get("value")]);
    return Object.fromEntries(values) as Values;
  }
}

/** A figure as a value whose picture JupyterLab replaces without a gap. */
function steady(figure: Figure): { _repr_mimebundle_(): Promise<unknown[]> } {
  return {
    async _repr_mimebundle_() {
      const { data, metadata } = await figure.bundle();
      return [{ ...data, ...("image/png" in data && { [STEADY_IMAGE_MIME]: {} }) }, metadata];
    },
  };
}

/** In one sentence, with the line of the cell where there is one. */
function failure(error: unknown): Record<string, string> {
  const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  const place = /\bCell\[\d+\]:\d+/.exec(stack)?.[0];
  const text = `${name}: ${message}${place === undefined ? "" : `\n    at ${place}`}`;
  return { "application/vnd.jupyter.stderr": text, "text/plain": text };
}

/** Where there are no comms. */
async function showAlone(
  drawn: unknown,
  display: NotebookDisplay | undefined,
  place: { displayId: string; update: boolean },
): Promise<void> {
  const picture = await drawn;
  if (display) {
    const bundle = isFigure(picture) ? await picture.bundle() : { data: inText(picture), metadata: {} };
    sendBundle(display, bundle, place);
  } else if (isFigure(picture)) await showFigure(picture);
  else console.log((picture as { "text/plain"?: string } | null)?.["text/plain"] ?? picture);
}

/** What a kernel shows that knows nothing but bundles. */
function inText(value: unknown): Record<string, unknown> {
  const text = (value as { "text/plain"?: unknown } | null)?.["text/plain"];
  return typeof text === "string" ? (value as Record<string, unknown>) : { "text/plain": inspect(value) };
}

function checkValued(name: string, control: Valued): void {
  if (control.get("value") === undefined)
    throw new VitlabError(
      `interact: ${name} is ${control}, which has no value: give a control that has one, such as slider(0, 4)`,
    );
}

/** Where nothing else is written beside a control, its name. */
function describe(control: Valued, name: string): void {
  const described = control as unknown as Widget<{ description?: string }>;
  if (described.get("description") === "") described.set({ description: name });
}
