import { describe, expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import * as widgets from "../../../src/widgets/widgets";
import { fakeKernel } from "../fake-kernel";

const kernel = fakeKernel();

describe("a control", () => {
  it("has its values as properties, and sends what is assigned under the names of ipywidgets", () => {
    const block = new widgets.IntSlider({ min: 0, max: 4, description: "block" });
    block.value = 2;
    block.continuousUpdate = false;
    expect([block.value, block.get("value"), block.max, block.description]).toEqual([2, 2, 4, "block"]);
    expect(kernel().said(block)).toEqual([
      ["update", { value: 2 }],
      ["update", { continuous_update: false }],
    ]);
  });

  it("follows the front end, and calls listeners when a value is another, wherever it changed", () => {
    const smooth = new widgets.Checkbox();
    const seen: boolean[] = [];
    const stop = smooth.on("value", (value) => seen.push(value));
    kernel().update(smooth, { value: true });
    kernel().update(smooth, { value: true });
    smooth.value = false;
    smooth.value = false;
    stop();
    smooth.value = true;
    expect(seen).toEqual([true, false]);
  });

  it("has its layout and style as widgets, which change in place and close with it", () => {
    const { closed } = kernel();
    const block = new widgets.IntSlider({ layout: { width: "300px" }, style: { handleColor: "red" } });
    block.layout.width = "500px";
    block.style.set({ handleColor: null });
    expect(kernel().said(block.layout)).toEqual([["update", { width: "500px" }]]);
    expect(kernel().said(block.style)).toEqual([["update", { handle_color: null }]]);
    block.close();
    expect([...closed].sort()).toEqual([block.modelId, block.layout.modelId, block.style.modelId].sort());
  });

  it("takes a layout and a style that are assigned, as options or from another widget, and sets the rest back", () => {
    const block = new widgets.IntSlider({ layout: { width: "300px", margin: "4px" }, style: { handleColor: "red" } });
    const { layout } = block;
    block.layout = { width: "50%" };
    expect(block.layout).toBe(layout);
    expect([layout.width, layout.margin]).toEqual(["50%", null]);
    const [[method, state]] = kernel().said(layout) as [[string, object]];
    expect([method, state]).toEqual([
      "update",
      expect.objectContaining({ width: "50%", margin: null, border_top: null }),
    ]);
    const head = new widgets.IntSlider({ layout: { flex: "1" } });
    block.layout = head.layout;
    expect([layout.width, layout.flex]).toEqual([null, "1"]);
    block.style = { descriptionWidth: "90px" };
    expect([block.style.descriptionWidth, block.style.handleColor]).toEqual(["90px", null]);
    for (const [wrong, said] of [
      [{ widths: "1px" }, "Layout has no option widths: did you mean width?"],
      [{ width: 300 }, "Layout: width is 300: give a text in quotes"],
      ["50%", 'Layout got "50%" for its options: give one object with width'],
      [block.style, "Layout has no option"],
    ] as const) {
      const assign = () => {
        block.layout = wrong as never;
      };
      expect(assign).toThrow(VitlabError);
      expect(assign).toThrow(said);
    }
    expect(layout.flex).toBe("1");
  });

  it("refuses what it isn't made of: names and values of its own, of its layout and of its style", () => {
    const make = (options: object) => () => new widgets.IntSlider(options);
    const refusals: [object, string][] = [
      [{ maximum: 4 }, "IntSlider has no option maximum: did you mean max?"],
      [{ max: "4" }, 'IntSlider: max is "4": give a whole number'],
      [{ value: 1.5 }, "IntSlider: value is 1.5: give a whole number"],
      [{ step: 0 }, "IntSlider: step is 0: give a whole number, 1 or more"],
      [{ orientation: "up" }, 'IntSlider: orientation is "up": give "horizontal" or "vertical"'],
      [{ readoutFormat: "%d" }, 'IntSlider: readoutFormat is "%d": give how a number is written'],
      [{ layout: { widths: "1px" } }, "Layout has no option widths: did you mean width?"],
      [{ layout: { width: 300 } }, "Layout: width is 300: give a text in quotes"],
      [{ style: { color: "red" } }, "SliderStyle has no option color"],
    ];
    for (const [options, message] of refusals) {
      expect(make(options)).toThrow(VitlabError);
      expect(make(options)).toThrow(message);
    }
  });

  it("is as it was when a change is refused, and nothing of it was sent", () => {
    const block = new widgets.IntSlider({ max: 4 });
    expect(() => block.set({ description: "block", value: 9 })).toThrow(
      new VitlabError("IntSlider: value is 9: give a number from 0 to 4"),
    );
    expect(() => block.set({ values: 1 } as object)).toThrow("IntSlider has no value values: did you mean value?");
    expect([block.value, block.description]).toEqual([0, ""]);
    expect(kernel().said(block)).toEqual([]);
  });

  it("is its values alone where there is no kernel", () => {
    kernel().remove();
    const block = new widgets.IntSlider({ max: 4 });
    block.value = 3;
    expect(block.value).toBe(3);
    expect(() => {
      block.value = 5;
    }).toThrow(VitlabError);
    expect(String(new widgets.HBox([block, new widgets.Text({ value: "cat", description: "class" })]))).toBe(
      'HBox(IntSlider(value: 3, max: 4), Text(value: "cat", description: "class"))',
    );
  });
});

describe("sliders", () => {
  it("take their value along when the bounds change, and refuse bounds the wrong way round", () => {
    const block = new widgets.IntSlider({ value: 7, max: 9 });
    block.max = 5;
    expect(block.value).toBe(5);
    expect(kernel().said(block)).toEqual([["update", { max: 5, value: 5 }]]);
    expect(() => {
      block.min = 6;
    }).toThrow(new VitlabError("IntSlider: min is 6: give a number up to max, 5"));
    expect(() => new widgets.FloatSlider({ min: 2, max: 1 })).toThrow(
      "FloatSlider: min is 2: give a number up to max, 1",
    );
  });

  it("put right what a front end sends, and tell it", () => {
    const block = new widgets.IntSlider({ value: 1, max: 4 });
    kernel().update(block, { value: 9 });
    kernel().update(block, { value: 2.7 });
    kernel().update(block, { value: "three" });
    kernel().update(block, { min: 8, unheard: 1 });
    expect([block.value, block.min]).toEqual([2, 0]);
    expect(kernel().said(block)).toEqual([
      ["echo_update", { value: 9 }],
      ["update", { value: 4 }],
      ["echo_update", { value: 2.7 }],
      ["update", { value: 2 }],
      ["echo_update", { value: "three" }],
      ["update", { value: 2 }],
      ["echo_update", { min: 8, unheard: 1 }],
      ["update", { min: 0, max: 4 }],
    ]);
  });

  it("of exponents have values between the powers", () => {
    const rate = new widgets.FloatLogSlider({ min: -4, max: -1 });
    expect(rate.value).toBe(0.1);
    rate.value = 0.001;
    expect(() => {
      rate.value = 1;
    }).toThrow("FloatLogSlider: value is 1: give a number from 0.0001 to 0.1");
    expect(() => new widgets.FloatLogSlider({ base: 1 })).toThrow("base is 1: give a number above 1");
  });

  it("with two handles have the smaller value first", () => {
    const range = new widgets.IntRangeSlider({ value: [2, 4], min: 1, max: 9 });
    range.max = 3;
    expect(range.value).toEqual([2, 3]);
    kernel().update(range, { value: [3, 1] });
    expect(range.value).toEqual([2, 3]);
    kernel().update(range, { value: [0, 2] });
    expect(range.value).toEqual([1, 2]);
    expect(() => range.set({ value: [3, 2] })).toThrow("give two whole numbers, the smaller one first");
    expect(() => range.set({ value: [2, 8] })).toThrow("IntRangeSlider: value is a list: give two numbers from 1 to 3");
  });
});

describe("Dropdown and ToggleButtons", () => {
  it("have values, and send the index", () => {
    const fusion = new widgets.Dropdown({
      options: [
        ["the mean", "mean"],
        ["the largest", "max"],
      ],
    });
    const seen: unknown[] = [];
    fusion.on("value", (value) => seen.push(value));
    expect(fusion.value).toBe("mean");
    fusion.value = "max";
    kernel().update(fusion, { index: 0 });
    kernel().update(fusion, { index: 7 });
    expect(fusion.value).toBe("mean");
    expect(seen).toEqual(["max", "mean"]);
    expect(kernel().said(fusion)).toEqual([
      ["update", { index: 1 }],
      ["echo_update", { index: 0 }],
      ["echo_update", { index: 7 }],
      ["update", { index: 0 }],
    ]);
  });

  it("begin with the first of new options", () => {
    const size = new widgets.ToggleButtons({ options: [3, 5], value: 5 });
    size.options = [7, 9];
    expect(size.value).toBe(7);
    expect(kernel().said(size)).toEqual([["update", { _options_labels: ["7", "9"], index: 0 }]]);
    size.set({ options: ["a", "b"], value: "b" });
    expect(size.value).toBe("b");
  });

  it("refuse a value that isn't among the options, and options that are none", () => {
    const fusion = new widgets.Dropdown({ options: ["mean", "max"] });
    expect(() => fusion.set({ value: "min" })).toThrow(
      new VitlabError('Dropdown: value is "min": give one of "mean", "max"'),
    );
    expect(() => new widgets.Dropdown({ value: 1 })).toThrow("Dropdown: value is 1: give options first");
    expect(() => new widgets.Dropdown({ options: "mean" as never })).toThrow(
      'Dropdown: options is "mean": give a list of choices',
    );
  });
});

describe("Button", () => {
  it("calls its listeners when it is pressed", () => {
    const button = new widgets.Button({ description: "Stop" });
    let count = 0;
    const stop = button.onClick(() => count++);
    kernel().receive(button.modelId, { method: "custom", content: { event: "click" } });
    button.click();
    kernel().receive(button.modelId, { method: "custom", content: null });
    stop();
    button.click();
    expect(count).toBe(2);
    expect(() => button.onClick("stop" as never)).toThrow('onClick got "stop": give a function');
  });
});

describe("boxes", () => {
  it("hold widgets, which live on when the box closes", () => {
    const [a, b] = [new widgets.IntSlider(), new widgets.Text()];
    const box = new widgets.VBox([a]);
    box.children = [b, a];
    expect(kernel().said(box)).toEqual([["update", { children: [b.reference, a.reference] }]]);
    box.close();
    expect([...kernel().closed].sort()).toEqual([box.modelId, box.layout.modelId].sort());
    expect(() => new widgets.VBox([1 as never])).toThrow("VBox: children is a list: give a list of widgets");
  });

  it("of pages have a title for each, and one that is open", () => {
    const [a, b] = [new widgets.IntSlider(), new widgets.Text()];
    const tab = new widgets.Tab([a, b], { titles: ["one"] });
    expect([tab.titles, tab.selectedIndex]).toEqual([["one", ""], 0]);
    kernel().update(tab, { selected_index: 1 });
    expect(tab.selectedIndex).toBe(1);
    tab.children = [a];
    expect([tab.titles, tab.selectedIndex]).toEqual([["one"], 0]);
    expect(() => tab.set({ selectedIndex: 1 })).toThrow("Tab: selectedIndex is 1: give a number from 0 to 0");
    expect(() => tab.set({ titles: ["one", "two"] })).toThrow(
      "Tab: titles is a list: give a title for each of 1 pages",
    );
  });
});

describe("Image", () => {
  it("sends bytes as a buffer", () => {
    const picture = new widgets.Image({ width: 20 });
    picture.value = new Uint8Array([1, 2]);
    const { data, buffers } = kernel().sent.at(-1)!;
    expect([data.state, data.buffer_paths, buffers]).toEqual([{}, [["value"]], [new Uint8Array([1, 2])]]);
    expect(() => picture.set({ value: "cat.png" as never })).toThrow('Image: value is "cat.png": give the bytes');
  });
});

describe("link", () => {
  it("keeps two values the same until it is undone", () => {
    const [slider, play] = [new widgets.IntSlider({ value: 3 }), new widgets.Play()];
    const undo = widgets.link([slider, "value"], [play, "value"]);
    expect(play.value).toBe(3);
    kernel().update(play, { value: 8 });
    expect(slider.value).toBe(8);
    slider.value = 5;
    expect(play.value).toBe(5);
    undo();
    slider.value = 1;
    expect(play.value).toBe(5);
  });

  it("refuses what isn't a value of a widget, and values that the other can't have", () => {
    const [slider, text] = [new widgets.IntSlider(), new widgets.Text()];
    expect(() => widgets.link([slider, "vlaue" as "value"], [text, "value"])).toThrow(
      new VitlabError("link: IntSlider has no vlaue: give the name of a value that it has"),
    );
    expect(() => widgets.link(slider as never, [text, "value"])).toThrow("give a widget and the name of its value");
    expect(() => widgets.link([slider, "value"], [text, "value"])).toThrow("Text: value is 0: give a text in quotes");
    text.value = "free";
    expect(slider.value).toBe(0);
  });
});

describe("jslink", () => {
  it("is a model of the page that names both values, and goes when it is undone", () => {
    const [slider, play] = [new widgets.IntSlider(), new widgets.Play()];
    const undo = widgets.jslink([play, "value"], [slider, "continuousUpdate"]);
    const [id, state] = [...kernel().opened].at(-1)!;
    expect(state).toMatchObject({
      _model_name: "LinkModel",
      source: [play.reference, "value"],
      target: [slider.reference, "continuous_update"],
    });
    undo();
    expect(kernel().closed).toEqual([id]);
  });

  it("refuses a value that the page has in another form", () => {
    const [fusion, text] = [new widgets.Dropdown({ options: ["mean"] }), new widgets.Text()];
    expect(() => widgets.jslink([fusion, "value"], [text, "value"])).toThrow(
      new VitlabError("jslink: the page doesn't know the value of Dropdown: link them in the kernel, by link"),
    );
  });
});

describe("a front end that sends objects for numbers", () => {
  const kernel = fakeKernel();
  const silent = { toString: 1 };

  it("changes nothing", () => {
    const menu = new widgets.Dropdown({ options: ["mean", "max"], value: "max" });
    kernel().update(menu, { index: silent });
    expect(menu.value).toBe("max");
    const range = new widgets.IntRangeSlider({ value: [2, 5] });
    kernel().update(range, { value: [silent, 3] });
    expect(range.value).toEqual([2, 5]);
  });
});
