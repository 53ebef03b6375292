import { inspect, types } from "node:util";
import { isTensor, tensorTitle } from "./present/tensor";

/** A member of a value, as completion lists it. */
export interface LiveMember {
  readonly name: string;
  readonly kind: "function" | "class" | "property";
}

/** What is known of a value without running any code of its own: neither getters nor what a proxy answers with. */
export interface LiveValue {
  /** Its class, or its primitive type. */
  readonly type: string;
  readonly text: string;
  readonly members: readonly LiveMember[];
}

/** Globals that Node.js keeps behind getters of its own. */
const NODE_GETTERS = new Set(["process", "Buffer", "crypto", "navigator", "performance"]);
/** A list as long as this is no help. */
const MOST_MEMBERS = 1000;
const LONGEST_TEXT = 2000;

/** The value that `path` leads to from a variable or a global; null where nothing is there, or only a getter knows. */
export function liveValue(path: readonly string[], variables: Readonly<Record<string, unknown>>): LiveValue | null {
  const [first, ...rest] = path as [string, ...string[]];
  let found = first in variables ? { value: variables[first] } : global(first);
  for (const name of rest) found = found && member(found.value, name);
  if (!found) return null;
  const { value } = found;
  return { type: typeName(value), text: textOf(value), members: membersOf(value) };
}

function global(name: string): { readonly value: unknown } | null {
  return NODE_GETTERS.has(name) ? { value: Reflect.get(globalThis, name) } : member(globalThis, name);
}

function member(value: unknown, name: string): { readonly value: unknown } | null {
  for (const object of chain(value)) {
    const found = Reflect.getOwnPropertyDescriptor(object, name);
    if (found) return "value" in found ? { value: found.value } : null;
  }
  return null;
}

function membersOf(value: unknown): LiveMember[] {
  const members = new Map<string, LiveMember>();
  for (const object of chain(value)) {
    // What every object has is not what a person looks for.
    if (object === Object.prototype) break;
    for (const name of Object.getOwnPropertyNames(object)) {
      if (members.size >= MOST_MEMBERS) return [...members.values()];
      if (/^\d+$/.test(name) || members.has(name)) continue;
      const found = Reflect.getOwnPropertyDescriptor(object, name);
      members.set(name, { name, kind: found && "value" in found ? kindOf(found.value) : "property" });
    }
  }
  return [...members.values()];
}

/** An object and its prototypes, as far as no proxy stands in the way. */
function* chain(value: unknown): Generator<object> {
  let object: unknown = value === null || value === undefined ? null : Object(value);
  for (; object !== null && !types.isProxy(object); object = Object.getPrototypeOf(object)) yield object as object;
}

function kindOf(value: unknown): LiveMember["kind"] {
  if (typeof value !== "function") return "property";
  const prototype = Reflect.getOwnPropertyDescriptor(value, "prototype");
  return prototype && !prototype.writable ? "class" : "function";
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (types.isProxy(value)) return "Proxy";
  const found = member(value, "constructor")?.value;
  const name = typeof found === "function" ? member(found, "name")?.value : undefined;
  return typeof name === "string" && name !== "" ? name : "Object";
}

function textOf(value: unknown): string {
  if (types.isProxy(value)) return "Proxy";
  // Its own properties first: looking for them elsewhere may run a getter.
  if (member(value, "shape") && member(value, "dataSync") && isTensor(value)) return tensorTitle(value);
  const options = { depth: 1, customInspect: false, maxArrayLength: 20, maxStringLength: 200, breakLength: 80 };
  const text = inspect(value, options);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)} …` : text;
}
