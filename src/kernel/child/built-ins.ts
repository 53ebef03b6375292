import { EventEmitter } from "node:events";
import { currentContext } from "./context";
import { send } from "./output-pipe";

type Holder = Record<PropertyKey, unknown>;

interface BuiltIn {
  readonly holder: Holder;
  readonly key: PropertyKey;
  readonly name: string;
  readonly value: unknown;
  readonly enumerable: boolean;
}

// Taken before cells can change them; nothing below may need more than the language itself.
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { ownKeys, apply } = Reflect;

const GLOBALS = [
  ["Object", "Function", "Array", "String", "Number", "Boolean", "Symbol", "Error", "TypeError", "RangeError"],
  ["Promise", "Map", "Set", "WeakMap", "WeakSet", "RegExp", "Date", "JSON", "Math", "Reflect", "Atomics", "Proxy"],
  ["ArrayBuffer", "SharedArrayBuffer", "Uint8Array", "Int32Array", "DataView", "Buffer", "process", "console"],
  [
    "setTimeout",
    "clearTimeout",
    "setInterval",
    "setImmediate",
    "queueMicrotask",
    "AbortController",
    "URL",
    "__tslab__",
  ],
].flat();

const builtIns: BuiltIn[] = [];

/** Remembers what Node.js and the kernel can't work without, and keeps the listeners of the process. */
export function keepBuiltIns(): void {
  const globals = globalThis as unknown as Holder;
  for (const name of GLOBALS) {
    const value = globals[name] as Holder | { readonly prototype: object };
    builtIns.push({ holder: globals, key: name, name, value, enumerable: false });
    rememberAll(value, name);
    if ("prototype" in value) rememberAll(value.prototype as object, `${name}.prototype`);
  }
  rememberAll(Object.getPrototypeOf(Uint8Array.prototype), "TypedArray.prototype");
  rememberAll(EventEmitter.prototype, "EventEmitter.prototype");
  const emit = { holder: process as unknown as Holder, key: "emit", name: "process.emit", value: process.emit };
  builtIns.push({ ...emit, enumerable: false });
  for (const name of ["stdout", "stderr"] as const) rememberAll(process[name], `process.${name}`);
  const iterators = { Array: [][Symbol.iterator](), Map: new Map().entries(), Set: new Set().entries() };
  for (const [name, one] of Object.entries(iterators)) rememberAll(Object.getPrototypeOf(one), `${name} Iterator`);
  keepListeners();
}

/** Puts back what a cell took away, and says so below it. Never throws. */
export function mendBuiltIns(): void {
  const names = restoreBuiltIns();
  if (names.length === 0) return;
  const what = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  const text = `Node.js and the kernel can't work without ${what}, which the cell took away: put back.\n`;
  send({ type: "stream", parent: currentContext().parent, name: "stderr", text });
}

/** Puts back what was taken away, or replaced by what can't be called; returns its names. */
function restoreBuiltIns(): string[] {
  const names: string[] = [];
  for (let i = 0; i < builtIns.length; i++) {
    const { holder, key, name, value, enumerable } = builtIns[i]!;
    const now = holder[key];
    // A replacement of one's own is one's own business.
    if (now === value || (typeof now === typeof value && now !== null)) continue;
    try {
      defineProperty(holder, key, { value, enumerable, configurable: true, writable: true });
      names[names.length] = name;
    } catch {
      // It was locked: what fails next says so.
    }
  }
  return names;
}

function rememberAll(holder: object, prefix: string): void {
  for (const key of ownKeys(holder)) {
    const { value, configurable, enumerable = false } = getOwnPropertyDescriptor(holder, key)!;
    if (!configurable || typeof value !== "function") continue;
    const name = typeof key === "symbol" ? `${prefix}[${key.description}]` : `${prefix}.${key}`;
    builtIns.push({ holder: holder as Holder, key, name, value, enumerable });
  }
}

/** process.removeAllListeners() takes those of the cells only: without its own, the kernel would hear nothing any more. */
function keepListeners(): void {
  const kept = process.eventNames().map((event) => [event, process.rawListeners(event)] as const);
  const { removeAllListeners } = process;
  process.removeAllListeners = function (this: NodeJS.Process, ...events) {
    apply(removeAllListeners, this, events);
    for (const [event, listeners] of kept) {
      for (const listener of listeners) {
        if (!process.rawListeners(event).includes(listener)) process.prependListener(event as never, listener as never);
      }
    }
    return this;
  };
}
