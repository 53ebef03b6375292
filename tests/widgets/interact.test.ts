import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { VitlabError } from "../../src/base/error";
import { heatmap } from "../../src/figure/heatmap";
import { interact } from "../../src/widgets/interact";
import { slider } from "../../src/widgets/slider";
import * as widgets from "../../src/widgets/widgets";
import { stockTslab } from "../figure/stock-tslab";
import { fakeKernel } from "./fake-kernel";

const kernel = fakeKernel();
afterEach(() => vi.restoreAllMocks());

/** What `draw` is given, and a way to end each drawing. */
function slowDraw() {
  const drawn: unknown[] = [];
  const ends: (() => void)[] = [];
  const draw = (values: object) => {
    drawn.push(values);
    return new Promise<string>((resolve) => ends.push(() => resolve(`picture ${drawn.length}`)));
  };
  return { drawn, ends, draw };
}

/** Until nothing is under way any more. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("interact", () => {
  it("shows the controls in one output, and what is drawn of their values in another, replaced in place", async () => {
    const block = slider(0, 4, { value: 1 });
    const { values } = interact({ block, fusion: ["mean", "max"] }, ({ block, fusion }) => `${block} ${fusion}`);
    await settled();
    block.value = 3;
    await settled();
    const [box, first, second] = kernel().shown;
    expect(String(box?.value)).toBe(
      'VBox(IntSlider(value: 3, max: 4, description: "block"), Dropdown(value: "mean", description: "fusion"))',
    );
    expect(box?.displayId).toBeUndefined();
    expect(first).toEqual({ value: "1 mean", displayId: expect.any(String), update: false });
    expect(second).toEqual({ value: "3 mean", displayId: first?.displayId, update: true });
    expect(kernel().shown).toHaveLength(3);
    expect(values).toEqual({ block: 1, fusion: "mean" });
  });

  it("follows the front end", async () => {
    const smooth = new widgets.Checkbox({ description: "smoothed" });
    interact({ smooth }, ({ smooth }) => (smooth ? "smooth" : "rough"));
    await settled();
    kernel().update(smooth, { value: true });
    await settled();
    expect(
      kernel()
        .shown.slice(1)
        .map(({ value }) => value),
    ).toEqual(["rough", "smooth"]);
    expect(smooth.description).toBe("smoothed");
  });

  it("has at most one drawing under way, after which the latest values are drawn, and none between", async () => {
    const block = slider(0, 9);
    const { drawn, ends, draw } = slowDraw();
    interact({ block }, draw);
    for (const value of [1, 2, 3, 4]) block.value = value;
    expect(drawn).toEqual([{ block: 0 }]);
    ends[0]!();
    await settled();
    expect(drawn).toEqual([{ block: 0 }, { block: 4 }]);
    ends[1]!();
    await settled();
    expect(drawn).toHaveLength(2);
    expect(
      kernel()
        .shown.slice(1)
        .map(({ value }) => value),
    ).toEqual(["picture 1", "picture 2"]);
  });

  it("draws nothing where the values are those of the picture", async () => {
    const range = new widgets.IntRangeSlider();
    const { drawn, ends, draw } = slowDraw();
    const interaction = interact({ range }, draw);
    ends[0]!();
    await settled();
    range.value = [25, 75];
    await settled();
    expect(drawn).toHaveLength(1);
    const again = interaction.redraw();
    ends[1]!();
    await again;
    expect(drawn).toHaveLength(2);
  });

  it("shows what is thrown in place of the picture, and draws again at the next change", async () => {
    const block = slider(0, 4);
    interact({ block }, ({ block }) => {
      if (block === 1) throw new VitlabError("block 1 has no heads: choose another");
      if (block === 2) return Promise.reject("refused");
      return "picture";
    });
    for (const value of [1, 2, 3]) {
      block.value = value;
      await settled();
    }
    const texts = kernel()
      .shown.slice(1)
      .map(({ value }) => (value as Record<string, string>)["text/plain"] ?? value);
    expect(texts).toEqual([
      "picture",
      "VitlabError: block 1 has no heads: choose another",
      "Error: refused",
      "picture",
    ]);
    expect(
      new Set(
        kernel()
          .shown.slice(1)
          .map(({ displayId }) => displayId),
      ).size,
    ).toBe(1);
  });

  it("shows why a picture can't be shown", async () => {
    const unshowable = { toJSON: () => 1n };
    interact({ block: 1 }, () => unshowable);
    await settled();
    expect(kernel().shown.slice(1)).toEqual([
      expect.objectContaining({
        value: expect.objectContaining({ "text/plain": "TypeError: no JSON" }),
        update: false,
      }),
    ]);
  });

  it("gives the values their types", () => {
    const fusion = new widgets.Dropdown({ options: ["mean", "max"] });
    const { values } = interact({ block: slider(0, 4), head: [0, 3], fusion, by: ["rows", "columns"] }, () => "");
    const typed: { block: number; head: number; fusion: "mean" | "max"; by: "rows" | "columns" } = values;
    expect(typed).toEqual({ block: 0, head: 1, fusion: "mean", by: "rows" });
  });

  it("shows nothing where nothing is drawn, and keeps the place", async () => {
    interact({ block: 1 }, () => undefined);
    await settled();
    expect(kernel().shown.at(-1)).toMatchObject({ value: { "text/plain": "" }, update: false });
  });

  it("ends by stop: its own controls go, the others stay, and nothing is drawn any more", async () => {
    const block = slider(0, 4);
    const { drawn, ends, draw } = slowDraw();
    const interaction = interact({ block, smooth: true }, draw);
    ends[0]!();
    await settled();
    interaction.stop();
    block.value = 3;
    await settled();
    expect(drawn).toHaveLength(1);
    const closed = kernel().closed.map((id) => kernel().opened.get(id)?._model_name);
    expect(closed.filter((name) => !/Layout|Style/.test(String(name)))).toEqual(["VBoxModel", "CheckboxModel"]);
    expect(interaction.values).toEqual({ block: 3, smooth: true });
  });

  it("has a live picture in a page that is opened later, where the plain one can't be replaced", async () => {
    const block = slider(0, 4);
    const interaction = interact({ block }, ({ block }) => `picture ${block}`);
    await settled();
    const box = kernel().shown[0]?.value as widgets.VBox;
    for (const _ of [1, 2]) kernel().receive(box.modelId, { method: "request_state" });
    await settled();
    const live = box.children[1] as unknown as widgets.Output;
    expect(box.children.map(String)).toEqual([String(block), "Output()", expect.stringContaining("HTML(")]);
    block.value = 2;
    await settled();
    expect(live.outputs).toEqual([{ output_type: "display_data", data: { "text/plain": "picture 2" }, metadata: {} }]);
    expect(kernel().shown.at(-1)).toMatchObject({ value: "picture 2", update: true });
    interaction.stop();
    expect(kernel().closed).toContain(live.modelId);
  });

  it("ends when its cell runs again", async () => {
    const block = slider(0, 4);
    const { drawn, ends, draw } = slowDraw();
    interact({ block }, draw);
    ends[0]!();
    await settled();
    for (const rerun of kernel().reruns) rerun();
    block.value = 3;
    await settled();
    expect(drawn).toHaveLength(1);
    expect(kernel().reruns.size).toBe(0);
  });

  it("is nothing to see at the end of a cell", () => {
    const interaction = interact({ block: 1 }, () => "picture");
    expect((interaction as unknown as Record<symbol, () => object>)[Symbol.for("Jupyter.display")]!()).toEqual({});
  });

  it("makes the controls that ipywidgets makes of a few words", () => {
    interact(
      { a: [0, 4], b: [0, 10, 4], c: [0, 0.5], d: 5, e: -1, f: 0, g: 0.5, h: true, i: "cat", j: ["x", "y"], k: [3, 3] },
      () => "picture",
    );
    const wanted = {
      a: ["IntSlider", { min: 0, max: 4, value: 2, step: 1 }],
      b: ["IntSlider", { min: 0, max: 10, value: 4, step: 4 }],
      c: ["FloatSlider", { min: 0, max: 0.5, value: 0.25, step: 0.005 }],
      d: ["IntSlider", { min: -5, max: 15, value: 5 }],
      e: ["IntSlider", { min: -3, max: 1, value: -1 }],
      f: ["IntSlider", { min: 0, max: 1, value: 0 }],
      g: ["FloatSlider", { min: -0.5, max: 1.5, value: 0.5 }],
      h: ["Checkbox", { value: true }],
      i: ["Text", { value: "cat" }],
      j: ["Dropdown", { _options_labels: ["x", "y"], index: 0 }],
      k: ["IntSlider", { min: 3, max: 3, value: 3 }],
    };
    const models = [...kernel().opened.values()].filter(({ description }) => description !== undefined);
    expect(models).toHaveLength(Object.keys(wanted).length);
    for (const [i, [model, state]] of Object.values(wanted).entries())
      expect(models[i]).toMatchObject({ _model_name: `${model}Model`, ...(state as object) });
    const described = kernel().sent.filter(({ target }) => target === undefined);
    expect(described.map(({ data }) => (data.state as { description: string }).description)).toEqual(
      Object.keys(wanted),
    );
  });

  it("refuses what nothing can be drawn from", () => {
    const draw = () => "picture";
    const refusals: [() => unknown, string][] = [
      [() => interact({}, draw), "interact got no controls: give one or more by name"],
      [() => interact(slider(0, 1) as never, draw), "interact got an object of class IntSlider for its controls"],
      [() => interact({ block: 1 }, "picture" as never), 'interact got "picture" as what draws: give a function'],
      [() => interact({ box: new widgets.HBox() as never }, draw), "interact: box is HBox(), which has no value"],
      [() => interact({ block: [4, 0] }, draw), "interact: block is [4, 0]: give the smallest value first"],
      [() => interact({ block: [0, 4, 0] }, draw), "then a step above 0"],
      [() => interact({ block: [1, 2, 3, 4] }, draw), "interact: block is a list: give a widget, [min, max]"],
      [() => interact({ block: [] }, draw), "interact: block is a list"],
      [() => interact({ block: Number.NaN }, draw), "interact: block is NaN: give a widget"],
      [() => interact({ block: null as never }, draw), "interact: block is null: give a widget"],
    ];
    for (const [wrong, message] of refusals) {
      expect(wrong).toThrow(VitlabError);
      expect(wrong).toThrow(message);
    }
    expect(kernel().shown).toEqual([]);
  });

  it("says which control has no value yet", async () => {
    interact({ fusion: new widgets.Dropdown() }, () => "picture");
    await settled();
    expect(kernel().shown.at(-1)?.value).toMatchObject({
      "text/plain": "VitlabError: fusion has no value: choose one, or give its control options",
    });
  });

  it("shows the picture of the first values alone where there are no comms", async () => {
    kernel().remove();
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const interaction = interact({ scale: 2 }, ({ scale }) => heatmap([[0, scale]], { title: "Scaled" }));
    await interaction.redraw();
    expect(log.mock.calls[0]?.[0]).toContain("Scaled");
    await interact({ n: 3 }, ({ n }) => n * n).redraw();
    expect(log).toHaveBeenLastCalledWith(9);
    await interact({ n: 3 }, () => {
      throw new RangeError("too many");
    }).redraw();
    expect(log).toHaveBeenLastCalledWith("RangeError: too many");
  });
});

describe("interact in stock tslab, which has no comms", () => {
  let tslab: ReturnType<typeof stockTslab>;
  beforeEach(() => {
    kernel().remove();
    tslab = stockTslab();
  });
  afterEach(() => tslab.remove());
  const pictures = (told: Awaited<ReturnType<typeof tslab.run>>) =>
    told.filter(({ type }) => type.endsWith("display_data")).map(({ type, content }) => [type, content]);

  it("shows the picture of the first values in the cell that asked, and the values in words", async () => {
    const late = (value: number) => new Promise<number>((resolve) => setTimeout(() => resolve(value), 20));
    const told = await tslab.run(() =>
      interact({ scale: [0, 4] }, async ({ scale }) => heatmap([[0, await late(scale)]], { title: "Scaled" })),
    );
    expect(told[0]).toEqual({
      type: "stream",
      content: {
        name: "stdout",
        text: 'interact: scale 2; the kernel "TypeScript (vitlab)" has the controls that change them\n',
      },
    });
    expect(told).toHaveLength(2);
    expect(pictures(told)).toEqual([
      [
        "display_data",
        expect.objectContaining({ data: expect.objectContaining({ "image/svg+xml": expect.any(String) }) }),
      ],
    ]);
  });

  it("replaces it where a later cell changes a control", async () => {
    const scale = slider(0, 4);
    const first = pictures(await tslab.run(() => void interact({ scale }, ({ scale }) => scale * 3)));
    const then = pictures(
      await tslab.run(() => {
        scale.value = 2;
      }),
    );
    const { transient } = first[0]![1] as { transient: object };
    expect(first).toEqual([["display_data", { data: { "text/plain": "0" }, metadata: {}, transient }]]);
    expect(then).toEqual([["update_display_data", { data: { "text/plain": "6" }, metadata: {}, transient }]]);
    expect(transient).toEqual({ display_id: expect.any(String) });
  });

  it("shows what is thrown, also by a figure that can't be drawn", async () => {
    const figure = { text: "a figure", bundle: () => Promise.reject(new RangeError("too large")) };
    const told = await tslab.run(() => void interact({ n: 1 }, () => figure));
    expect(pictures(told)).toEqual([
      [
        "display_data",
        expect.objectContaining({ data: expect.objectContaining({ "text/plain": "RangeError: too large" }) }),
      ],
    ]);
  });
});
