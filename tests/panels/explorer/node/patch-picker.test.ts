import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { imageAt } from "../../../../src/data/dataset";
import { shapes } from "../../../../src/data/shapes";
import { patchPicker } from "../../../../src/panels/explorer/node/patch-picker";
import { tf } from "../../../../src/tensor/tf";
import { interact } from "../../../../src/widgets/interact";
import { slider } from "../../../../src/widgets/slider";
import { fakeKernel } from "../../../widgets/fake-kernel";

const kernel = fakeKernel();
const image = imageAt(shapes({ split: "test", count: 1 }), 0);

describe("patchPicker", () => {
  it("opens a widget with the image's bytes, its grid and the patch", () => {
    const picker = patchPicker(image, { patchSize: 4, value: 27, description: "look from" });
    const state = kernel().opened.get(picker.modelId!)!;
    expect(state).toMatchObject({
      _model_name: "AnyModel",
      mode: "picker",
      value: 27,
      description: "look from",
      language: "en",
      width: 32,
      height: 32,
      rows: 8,
      columns: 8,
    });
    expect(state._esm).toMatch(/export\s*\{/);
    expect(picker.get("pixels")).toEqual(image.pixels);
    expect(kernel().sent.at(-1)).toMatchObject({ data: { buffer_paths: [["pixels"]] } });
  });

  it("takes a tensor, which stays the caller's", () => {
    const before = tf.memory().numTensors;
    const tensor = tf.zeros<tf.Rank.R3>([8, 12, 3]);
    const picker = patchPicker(tensor, { patchSize: 4 });
    expect([picker.get("rows"), picker.get("columns"), picker.value]).toEqual([2, 3, 0]);
    expect(tensor.isDisposed).toBe(false);
    tensor.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("has a value that both sides change", () => {
    const picker = patchPicker(image, { patchSize: 4 });
    const seen: number[] = [];
    picker.on("value", (patch) => seen.push(patch));
    kernel().update(picker, { value: 9 });
    picker.value = 63;
    expect([picker.value, seen]).toEqual([63, [9, 63]]);
    expect(kernel().said(picker).at(-1)).toEqual(["update", { value: 63 }]);
  });

  it("refuses a patch that isn't there, and leaves the value to a front end that asks for one", () => {
    const sentence = "there is no patch 64: give one from 0 to 63, counted row by row";
    expect(() => patchPicker(image, { patchSize: 4, value: 64 })).toThrow(sentence);
    const picker = patchPicker(image, { patchSize: 4, value: 5 });
    expect(() => picker.set({ value: 64 })).toThrow(sentence);
    kernel().update(picker, { value: -1 });
    expect(picker.value).toBe(5);
    expect(kernel().said(picker).at(-1)).toEqual(["update", { value: 5 }]);
  });

  it("refuses a patch size that doesn't divide the image, and options that nothing reads", () => {
    expect(() => patchPicker(image, { patchSize: 5 })).toThrow("patch size 5 does not divide its height 32");
    expect(() => patchPicker(image, { patchSize: 4, start: 3 } as never)).toThrow("start");
    expect(() => patchPicker(image, { patchSize: 4, language: "fr" } as never)).toThrow('"en" or "zh"');
  });

  it("is a control of interact, under its name", async () => {
    const picker = patchPicker(image, { patchSize: 4, value: 3 });
    const drawn: unknown[] = [];
    const interaction = interact({ patch: picker, block: slider(0, 4) }, ({ patch, block }) => {
      const numbers: [number, number] = [patch, block];
      drawn.push(numbers);
    });
    await interaction.redraw();
    kernel().update(picker, { value: 12 });
    await interaction.redraw();
    expect(drawn.at(0)).toEqual([3, 0]);
    expect(drawn.at(-1)).toEqual([12, 0]);
    expect(picker.get("description")).toBe("patch");
    interaction.stop();
  });

  it("shows the widget, with a picture for who can't", async () => {
    const picker = patchPicker(image, { patchSize: 4, value: 27 });
    const [data, metadata] = await picker._repr_mimebundle_();
    expect(Object.keys(data).sort()).toEqual(["application/vnd.jupyter.widget-view+json", "image/png", "text/plain"]);
    expect(metadata).toHaveProperty(["image/png", "width"]);
  });

  it("is a figure of the image with the patch outlined where there are no comms", async () => {
    kernel().remove();
    const picker = patchPicker(image, { patchSize: 4, value: 27, description: "look from" });
    expect(picker.text).toContain("look from");
    expect(picker.text).toContain("64 patches of 4x4");
    expect(picker.text).toContain("patch 27");
    expect(inspect(picker)).toBe(picker.text);
    const { data } = await picker.bundle();
    expect(Object.keys(data).sort()).toEqual(["image/png", "text/plain"]);
    picker.value = 28;
    expect(picker.text).toContain("patch 28");
  });
});
