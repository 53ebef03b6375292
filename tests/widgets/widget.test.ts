import { describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { anyWidget } from "../../src/widgets/any-widget";
import { outputWidget } from "../../src/widgets/controls/output";
import { slider } from "../../src/widgets/slider";
import { fakeKernel } from "./fake-kernel";

const kernel = fakeKernel();

describe("slider", () => {
  it("passes over a message that says nothing", () => {
    const layer = slider(0, 11, { value: 3 });
    expect(() => kernel().receive("comm-2", null)).not.toThrow();
    expect(layer.get("value")).toBe(3);
  });

  it("opens the comms that ipywidgets' IntSlider opens: layout, style, and the slider that refers to them", () => {
    const layer = slider(0, 11, { value: 3, description: "layer" });
    expect(kernel().sent.map((each) => (each.data.state as Record<string, unknown>)._model_name)).toEqual([
      "LayoutModel",
      "SliderStyleModel",
      "IntSliderModel",
    ]);
    expect(
      kernel().sent.every(({ target, metadata }) => target === "jupyter.widget" && metadata?.version === "2.1.0"),
    ).toBe(true);
    expect(kernel().sent[2]?.data.state).toMatchObject({
      _view_name: "IntSliderView",
      layout: "IPY_MODEL_comm-0",
      style: "IPY_MODEL_comm-1",
      value: 3,
      step: 1,
      description: "layer",
    });
    expect(layer.modelId).toBe("comm-2");
  });

  it("follows the front end, tells its listeners, and echoes the update", () => {
    const layer = slider(0, 11);
    const seen: number[] = [];
    const stop = layer.on("value", (value) => seen.push(value));
    kernel().receive("comm-2", { method: "update", state: { value: 7 }, buffer_paths: [] });
    expect(layer.get("value")).toBe(7);
    expect(kernel().sent.at(-1)?.data).toEqual({ method: "echo_update", state: { value: 7 }, buffer_paths: [] });
    layer.set({ value: 2 });
    expect(kernel().sent.at(-1)?.data).toEqual({ method: "update", state: { value: 2 }, buffer_paths: [] });
    stop();
    layer.set({ value: 5 });
    expect(seen).toEqual([7, 2]);
  });

  it("answers a front end that connects again with its whole state", () => {
    const layer = slider(0, 11);
    layer.set({ value: 9 });
    kernel().receive("comm-2", { method: "request_state" });
    expect(kernel().sent.at(-1)?.data.state).toMatchObject({ _model_name: "IntSliderModel", value: 9, max: 11 });
  });

  it("shows as a widget view in a kernel, as text without one", () => {
    const layer = slider(0, 11);
    const display = Symbol.for("Jupyter.display");
    type Shown = Record<symbol, () => Record<string, unknown>>;
    expect((layer as unknown as Shown)[display]?.()).toEqual({
      "text/plain": "IntSlider(value: 0, max: 11)",
      "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: "comm-2" },
    });
    kernel().remove();
    const plain = slider(0, 1, { value: 0.5 });
    plain.set({ value: 0.25 });
    expect(plain.get("value")).toBe(0.25);
    expect(Object.keys((plain as unknown as Shown)[display]?.() ?? {})).toEqual(["text/plain"]);
  });

  it("takes its layout and style along when it closes", () => {
    slider(0, 11).close();
    expect(kernel().closed.sort()).toEqual(["comm-0", "comm-1", "comm-2"]);
  });

  it("refuses a range the wrong way round, and a value outside", () => {
    expect(() => slider(3, 1)).toThrow(
      new VitlabError("slider(3, 1): give the smallest value first, then the largest"),
    );
    expect(() => slider(0, 1, { value: 2 })).toThrow("starts at 2: give a value from 0 to 1");
  });
});

describe("outputWidget", () => {
  const ids = () =>
    kernel().sent.flatMap(({ data }) => ("state" in data ? [(data.state as { msg_id?: string }).msg_id] : []));

  it("claims the output of the request that runs while it captures, as ipywidgets' Output does", async () => {
    const log = outputWidget();
    expect(kernel().sent.at(-1)?.data.state).toMatchObject({
      _model_name: "OutputModel",
      _view_name: "OutputView",
      msg_id: "",
    });
    kernel().sent = [];
    expect(log.capture(() => 5)).toBe(5);
    expect(ids()).toEqual(["request-1", ""]);
    expect(() =>
      log.capture(() => {
        throw new Error("told");
      }),
    ).toThrow("told");
    const later = log.capture(async () => 6);
    expect(ids()).toEqual(["request-1", "", "request-1", "", "request-1"]);
    expect(await later).toBe(6);
    expect(ids().at(-1)).toBe("");
  });
});

describe("anyWidget", () => {
  it("is told in one line, whatever names its values have", () => {
    const widget = anyWidget({ esm: "" });
    kernel().update(widget, { "two\nlines": 1, ["x".repeat(9_000)]: 2 });
    expect(`${widget}`).toContain("two␊lines: 1");
    expect(`${widget}`.length).toBeLessThan(3_100);
  });

  it("passes over a state that is nested without end, and goes on", () => {
    const widget = anyWidget({ esm: "" }, { tree: null as unknown });
    kernel().update(widget, { tree: JSON.parse("[".repeat(12_000) + "]".repeat(12_000)) });
    expect(widget.get("tree")).toBeNull();
    kernel().update(widget, { tree: [[1]] });
    expect(widget.get("tree")).toEqual([[1]]);
  });

  it("sends binary state as buffers with their paths, and takes such from the front end", () => {
    const picker = anyWidget(
      { esm: "export default {}" },
      { pixels: new Uint8Array([1, 2]), nested: { map: new Float32Array([1]) } },
    );
    expect(kernel().sent.at(-1)?.data.buffer_paths).toEqual([["pixels"], ["nested", "map"]]);
    expect(
      kernel()
        .sent.at(-1)
        ?.buffers?.map((b) => [...b]),
    ).toEqual([
      [1, 2],
      [0, 0, 128, 63],
    ]);
    kernel().receive("comm-1", { method: "update", state: { pixels: null }, buffer_paths: [["pixels"]] }, [
      new Uint8Array([9]),
    ]);
    expect([...picker.get("pixels")]).toEqual([9]);
  });

  it("keeps the style of each source apart, as anywidget's ids of Python classes do", () => {
    const esm = "export default {}";
    const widgets = [{ esm, css: "a" }, { esm, css: "b" }, { esm: `${esm};`, css: "a" }, { esm, css: "a" }, { esm }];
    for (const source of widgets) anyWidget(source);
    const ids = kernel()
      .sent.map(({ data }) => data.state as Record<string, unknown>)
      .filter(({ _model_name }) => _model_name === "AnyModel")
      .map(({ _anywidget_id }) => _anywidget_id);
    expect(new Set(ids).size).toBe(4);
    expect(ids[3]).toBe(ids[0]);
  });

  it("has its module and style as state, so that both can be changed while it is shown", () => {
    const picker = anyWidget({ esm: "export default {}" }, { count: 1 });
    picker.set({ _css: "b { color: red }", count: 2 });
    expect([picker.get("_css"), picker.get("count")]).toEqual(["b { color: red }", 2]);
    expect(kernel().sent.at(-1)?.data.state).toEqual({ _css: "b { color: red }", count: 2 });
  });

  it("passes custom messages both ways", () => {
    const picker = anyWidget({ esm: "export default {}" });
    const got: unknown[] = [];
    picker.onMessage((content) => got.push(content));
    kernel().receive("comm-1", { method: "custom", content: { patch: 10 } });
    picker.send({ ok: true });
    expect(got).toEqual([{ patch: 10 }]);
    expect(kernel().sent.at(-1)?.data).toEqual({ method: "custom", content: { ok: true } });
  });
});
