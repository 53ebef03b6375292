import { type InspectOptions, inspect, types } from "node:util";
import { count, cutText } from "./cut-text";
import { isTensor, tensorTitle } from "./tensor";

/** How deep and wide a value is shown: the first that fits. Level 4 is as deep as a person reads, 100 items as Node shows. */
const DETAILS = [
  { depth: 4, items: 100 },
  { depth: 3, items: 100 },
  { depth: 2, items: 100 },
  { depth: 2, items: 30 },
  { depth: 1, items: 100 },
  { depth: 2, items: 10 },
  { depth: 1, items: 10 },
  { depth: 0, items: 100 },
] as const;

/** Nodes, each about 8 characters long, that a text of 20,000 characters has room for. */
const BUDGET = 2_500;
const MOST_KEYS = 300;
const MOST_CHARACTERS = 10_000;

/** A value as `util.inspect` shows it, without colors; cut where it is long. Never throws. */
export function inspectText(value: unknown): string {
  try {
    const whole = typeof value === "object" && value !== null ? narrowed(value) : { value, left: 0 };
    const { detail, tensorPrototypes } = survey(whole.value);
    const options = {
      depth: detail.depth,
      maxArrayLength: detail.items,
      maxStringLength: typeof value === "string" ? MOST_CHARACTERS : MOST_CHARACTERS / 10,
      breakLength: 100,
    };
    const text = withTensorsShort(tensorPrototypes, () => inspect(whole.value, options));
    return cutText(text) + (whole.left > 0 ? `\n… ${count(whole.left)} more properties` : "");
  } catch (error) {
    return `[a value that can't be shown: ${reason(error)}]`;
  }
}

/** Why something was thrown, on one line; whatever it was that was thrown. */
export function reason(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).split("\n", 1)[0] as string;
  } catch {
    return "and neither can the reason";
  }
}

/** `util.inspect` limits the items of arrays, maps and sets, not the properties of an object. */
function narrowed(value: object): { value: object; left: number } {
  if (types.isProxy(value) || Array.isArray(value) || ArrayBuffer.isView(value)) return { value, left: 0 };
  if (inspect.custom in value) return { value, left: 0 };
  const keys = Object.keys(value);
  if (keys.length <= MOST_KEYS) return { value, left: 0 };
  const copy = Object.create(Object.getPrototypeOf(value));
  for (const key of keys.slice(0, MOST_KEYS))
    Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor);
  return { value: copy, left: keys.length - MOST_KEYS };
}

interface Survey {
  readonly detail: (typeof DETAILS)[number];
  readonly tensorPrototypes: Set<object>;
}

/** The most detail in which the value fits. The walk ends as soon as it doesn't, so its time is bounded, too. */
function survey(value: unknown): Survey {
  let tensorPrototypes = new Set<object>();
  let tooDeep = Number.POSITIVE_INFINITY;
  for (const detail of DETAILS) {
    if (detail.depth >= tooDeep) continue;
    tensorPrototypes = new Set();
    const verdict = fits(value, detail, tensorPrototypes);
    if (verdict === true) return { detail, tensorPrototypes };
    if (verdict !== false) tooDeep = verdict.tooDeep;
  }
  return { detail: { depth: 0, items: 100 }, tensorPrototypes };
}

/** Whether a value fits, or the depth from which on it can't, whatever the number of items. */
function fits(
  value: unknown,
  { depth, items }: { depth: number; items: number },
  tensors: Set<object>,
): boolean | { tooDeep: number } {
  const seen = new Set<object>();
  let level: unknown[] = [value];
  let left = BUDGET;
  for (let at = 0; level.length > 0; at++) {
    const next: unknown[] = [];
    for (const one of level) {
      left -= 1 + (typeof one === "string" ? Math.min(one.length, 1_000) / 16 : 0);
      if (left < 0) return false;
      if (typeof one !== "object" || one === null || seen.has(one)) continue;
      seen.add(one);
      if (types.isProxy(one)) continue;
      if (isTensor(one)) tensors.add(Object.getPrototypeOf(one));
      else if (at <= depth) {
        const inside = contents(one, items);
        if (inside === null) return { tooDeep: at };
        for (const part of inside) next.push(part);
      }
    }
    level = next;
  }
  return true;
}

/** What `util.inspect` would print inside; null for so many properties that only less depth helps. */
function contents(value: object, items: number): unknown[] | null {
  if (ArrayBuffer.isView(value)) return new Array(Math.min((value as Uint8Array).length ?? 1, items)).fill(0);
  if (Array.isArray(value)) return value.slice(0, items);
  const inside: unknown[] = [];
  if (value instanceof Map || value instanceof Set) {
    for (const entry of value.entries()) {
      if (inside.length >= 2 * items) break;
      inside.push(...entry);
    }
  }
  const keys = Object.keys(value);
  if (keys.length > MOST_KEYS) return null;
  for (const key of keys) inside.push(Object.getOwnPropertyDescriptor(value, key)?.value);
  return inside;
}

/** Tensors inside of other values are shown by type and shape instead of their internals. */
function withTensorsShort(prototypes: ReadonlySet<object>, show: () => string): string {
  const changed = [...prototypes].filter((one) => !(inspect.custom in one) && Object.isExtensible(one));
  // Only for the time of this call: the prototypes belong to someone else.
  for (const prototype of changed)
    Object.defineProperty(prototype, inspect.custom, {
      configurable: true,
      value(this: unknown, _depth: number, options: InspectOptions) {
        return isTensor(this) ? tensorTitle(this) : inspect(this, { ...options, customInspect: false });
      },
    });
  try {
    return show();
  } finally {
    for (const prototype of changed) delete (prototype as Record<symbol, unknown>)[inspect.custom];
  }
}
