import { inspect, isDeepStrictEqual } from "node:util";
import { isDeeper } from "../base/is-deeper";
import { sentence } from "../base/sentence";
import { type Comm, type CommMessage, kernelComms } from "./kernel-comms";
import { joinState, splitState } from "./state-buffers";

/** Version of the widget messaging protocol: "ipywidgets/packages/schema/messages.md", version 2. */
const PROTOCOL = { version: "2.1.0" };

const DEEPEST = 500;

/** Which model and view of which package draw the widget. */
export interface WidgetNames {
  readonly module: string;
  readonly moduleVersion: string;
  readonly model: string;
  /** Left out for models that aren't shown by themselves. */
  readonly view?: string;
  readonly viewModule?: string;
  readonly viewModuleVersion?: string;
}

/** How messages name and write a state, where that isn't how code does. */
export interface Wire<State> {
  /** Beside the state: how the widget names those that belong to it. */
  readonly references: Readonly<Record<string, string>>;
  /** `all` is the whole state, with `values`. */
  write(values: Partial<State>, all: State): Record<string, unknown>;
  /** The values of the state that a front end wrote. */
  read(written: Readonly<Record<string, unknown>>, all: State): Partial<State>;
}

/** The state as it is. */
const AS_IT_IS: Wire<never> = { references: {}, write: (values) => values, read: (written) => written as never };

interface WidgetMessage {
  readonly method?: string;
  readonly state?: Record<string, unknown>;
  readonly buffer_paths?: readonly (readonly (string | number)[])[];
  readonly content?: unknown;
}

/**
 * A widget that JupyterLab, VS Code and others draw: a state that both sides change.
 *
 * It speaks the Jupyter widgets protocol over a comm. Where there is no kernel with comms (stock tslab, a script), it is
 * a plain state, and shows as text.
 */
export class Widget<State extends object> {
  readonly #comm: Comm | undefined;
  readonly #names: WidgetNames;
  readonly #wire: Wire<State>;
  #state: State;
  readonly #listeners = new Map<keyof State, Set<(value: never) => void>>();
  readonly #requestListeners = new Set<() => void>();
  readonly #messageListeners = new Set<(content: unknown, buffers: readonly Uint8Array[]) => void>();

  readonly #parts: readonly { close(): void }[];

  /** `parts` are the widgets that belong to this one alone, such as its layout: they close with it. */
  constructor(
    names: WidgetNames,
    state: State,
    parts: readonly { close(): void }[] = [],
    wire: Wire<State> = AS_IT_IS as unknown as Wire<State>,
  ) {
    this.#names = names;
    this.#parts = parts;
    this.#wire = wire;
    this.#state = { ...state };
    const split = splitState(this.#fullState());
    this.#comm = kernelComms()?.openComm(
      "jupyter.widget",
      { state: split.state, buffer_paths: split.bufferPaths },
      { metadata: PROTOCOL, buffers: split.buffers },
    );
    this.#comm?.onMessage((message) => this.#receive(message));
  }

  /** The name under which other widgets refer to this one. */
  get modelId(): string | undefined {
    return this.#comm?.commId;
  }

  /** How a state refers to this widget, as in `layout: widget.reference`. */
  get reference(): string {
    return `IPY_MODEL_${this.modelId}`;
  }

  /** A value of the state. */
  get<Name extends keyof State>(name: Name): State[Name] {
    return this.#state[name];
  }

  /** Changes values here and in the front end, and tells the listeners. */
  set(values: Partial<State>): void {
    this.#sendUpdate(this.#wire.write(values, { ...this.#state, ...values }));
    this.#change(values);
  }

  /** Calls `listener` whenever the value changes, here or in the front end; returns a function that stops it. */
  on<Name extends keyof State>(name: Name, listener: (value: State[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as (value: never) => void));
    return () => listeners.delete(listener as (value: never) => void);
  }

  /** Calls `listener` when a page that was opened later asks for the state; returns a function that stops it. */
  onRequest(listener: () => void): () => void {
    this.#requestListeners.add(listener);
    return () => this.#requestListeners.delete(listener);
  }

  /** Sends a custom message: `model.on("msg:custom", …)` gets it in the front end. */
  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    this.#comm?.send({ method: "custom", content }, { buffers });
  }

  /** Calls `listener` with custom messages (`model.send(…)` in the front end); returns a function that stops it. */
  onMessage(listener: (content: unknown, buffers: readonly Uint8Array[]) => void): () => void {
    this.#messageListeners.add(listener);
    return () => this.#messageListeners.delete(listener);
  }

  /** Removes the widget from the front end, and what belongs to it alone. */
  close(): void {
    this.#comm?.close();
    for (const part of this.#parts) part.close();
  }

  /** What a notebook shows; null where that is what `_repr_mimebundle_` gives. */
  [Symbol.for("Jupyter.display")](): Record<string, unknown> | null {
    return { "text/plain": this.toString(), ...this.viewBundle };
  }

  /** What has a front end draw the widget, by MIME type; nothing where there are no comms. */
  get viewBundle(): Readonly<Record<string, unknown>> {
    if (!this.#comm || this.#names.view === undefined) return {};
    const view = { version_major: 2, version_minor: 0, model_id: this.modelId };
    return { "application/vnd.jupyter.widget-view+json": view };
  }

  /** What Node prints of it. */
  [inspect.custom](): string {
    return this.toString();
  }

  /** Its text: `${widget}`. */
  toString(): string {
    return describeWidget(this.#names.model.replace(/Model$/, ""), Object.entries(this.#state));
  }

  /** The state as a whole. */
  protected get values(): Readonly<State> {
    return this.#state;
  }

  /** What becomes of values that a front end sends; where that is something else, it is told. */
  protected admit(values: Partial<State>): Partial<State> {
    return values;
  }

  #fullState(): Record<string, unknown> {
    const { module, moduleVersion, model, view, viewModule = module, viewModuleVersion = moduleVersion } = this.#names;
    return {
      _model_module: module,
      _model_module_version: moduleVersion,
      _model_name: model,
      _view_module: viewModule,
      _view_module_version: viewModuleVersion,
      _view_name: view ?? null,
      _view_count: null,
      ...this.#wire.write(this.#state, this.#state),
      ...this.#wire.references,
    };
  }

  #receive({ data, buffers }: CommMessage): void {
    const { method, state = {}, buffer_paths = [], content } = (data ?? {}) as WidgetMessage;
    // What couldn't be told to a page that is opened later is no value.
    if (method === "update" && !isDeeper(data, DEEPEST)) {
      // Other front ends of the same notebook, and this one's pending changes, learn of it by the echo.
      this.#comm?.send({ method: "echo_update", state: { ...state }, buffer_paths }, { buffers });
      this.#take(joinState({ ...state }, buffer_paths, buffers));
    } else if (method === "request_state") {
      this.#sendUpdate(this.#fullState());
      for (const listener of this.#requestListeners) listener();
    } else if (method === "custom") {
      for (const listener of this.#messageListeners) listener(content, buffers);
    }
  }

  /** Values of a front end. */
  #take(written: Record<string, unknown>): void {
    const values = this.admit(this.#wire.read(written, this.#state));
    const all = { ...this.#state, ...values };
    const otherwise = Object.entries(this.#wire.write(values, all)).filter(
      ([name, value]) => !isDeepStrictEqual(value, written[name]),
    );
    if (otherwise.length > 0) this.#sendUpdate(Object.fromEntries(otherwise));
    this.#change(values);
  }

  #sendUpdate(written: Record<string, unknown>): void {
    const { state, bufferPaths, buffers } = splitState(written);
    this.#comm?.send({ method: "update", state, buffer_paths: bufferPaths }, { buffers });
  }

  #change(values: Partial<State>): void {
    const before = this.#state;
    this.#state = { ...before, ...values };
    for (const name of Object.keys(values) as (keyof State)[]) {
      // What is an object may have changed inside.
      if (typeof values[name] !== "object" && values[name] === before[name]) continue;
      for (const listener of this.#listeners.get(name) ?? []) listener(this.#state[name] as never);
    }
  }
}

/** A widget in a few words: its name, and its first values that are written in a word. */
export function describeWidget(name: string, values: readonly (readonly [string, unknown])[]): string {
  const words = values.filter(([, value]) => ["number", "string", "boolean"].includes(typeof value));
  const told = words.slice(0, 6).map(([name, value]) => `${name}: ${shortly(value)}`);
  // A front end may have given it values of whatever name.
  return sentence(`${name}(${told.join(", ")})`);
}

/** A value on one line; a long text ends with … inside of its quotes. */
function shortly(value: unknown): string {
  const most = 40;
  if (typeof value !== "string" || value.length <= most) return JSON.stringify(value);
  return JSON.stringify(`${[...value.slice(0, most)].slice(0, -1).join("")}…`);
}
