import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { shapes } from "../../../src/data/shapes";
import { datasetToTensor } from "../../../src/data/to-tensor";
import { firstState, NO_EDITS, stateToText } from "../../../src/panels/explorer/explorer-state";
import { type Explorer, explorer } from "../../../src/panels/explorer/node/explorer";
import { useEngine } from "../../../src/tensor/node/engine";
import { tf } from "../../../src/tensor/tf";
import { ViT } from "../../../src/vit/model";
import { FakeKernel } from "../../widgets/fake-kernel";

const CONFIG = { imageSize: 32, patchSize: 8, dim: 16, depth: 2, heads: 2, mlpDim: 16, classes: 10 };
const dataset = shapes({ split: "test", count: 3 });

beforeAll(() => useEngine(undefined, { quiet: true }));

describe("an explorer in a notebook", () => {
  const kernel = new FakeKernel();
  let model: ViT;
  let shown: Explorer;

  beforeEach(() => {
    kernel.sent = [];
    kernel.install();
    model = new ViT(CONFIG, { seed: 1 });
    shown = explorer(model, dataset, { title: "small" });
  });
  afterEach(() => {
    shown.close();
    model.dispose();
    kernel.remove();
  });

  const widget = () => {
    const [id, state] = [...kernel.opened].find(([, { mode }]) => mode === "explorer")!;
    return { id, state };
  };
  const updates = () =>
    kernel.sent
      .filter(({ id, data }) => id === widget().id && data.method === "update")
      .map(({ data }) => data.state as Record<string, unknown>);
  const turns = async () => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  };

  it("opens with what there is, and the answer to it", () => {
    const { about, state, error, _esm } = widget().state as {
      about: Record<string, unknown>;
      state: unknown;
      error: string;
      _esm: string;
    };
    expect(about).toMatchObject({ title: "small", rows: 4, columns: 4, limits: { images: 3, heads: 2, depth: 2 } });
    expect((about.imageNames as string[])[0]).toMatch(/^\w+ \(0\)$/);
    expect(state).toEqual(firstState(about.limits as never));
    expect(error).toBe("");
    expect(_esm).toContain("export");
  });

  it("answers what the front end asks, the latest alone", async () => {
    const first = shown.state;
    for (const query of [1, 2, 3])
      kernel.receive(widget().id, { method: "update", state: { state: { ...first, query } } });
    await turns();
    const answers = updates().filter(({ view }) => view !== undefined);
    expect(answers).toHaveLength(1);
    expect((answers[0]!.view as { state: unknown }).state).toEqual({ ...first, query: 3 });
    expect(shown.state.query).toBe(3);
  });

  it("says why there is no answer, and goes on", async () => {
    const ask = async (state: unknown) => {
      kernel.receive(widget().id, { method: "update", state: { state } });
      await turns();
      return updates().at(-1)!;
    };
    expect(await ask({ ...shown.state, image: 9 })).toEqual({ error: "there is no image 9: give one from 0 to 2" });
    expect(await ask({ ...shown.state, image: 1 })).toMatchObject({ error: "", view: { state: { image: 1 } } });
    model.dispose();
    expect(await ask({ ...shown.state, image: 2 })).toMatchObject({ error: expect.stringMatching(/disposed/) });
  });

  it("goes where a cell says", () => {
    shown.go("i1.q5.b0.h1.x3-4");
    expect(shown.state).toMatchObject({ image: 1, query: 5, block: 0, head: 1 });
    expect(shown.stateText).toBe("i1.q5.b0.h1.k0.x3-4");
    expect(shown.view.answers).not.toEqual(shown.view.unedited);
    expect(updates().at(-1)).toMatchObject({ error: "", view: { state: { image: 1 } } });
    expect(() => shown.go("q16")).toThrow("there is no query 16: give one from 0 to 15");
    expect(shown.stateText).toBe("i1.q5.b0.h1.k0.x3-4");
  });

  it("shows the widget, and before it a picture and words for whoever has no kernel", async () => {
    const [data] = await shown._repr_mimebundle_();
    expect(Object.keys(data).sort()).toEqual(["application/vnd.jupyter.widget-view+json", "text/plain"]);
    expect(data["text/plain"]).toMatch(/^small, \w+ \(0\): \w+ \d/);
    const [still] = kernel.shown.map(({ value }) => value as Record<string, string>);
    expect(still!["text/html"]).toMatch(/^<div class="vitlab-still"><img src="data:image.*<p>This is a picture/s);
    shown.go({ ...shown.state, edits: { ...NO_EDITS, painted: [1] } });
    expect(shown.text).toContain("edited");
  });

  it("says in Chinese what the picture is", async () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    await shown._repr_mimebundle_();
    vi.unstubAllEnvs();
    const still = kernel.shown.map(({ value }) => value as Record<string, string>).at(-1);
    expect(still!["text/html"]).toContain("<p>这是探索面板的图片");
  });

  it("leaves no tensor behind", () => {
    const before = tf.memory().numTensors;
    const other = explorer(model, dataset, { state: "i2.q3" });
    other.go("i0.t2");
    void other.text;
    other.close();
    other.close();
    expect(String(other)).toBe("a closed explorer");
    expect(() => other.view).toThrow("this explorer is closed");
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("explorer without a kernel that has comms", () => {
  it("has the same numbers and picture", async () => {
    const model = new ViT(CONFIG, { seed: 1 });
    const images = datasetToTensor(dataset);
    const shown = explorer({ model, classNames: dataset.classNames }, images, { state: "i1" });
    const { data } = await shown.bundle();
    expect(Object.keys(data).sort()).toEqual(["image/png", "text/plain"]);
    expect(String(shown)).toContain("image 1");
    expect(stateToText(shown.state)).toBe("i1.qc.b1.h0.k0");
    shown.close();
    images.dispose();
    model.dispose();
  });

  it("refuses what isn't a model, images, a state or a language", () => {
    const model = new ViT(CONFIG, { seed: 1 });
    const before = tf.memory().numTensors;
    expect(() => explorer("vit" as never, dataset)).toThrow("give a ViT");
    expect(() => explorer(model, "cat.jpg" as never)).toThrow("explorer got");
    expect(() => explorer(model, Promise.resolve() as never)).toThrow("await it first");
    expect(() => explorer(model, shapes({ split: "test", count: 101 }))).toThrow(
      "explorer got 101 images: give at most 100",
    );
    expect(() => explorer(model, dataset, { state: "hello" })).toThrow("is no state of an explorer");
    expect(() => explorer(model, dataset, { language: "de" as never })).toThrow("language");
    expect(() => explorer(model, dataset, { lang: "de" } as never)).toThrow("lang");
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
