import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { VitlabError } from "../../src/base/error";
import { heatmap } from "../../src/figure/heatmap";
import { imageGrid } from "../../src/figure/image-grid";
import { show } from "../../src/figure/show";
import { tf } from "../../src/tensor/tf";
import { closeNotebook, fakeNotebook, words } from "./fake-notebook";
import { gradientImage } from "./images";

async function alphaAt(png: Buffer, x: number, y: number): Promise<number> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(x, y, 1, 1).data[3]!;
}

let printed: string[];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
});

afterEach(() => {
  closeNotebook();
  vi.restoreAllMocks();
});

describe("show in a notebook", () => {
  it("sends a plot as one output: its spec, SVG and words, and nothing that Plotly's own extension would take", async () => {
    const sent = fakeNotebook();
    const figure = heatmap([[1, 2]], { title: "Scores" });
    expect(await show(figure)).toBeUndefined();
    expect(sent).toHaveLength(1);
    expect(Object.keys(sent[0]!.data)).toEqual(["application/vnd.vitlab.plot.v1+json", "image/svg+xml", "text/plain"]);
    expect(sent[0]!.data["application/vnd.vitlab.plot.v1+json"]).toBe(figure.spec);
    expect(sent[0]!.data["image/svg+xml"]).toMatch(/^<svg /);
    expect(sent[0]!.data["text/plain"]).toBe(figure.text);
    expect(printed).toEqual([]);
  });

  it("shows a figure that is the value of a cell just so, by IPython's _repr_mimebundle_", async () => {
    const sent = fakeNotebook();
    for (const figure of [heatmap([[1, 2]]), imageGrid(gradientImage(4))]) {
      await show(figure);
      const { data, metadata } = sent.at(-1)!;
      expect(await figure._repr_mimebundle_()).toEqual([data, metadata]);
    }
  });

  it("sends an image as PNG and words, with its size on the page", async () => {
    const sent = fakeNotebook();
    await show(imageGrid(gradientImage(4)));
    expect(Object.keys(sent[0]!.data)).toEqual(["image/png", "text/plain"]);
    expect(
      Buffer.from(sent[0]!.data["image/png"] as string, "base64")
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    expect(sent[0]!.metadata).toEqual({ "image/png": { width: 312, height: 312 } });
  });

  it("leaves the ground of an image to the page, and paints it in files", async () => {
    const figure = imageGrid(gradientImage(4), { title: "Gradient" });
    const { data } = await figure.bundle();
    expect(await alphaAt(Buffer.from(data["image/png"] as string, "base64"), 2, 2)).toBe(0);
    expect(await alphaAt(await figure.png(), 2, 2)).toBe(255);
  });

  it("sends several figures in their order", async () => {
    const sent = fakeNotebook();
    await show([words("one"), words("two")]);
    expect(sent.map(({ data }) => data["text/plain"])).toEqual(["one", "two"]);
  });

  it("uses the running tslab kernel, whichever copy of tslab that is", async () => {
    const { cache } = createRequire(__filename);
    const sent: unknown[] = [];
    const idle = "/other/node_modules/tslab/dist/jupyter.js";
    const running = "/project/node_modules/tslab/dist/jupyter.js";
    const module = (exports: unknown) => ({ exports }) as NodeJS.Module;
    cache[idle] = module({ lastWriteDisplayData: null });
    cache[running] = module({ lastWriteDisplayData: (...args: unknown[]) => sent.push(args) });
    await show(words("hello"));
    delete cache[idle];
    delete cache[running];
    expect(sent).toEqual([[{ data: { "text/plain": "hello" }, metadata: {}, transient: {} }, false]]);
  });
});

describe("show of what is no figure", () => {
  const cases: [string, unknown, string][] = [
    ["a tensor", tf.zeros([2, 3]), "a tensor [2, 3]"],
    ["an image", gradientImage(4), "an image of 4x4 pixels"],
    ["nothing", undefined, "undefined"],
    ["a text", "cat", '"cat"'],
    ["a promise of a figure", Promise.resolve(words("one")), "a promise: await it first"],
    ["a list with something else in it", [words("one"), 7], "7"],
  ];
  it.each(cases)("names %s and what it takes", async (_, given, named) => {
    const sent = fakeNotebook();
    await expect(show(given as never)).rejects.toThrow(
      new VitlabError(`show takes a figure, such as imageGrid(images); got ${named}`),
    );
    expect(sent).toEqual([]);
  });
});

describe("show outside of a notebook", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "figures-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("prints the figure's words", async () => {
    await show(words("Scores\n2 rows"));
    expect(printed[0]).toBe("Scores\n2 rows");
  });

  it("saves into a folder when given one", async () => {
    await show(heatmap([[1, 2]], { title: "Scores of head 0!" }), { folder: join(folder, "new") });
    const path = join(folder, "new", "scores-of-head-0.svg");
    expect(printed).toContain(`saved as ${path}`);
    expect(await readFile(path, "utf8")).toMatch(/^<svg /);
  });
});
