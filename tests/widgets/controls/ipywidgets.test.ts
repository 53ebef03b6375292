import { describe, expect, it } from "vitest";
import { IntSlider } from "../../../src/widgets/controls/sliders";
import * as everything from "../../../src/widgets/widgets";
import recorded from "../../goldens/widgets/comm-opens.json";
import { fakeKernel } from "../fake-kernel";

interface Opened {
  readonly data: { readonly state: Record<string, unknown>; readonly buffer_paths: unknown };
  readonly metadata?: unknown;
  readonly buffers: readonly string[];
}

type Options = Record<string, unknown>;

/** The options of Python as they are called in TypeScript. */
function camelCase(options: Options): Options {
  const name = (snake: string) => snake.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const inside = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? camelCase(value as Options) : value;
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [name(key), inside(value)]));
}

/** What the last model is, with the models that it refers to in place of their names. */
function unfold(opened: readonly Opened[], names: readonly string[]): unknown {
  const model = (index: number): unknown => ({ ...opened[index], data: resolve(opened[index]!.data) });
  const resolve = (value: unknown): unknown => {
    if (typeof value === "string" && value.startsWith("IPY_MODEL_"))
      return model(names.indexOf(value.slice("IPY_MODEL_".length)));
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
  };
  return model(opened.length - 1);
}

const kernel = fakeKernel();
const widgets = { ...everything };

function make(name: string, children: number, given: Options): void {
  const options = camelCase(given);
  const inside = Array.from({ length: children }, () => new IntSlider());
  if (name === "jslink") widgets.jslink([inside[0]!, "value"], [inside[1]!, "max"]);
  else if (/Box|Tab|Accordion/.test(name) && name !== "Checkbox") new widgets[name as "HBox"](inside, options as never);
  else {
    if (name === "Image" && "value" in options) options.value = Buffer.from(options.value as string);
    new widgets[name as "IntSlider"](options as never);
  }
}

describe(`what is sent when a widget is made, ${recorded.made.replace(/^.*with /, "beside ")}`, () => {
  it("is recorded of every widget that there is", () => {
    const others = ["link"];
    const names = Object.keys(widgets).filter((name) => !others.includes(name));
    expect([...new Set(recorded.cases.map(({ widget }) => widget))].sort()).toEqual(names.sort());
  });

  for (const { widget, children, options, opened } of recorded.cases) {
    it(`equals ipywidgets': ${widget} ${children > 0 ? `of ${children} ` : ""}${JSON.stringify(options)}`, () => {
      make(widget, children, options);
      const sent = kernel().sent;
      expect(sent).toHaveLength(opened.length);
      expect(sent.every(({ target }) => target === "jupyter.widget")).toBe(true);
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
      const ours = sent.map(
        ({ data, metadata, buffers = [] }): Opened => ({
          data: data as Opened["data"],
          metadata,
          buffers: buffers.map(hex),
        }),
      );
      const names = sent.map(({ id }) => id);
      const numbers = opened.map((_, index) => String(index));
      expect(unfold(ours, names)).toEqual(unfold(opened as unknown as Opened[], numbers));
    });
  }
});
