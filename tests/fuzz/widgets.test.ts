import fc from "fast-check";
import { describe, expect } from "vitest";
import { anyWidget } from "../../src/widgets/any-widget";
import { joinState, splitState } from "../../src/widgets/state-buffers";
import type { Widget } from "../../src/widgets/widget";
import * as widgets from "../../src/widgets/widgets";
import { FakeKernel } from "../widgets/fake-kernel";
import { editedJson, type Json } from "./damaged-json";
import { checkPrototypes, fuzz } from "./fuzz";

type Made = Widget<Record<string, unknown>>;

const MAKERS: readonly (() => Made)[] = [
  ...Object.entries(widgets)
    .filter(([name]) => /^[A-Z]/.test(name))
    .map(
      ([, Class]) =>
        () =>
          new (Class as unknown as new () => Made)(),
    ),
  () => new widgets.Dropdown({ options: ["mean", "max"] }) as unknown as Made,
  () => new widgets.IntSlider({ min: 2, max: 9, value: 3 }) as unknown as Made,
  () => anyWidget({ esm: "" }, { image: new Uint8Array(3), list: [1, { a: 2 }] }) as unknown as Made,
];

const buffers = fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 3 });
const paths = fc.array(
  fc.array(
    fc.oneof(
      fc.constantFrom<string | number>("a", "list", "image", "__proto__", "constructor", "prototype", "x"),
      fc.nat(3),
    ),
    { maxLength: 4 },
  ),
  { maxLength: 3 },
);
const values = fc.constantFrom<Json>(0, 1, 50, 0.5, true, "text", [1, 2], [20, 30], null, ["mean", "max"], { a: [1] });
const NAMES = [
  "value",
  "index",
  "min",
  "max",
  "step",
  "base",
  "description",
  "disabled",
  "_options_labels",
  "layout",
  "style",
  "children",
  "outputs",
  "titles",
  "selected_index",
  "interval",
  "image",
  "list",
];
const state = fc.dictionary(fc.constantFrom(...NAMES), values, { maxKeys: 5, size: "max" });
const messages = fc
  .tuple(
    fc.constantFrom("update", "update", "update", "request_state", "custom", "other"),
    state,
    paths,
    fc.constantFrom<Json>({ event: "click" }, null, "x"),
  )
  .map(([method, state, buffer_paths, content]) => ({ method, state, buffer_paths, content }) as unknown as Json);

describe("a message of whatever content changes no more than the values of its widget, each to one that it may be", () => {
  fuzz(
    "widget messages",
    fc.tuple(fc.nat(MAKERS.length - 1), editedJson(messages), buffers),
    ([which, message, buffers]) => {
      const kernel = new FakeKernel();
      kernel.install();
      const widget = (MAKERS[which] as () => Made)();
      kernel.receive(widget.modelId, JSON.parse(message), buffers);
      checkPrototypes();
      // Which can be sent to a page that is opened now, and said in a line.
      kernel.receive(widget.modelId, { method: "request_state" });
      const told = kernel.sent.at(-1)?.data;
      expect(() => JSON.stringify(told)).not.toThrow();
      expect(widget.toString()).toMatch(/^[^\n]{1,4000}$/);
      // What isn't of ipywidgets has no values that it may be.
      if (which < MAKERS.length - 1) checkFinite(told?.state);
      kernel.remove();
    },
  );

  const tree = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom<unknown>(1, "text", null, true),
      fc.uint8Array({ maxLength: 4 }),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "__proto__", "toString"), tie("value"), { maxKeys: 3 }),
    ),
  })).value;

  fuzz("widget states with buffers", fc.dictionary(fc.constantFrom("a", "b", "c"), tree, { maxKeys: 3 }), (state) => {
    const split = splitState(state);
    const joined = joinState(JSON.parse(JSON.stringify(split.state)), split.bufferPaths, split.buffers);
    checkPrototypes();
    expect(sorted(joined)).toEqual(sorted(state));
  });

  fuzz(
    "widget states with paths of anyone",
    fc.tuple(editedJson(state), editedJson(paths), buffers),
    ([state, paths, buffers]) => {
      const whole = JSON.parse(state);
      if (typeof whole === "object" && whole !== null) joinState(whole, JSON.parse(paths), buffers);
      checkPrototypes();
    },
  );
});

function checkFinite(state: unknown): void {
  for (const value of Object.values(state as object))
    if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
}

/** The same whatever the order of the fields: buffers come last. */
function sorted(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as Uint8Array)].join();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([name, inner]) => [name, sorted(inner)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
