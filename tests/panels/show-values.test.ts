import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLOT_MIME } from "../../src/figure/plot-mime";
import {
  type ByteImage,
  coverImage,
  cropSquare,
  datasetToTensor,
  evaluate,
  ImageProcessor,
  imageAt,
  pickClasses,
  pilResize,
  readImage,
  resizeImage,
  shapes,
  splitDataset,
  subset,
  fit as train,
  useEngine,
  type ViT,
  withTransform,
  writePng,
} from "../../src/index";
import { decodePng } from "../figure/decode-png";
import { colors, microModel } from "../train/micro";
import { shown, wordsOf } from "./shown";

let model: ViT;
beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  model = microModel();
});
afterAll(() => model.dispose());

/** A figure in a notebook's output as pixels. */
function picture(data: Record<string, unknown>) {
  return decodePng(Buffer.from(data["image/png"] as string, "base64"));
}

const drawn = shapes({ count: 30, seed: 2 });

describe("an image as the last value of a cell", () => {
  it("is the picture itself, in words its size", async () => {
    const red: ByteImage = {
      width: 2,
      height: 3,
      channels: 3,
      pixels: Uint8Array.from({ length: 18 }, (_, i) => (i % 3 ? 0 : 255)),
    };
    const data = await shown(pilResize(red, { width: 4, height: 6 }, { filter: "nearest" }));
    expect(Object.keys(data)).toEqual(["image/png", "text/plain"]);
    expect(wordsOf(data)).toBe("image of 6x4 pixels (height x width), 3 channels");
    const { width, height, at } = await picture(data);
    expect(at(width / 2, height / 2)).toBe("#ff0000");
  });

  it("whatever made it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "vitlab-shown-"));
    const file = path.join(folder, "cat.png");
    await writePng(file, imageAt(drawn, 0));
    const image = await readImage(file);
    rmSync(folder, { recursive: true });
    const processor = new ImageProcessor({ size: { height: 24, width: 24 } });
    const made = [
      image,
      imageAt(drawn, 3),
      cropSquare(image),
      await resizeImage(image, { width: 40, height: 20 }),
      await coverImage(image, { width: 9, height: 9 }),
      await processor.pixels(image),
      processor.fit(image),
    ];
    for (const one of made) {
      const data = await shown(one);
      expect((await picture(data)).width).toBeGreaterThan(100);
      expect(wordsOf(data)).toContain(`image of ${one.height}x${one.width} pixels`);
      expect(inspect(one)).toBe(wordsOf(data));
      expect(
        Object.keys({ ...one })
          .slice(0, 4)
          .sort(),
      ).toEqual(["channels", "height", "pixels", "width"]);
    }
  });

  it("is no larger than a page takes, however large the photograph", async () => {
    const photo = { width: 3000, height: 1500, channels: 3, pixels: new Uint8Array(3000 * 1500 * 3) };
    const data = await shown(cropSquare(photo));
    const { width, height } = await picture(data);
    // Twice the 480 pixels of the page, and the edge.
    expect([width, height]).toEqual([2 * (480 + 24), 2 * (480 + 24)]);
    expect(wordsOf(data)).toBe("image of 1500x1500 pixels (height x width), 3 channels");
  });

  it("is told of in words where it has neither colors nor gray", async () => {
    const odd = cropSquare({ width: 2, height: 2, channels: 5, pixels: new Uint8Array(20) });
    expect(await shown(odd)).toEqual({ "text/plain": "image of 2x2 pixels (height x width), 5 channels" });
  });
});

describe("a data set as the last value of a cell", () => {
  it("is its first images with their classes, in words its line as well", async () => {
    const data = await shown(drawn);
    expect((await picture(data)).width).toBeGreaterThan(600);
    const [line, images] = wordsOf(data).split("\n");
    expect(line).toBe(inspect(drawn));
    const names = Array.from({ length: 12 }, (_, i) => drawn.classNames[drawn.labels[i] as number]);
    expect(images).toBe(`the first 12: ${names.join(", ")}`);
  });

  it("whatever was taken of it", async () => {
    const parts = [
      subset(drawn, 5),
      splitDataset(drawn, { validation: 5 }).validation,
      pickClasses(drawn, ["cat", "dog"]),
      withTransform(drawn, (image) => pilResize(image, { width: 64, height: 64 }, { filter: "bilinear" })),
    ];
    for (const part of parts) {
      const data = await shown(part);
      expect(data["image/png"]).toBeDefined();
      expect(wordsOf(data).split("\n")[0]).toBe(inspect(part));
    }
    expect(wordsOf(await shown(subset(drawn, 3)))).toContain("\nall: ");
  });

  it("has few words though its names are long, and decodes no more images than it shows", async () => {
    let read = 0;
    const long = { ...drawn, classNames: drawn.classNames.map((name) => name.repeat(60)) };
    const counted = withTransform(long, (image) => {
      read++;
      return image;
    });
    read = 0;
    wordsOf(await shown(counted));
    expect(read).toBe(12);
  });

  it("still makes the tensors that it made", () => {
    const images = datasetToTensor(drawn, { indices: [0] });
    expect(images.shape).toEqual([1, 32, 32, 3]);
    images.dispose();
  });
});

describe("an evaluation as the last value of a cell", () => {
  it("is the confusion matrix and a row a class", async () => {
    const result = await evaluate(model, colors(31, { split: "test" }));
    const data = await shown(result);
    expect(Object.keys(data)).toEqual(["text/html", "text/plain"]);
    const html = data["text/html"] as string;
    const svg = Buffer.from(/data:image\/svg\+xml;base64,([^"]+)/.exec(html)?.[1] as string, "base64").toString();
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain("Confusion matrix");
    for (const { className, count, accuracy } of result.perClass)
      expect(html).toContain(`>${className}</td><td>${(100 * accuracy).toFixed(1)} %</td><td>${count}</td>`);
    expect(wordsOf(data).split("\n")[0]).toBe(inspect(result));
    expect(wordsOf(data)).toContain("worst classes: ");
  });

  it("of very many classes is the pairs that were confused most, and the worst classes", async () => {
    const classes = 1200;
    const many = microModel({ classes });
    const classNames = Array.from({ length: classes }, (_, i) => `class <${i}>`);
    const labels = Int32Array.from({ length: 240 }, (_, i) => i % 120);
    const data = await shown(await evaluate(many, { ...colors(240), classNames, labels }));
    many.dispose();
    const html = data["text/html"] as string;
    expect(html).not.toContain("<img");
    expect(html).toContain("the 20 worst of 120 classes");
    expect(html).toContain('<th style="text-align: left">taken for</th>');
    expect(html).not.toMatch(/class <\d/);
    expect(html.length).toBeLessThan(20_000);
    wordsOf(data);
  });
});

describe("a training as the last value of a cell", () => {
  const sets = { train: colors(12), validation: colors(6, { split: "validation" }) };

  it("is its curves when it is over, beside what guessing gets", async () => {
    const own = microModel();
    const run = train(own, { ...sets, epochs: 2, timing: false });
    const result = await run;
    const data = await shown(result);
    expect(Object.keys(data)).toEqual([PLOT_MIME, "image/svg+xml", "text/plain"]);
    const spec = data[PLOT_MIME] as { data: { name: string; y: number[] }[] };
    expect(spec.data.map(({ name }) => name)).toEqual(["training loss", "validation loss", "validation accuracy"]);
    expect(spec.data[0]?.y).toEqual(result.history.map(({ trainLoss }) => Number(trainLoss.toPrecision(5))));
    const words = wordsOf(data);
    expect(words.split("\n")[0]).toBe(inspect(result));
    expect(words).toMatch(
      /^training finished after 2 of 2 epochs and 2 steps in .*: training loss [\d.]+, validation loss/,
    );
    expect(words).toContain("chance: 0.3333");
    expect(wordsOf(await shown(run)).split("\n")[0]).toBe("training run: 2 of 2 epochs done, 2 of 2 steps");
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ reason: "finished", steps: 2 });
    own.dispose();
  });

  it("is its words before the first epoch, without waiting for anything", async () => {
    const own = microModel();
    const run = train(own, { ...sets, epochs: 1 });
    expect(await shown(run)).toEqual({ "text/plain": "training run: 0 of 1 epochs done, 0 of 1 steps" });
    await run;
    own.dispose();
  });

  it("has a history that is curves and a row an epoch, and in Node's console the numbers", async () => {
    const own = microModel();
    const run = train(own, { train: sets.train, epochs: 3, timing: false });
    const { history } = await run;
    for (const epochs of [history, run.history]) {
      const data = await shown(epochs);
      const html = data["text/html"] as string;
      expect(html).toContain("data:image/svg+xml;base64,");
      expect(html.match(/<tr>/g)?.length).toBe(4);
      expect(html).toContain(`<td>3</td><td>${history[2]?.trainLoss.toFixed(4)}</td><td>–</td><td>–</td>`);
      wordsOf(data);
    }
    expect(inspect(history)).toContain("trainLoss:");
    expect([...history]).toStrictEqual(history);
    own.dispose();
  });
});

describe("a trace as the last value of a cell", () => {
  it("is a table of names with shapes", async () => {
    const images = datasetToTensor(colors(1));
    const { logits, trace } = model.run(images);
    const data = await shown(trace);
    const html = data["text/html"] as string;
    for (const [name, shape] of Object.entries(trace.shapes()))
      expect(html).toContain(`>${name}</td><td style="text-align: left">${shape}</td>`);
    const first = `trace of a forward pass: ${trace.names().length} values, from patches [1, 4, 48] to logits [1, 3]`;
    expect(wordsOf(data).split("\n")[0]).toBe(first);
    expect(wordsOf(data)).toMatch(/^patches +\[1, 4, 48\] +192$/m);
    expect(wordsOf(data)).toMatch(/^… \d+ more, which trace\.names\(\) lists$/m);
    expect(inspect(trace)).toBe(first);
    for (const tensor of [images, logits, trace]) tensor.dispose();
    expect(inspect(trace)).toBe("trace of a forward pass: it holds nothing, or was disposed");
    expect(wordsOf(await shown(trace))).toContain("it holds nothing");
  });
});
