import { join } from "node:path";
import { type DisplayOptions, KERNEL, type Kernel } from "../api";
import type { MimeBundle } from "../jupyter";
import { askPerson } from "./ask-person";
import type { Comms } from "./comms";
import { currentContext, enterContext } from "./context";
import { defineGlobals } from "./define-globals";
import { send } from "./output-pipe";
import { withText } from "./present/with-text";
import { publish } from "./publish";
import type { Reruns } from "./reruns";

type ShowOptions = DisplayOptions & { readonly raw?: boolean };

const UNDEFINED = { data: { "text/plain": "undefined" }, metadata: {} };
const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+(;.*)?$/;

/** Defines what the code of the cells finds on the global object. */
export function defineNotebookGlobals(comms: Comms, reruns: Reruns): void {
  const kernel: Kernel = {
    display: showBundle,
    show: async (value, options) => {
      if (isThenable(value)) await afterwards(value, (settled) => showValue(settled, options));
      else await showValue(value, options);
    },
    present: async (value) => {
      if (isBundle(value)) return { data: bundleData(value), metadata: {} };
      return (await loadPresent()(value)) ?? UNDEFINED;
    },
    clearOutput: (wait = false) => publish("clear_output", { wait }),
    openComm: (target, data, options) => comms.open(target, data, options),
    registerCommTarget: (target, handler) => comms.registerTarget(target, handler),
    input: async (prompt = "", { password = false } = {}) => askPerson(String(prompt), password),
    setNextInput: (text, { replace = false } = {}) => {
      const payload = { source: "set_next_input", text, replace };
      send({ type: "payload", parent: currentContext().parent, payload });
    },
    onRerun: (listener) => reruns.add(currentContext(), listener),
    get requestId() {
      return currentContext().requestId;
    },
    get signal() {
      return currentContext().abort.signal;
    },
  };
  defineGlobals({
    input: (prompt?: string) => kernel.input(prompt),
    getpass: (prompt?: string) => kernel.input(prompt, { password: true }),
    display: (value: unknown, options?: ShowOptions) => void showValue(value, options),
    clearOutput: kernel.clearOutput,
    [KERNEL]: kernel,
    [Symbol.for("vitlab.display")]: showBundle,
  });
}

function showBundle(bundle: MimeBundle, { metadata = {}, displayId, update = false }: DisplayOptions = {}): void {
  if (bundle === null || typeof bundle !== "object") {
    throw new TypeError('display needs a MIME bundle, e.g. { "text/html": "<b>hello</b>", "text/plain": "hello" }.');
  }
  if (update && displayId === undefined) {
    throw new TypeError("display with update: true needs the displayId of what it is to replace.");
  }
  const data = bundleData(bundle);
  const transient = displayId === undefined ? {} : { display_id: displayId };
  publish(update ? "update_display_data" : "display_data", { data, metadata, transient });
}

function bundleData(bundle: MimeBundle): Record<string, unknown> {
  return withText(Object.fromEntries(Object.entries(bundle).map(([type, value]) => [type, sendable(value)])));
}

/** A promise where the value is yet to be drawn: the cell isn't over before. */
function showValue(value: unknown, options: ShowOptions = {}): Promise<void> | undefined {
  if (options.raw || isBundle(value)) {
    showBundle(value as MimeBundle, options);
    return undefined;
  }
  const show = (shown: { data: MimeBundle; metadata: Record<string, unknown> } | null) => {
    const { data, metadata } = shown ?? UNDEFINED;
    showBundle(data, { ...options, metadata: { ...metadata, ...options.metadata } });
  };
  const presented = loadPresent()(value);
  if (presented instanceof Promise) return afterwards(presented, show);
  show(presented);
  return undefined;
}

/** Shows what is yet to come, as part of what runs now, which isn't over before. */
function afterwards<T>(coming: PromiseLike<T>, show: (value: T) => Promise<void> | undefined | void): Promise<void> {
  const context = currentContext();
  const displayed = Promise.resolve(coming)
    .then((value) => {
      if (context.state === "over") return undefined;
      enterContext(context);
      return show(value);
    })
    .finally(() => context.displays.delete(displayed));
  context.displays.add(displayed);
  return displayed;
}

/** Loaded when the first value is shown: nothing else needs it. */
export function loadPresent(): typeof import("./present").present {
  return (require(join(__dirname, "present")) as typeof import("./present")).present;
}

function isBundle(value: unknown): value is MimeBundle {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => MIME_TYPE.test(key));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Bytes are shown in base64, as in every MIME bundle. */
function sendable(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}
