import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ByteImage } from "../../src/data/byte-image";
import { imageAt, splitDataset } from "../../src/data/dataset";
import { writePng } from "../../src/data/image-file";
import { imageFolder } from "../../src/data/image-folder";
import { shapes } from "../../src/data/shapes";
import { loadViT } from "../../src/hub/load-vit";
import { loadSafetensors, saveSafetensors } from "../../src/hub/safetensors-file";
import type { StateDict } from "../../src/nn/module";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { finetune } from "../../src/train/finetune";
import { jsonLines, vitlab, workFolder } from "./vitlab";

const work = workFolder();
const tiny = join(__dirname, "..", "goldens", "hf_vit_tiny");
const run = (line: string) => vitlab(work, line.split(" "));

/** ImageNet's mean and deviation, Pillow's bicubic filter: nothing of which is vitlab's own. */
const processor = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225], resample: 3 };

/** Photographs of one's own: oblong, larger than the model's images, one sub-folder a class. */
async function photos(folder: string, classes: Record<string, number>, count: number): Promise<void> {
  const drawn = shapes({ split: "train", count: 400, size: 48 });
  for (const [name, label] of Object.entries(classes)) {
    const found = [...drawn.labels.keys()].filter((i) => drawn.labels[i] === label).slice(0, count);
    for (const [i, index] of found.entries()) {
      const { width, channels, pixels } = imageAt(drawn, index);
      const height = 40;
      const cut = { width, height, channels, pixels: pixels.slice(0, width * height * channels) };
      await writePng(join(work, folder, name, `photo ${i}.png`), cut);
    }
  }
}

beforeAll(async () => {
  await useEngine("wasm", { quiet: true });
  cpSync(tiny, join(work, "vit"), { recursive: true });
  const file = join(work, "vit", "preprocessor_config.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...processor }));
  await photos("photos", { Mieze: 3, Rex: 5, Auto: 1 }, 12);
});

/** Logits of a photograph as the library gives them, by the model's own processor. */
async function logitsOf(folder: string, photo: string): Promise<number[]> {
  const { model, imageProcessor } = await loadViT(folder, { say: () => {} });
  const images = await imageProcessor().tensor([photo]);
  const logits = tf.tidy(() => [...model.forward(images).dataSync()]);
  images.dispose();
  model.dispose();
  return logits;
}

const softmax = (logits: number[]) => {
  const powers = logits.map(Math.exp);
  return powers.map((power) => power / powers.reduce((sum, other) => sum + other));
};

describe("a model of Hugging Face's, fine-tuned on photographs of one's own", () => {
  it("gets a head for them, knows their names, and goes back to where it came from", async () => {
    const tuned = await run("finetune vit --data photos --epochs 2 --batch-size 8 --json");
    expect(tuned.code).toBe(0);
    expect(tuned.stderr).toContain(
      "a new head of 3 classes (Auto, Mieze, Rex) replaces that of 10; it knows nothing yet",
    );
    expect(tuned.stderr).toContain("saved in vit-finetuned: vitlab predict vit-finetuned PICTURE asks it");
    const test = jsonLines(tuned.stdout).at(-1);
    const photo = join("photos", "Mieze", "photo 0.png");
    const exported = await run("export vit-finetuned for-transformers");
    expect(exported).toMatchObject({ code: 0, stderr: "" });
    const answers = await Promise.all(
      ["vit-finetuned", "for-transformers"].map(async (model) => {
        const predicted = await vitlab(work, ["predict", model, photo, "--json"]);
        const evaluated = JSON.parse((await run(`evaluate ${model} --data photos --split test --json`)).stdout);
        expect(evaluated).toMatchObject({ testAccuracy: test?.testAccuracy, images: test?.testImages });
        expect(evaluated.testLoss).toBeCloseTo(test?.testLoss as number, 5);
        return JSON.parse(predicted.stdout).predictions[0] as { classNames: string[]; probabilities: number[] };
      }),
    );
    const library = softmax(await logitsOf(join(work, "for-transformers"), join(work, photo)));
    for (const { classNames, probabilities } of answers) {
      expect(classNames).toEqual(["Auto", "Mieze", "Rex"]);
      for (const [i, value] of probabilities.entries()) expect(value).toBeCloseTo(library[i] as number, 5);
    }
    const read = (file: string) => JSON.parse(readFileSync(join(work, "for-transformers", file), "utf8"));
    expect(read("preprocessor_config.json")).toMatchObject({ ...processor, size: { height: 30, width: 30 } });
    expect(read("config.json")).toMatchObject({ id2label: { 0: "Auto", 1: "Mieze", 2: "Rex" }, model_type: "vit" });
  });

  it("is measured with its own resize, mean and deviation, once", async () => {
    await photos("ten", Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`LABEL_${i}`, i])), 2);
    const { stdout } = await run("evaluate vit --data ten --split all --json");
    const { allLoss, images } = JSON.parse(stdout);
    let loss = 0;
    for (let label = 0; label < 10; label++)
      for (let i = 0; i < 2; i++) {
        const photo = join(work, "ten", `LABEL_${label}`, `photo ${i}.png`);
        loss -= Math.log(softmax(await logitsOf(join(work, "vit"), photo))[label] as number) / 20;
      }
    expect(images).toBe(20);
    expect(allLoss).toBeCloseTo(loss, 5);
  });

  it("does so in a cell, too", async () => {
    const { model, imageProcessor, imageSize } = await loadViT(join(work, "vit"), {
      classNames: ["Auto", "Mieze", "Rex"],
      say: () => {},
    });
    const processor = imageProcessor();
    const resize = (image: ByteImage) => processor.pixels(image);
    const all = await imageFolder(join(work, "photos"), { size: imageSize, resize });
    const { history } = await finetune(model, { ...splitDataset(all, { validation: 0.2 }), epochs: 1, timing: false });
    expect(history[0]).toMatchObject({ epoch: 1, validationAccuracy: expect.any(Number) });
    model.dispose();
  });

  it("may have no head, and images that its patches don't cover", async () => {
    const headless = await spoiled("headless", "weights", (tensors) => {
      delete tensors["classifier.weight"];
      delete tensors["classifier.bias"];
    });
    const file = join(work, headless, "config.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), image_size: 31 }));
    const preprocessor = join(work, headless, "preprocessor_config.json");
    writeFileSync(preprocessor, JSON.stringify({ ...processor, size: 31 }));
    const { code, stdout } = await run(`finetune ${headless} --data photos --probe --epochs 3 --out probed`);
    expect(code).toBe(0);
    expect(stdout).toContain("a new head of 3 classes (Auto, Mieze, Rex) takes the place of the missing one");
    expect((await run("export probed probed-hf")).code).toBe(0);
    const config = JSON.parse(readFileSync(join(work, "probed-hf", "config.json"), "utf8"));
    expect(config.image_size).toBe(31);
    const [ours, theirs] = await Promise.all(
      ["probed", "probed-hf"].map((model) => run(`evaluate ${model} --data photos --split all --json`)),
    );
    expect(JSON.parse(theirs?.stdout ?? "")).toEqual(JSON.parse(ours?.stdout ?? ""));
  });
});

/** A copy of the model with other weights, or another file. */
async function spoiled(name: string, what: string, change: (tensors: StateDict) => void): Promise<string> {
  cpSync(join(work, "vit"), join(work, name), { recursive: true });
  if (what === "weights") {
    const file = join(work, name, "model.safetensors");
    const tensors = await loadSafetensors(file);
    change(tensors);
    await saveSafetensors(file, tensors);
  }
  return name;
}

describe("vitlab finetune says in one line, and writes nothing", () => {
  const query = "vit.encoder.layer.1.attention.attention.query.weight";
  const weights = (name: string, change: (tensors: StateDict) => void) => () => spoiled(name, "weights", change);
  const file = (name: string, file: string, text: string) => async () => {
    await spoiled(name, "file", () => {});
    writeFileSync(join(work, name, file), text, "latin1");
    return name;
  };

  it.each<[string, () => Promise<string>, string]>([
    [
      "truncated weights",
      async () => {
        const name = await spoiled("cut", "file", () => {});
        truncateSync(join(work, name, "model.safetensors"), 30_000);
        return name;
      },
      "cut/model.safetensors is not a whole safetensors file",
    ],
    ["a header of 2 GB", file("giant", "model.safetensors", "\0\0\0\x7f\0\0\0\0{}"), "claims 2130706432 bytes of 2"],
    ["NaN", weights("nan", (t) => void t[query]?.data.set([Number.NaN], 7)), `tensor ${query} holds NaN at number 7`],
    ["a missing tensor", weights("less", (t) => void delete t[query]), `the weights have no tensor ${query}`],
    [
      "another shape",
      weights("shape", (t) => void Object.assign(t, { [query]: { shape: [2], data: new Float32Array(2) } })),
      `tensor ${query} is [2], and config.json asks for [32, 32]`,
    ],
    ["another architecture", file("bert", "config.json", '{"model_type": "bert"}'), 'is of a model of type "bert"'],
    [
      "a processor without meaning",
      file("odd", "preprocessor_config.json", '{"resample": 9}'),
      "odd/preprocessor_config.json: the image processor's resample is 9",
    ],
    [
      "a processor that makes other sizes",
      file("shortest", "preprocessor_config.json", '{"size": {"shortest_edge": 30}}'),
      'makes 30x36 of an image of 40x48, and the model takes 30x30: set its size to { "height": 30, "width": 30 }',
    ],
  ])("%s", async (_, spoil, message) => {
    const { code, stderr } = await run(`finetune ${await spoil()} --data photos --out wrong`);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.match(/^error: /gm)?.length).toBe(1);
    expect(existsSync(join(work, "wrong"))).toBe(false);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      "a class of pictures that are none",
      (folder) => {
        for (const photo of readdirSync(join(folder, "Rex"))) writeFileSync(join(folder, "Rex", photo), "hello");
      },
      "no picture of Rex in ",
    ],
    [
      "one class",
      (folder) => {
        for (const name of ["Auto", "Rex"]) rmSync(join(folder, name), { recursive: true });
      },
      "has one class (Mieze): a classifier needs at least two sub-folders",
    ],
    ["a class without images", (folder) => mkdirSync(join(folder, "Vogel")), "Vogel has no images: put .png"],
    [
      "too few images",
      (folder) => {
        for (const name of readdirSync(folder))
          for (const photo of readdirSync(join(folder, name)).slice(1)) rmSync(join(folder, name, photo));
      },
      "has 3 images, too few to hold some out for validation and for the test: give at least 5",
    ],
  ])("%s", async (_, spoil, message) => {
    rmSync(join(work, "wrong-photos"), { recursive: true, force: true });
    cpSync(join(work, "photos"), join(work, "wrong-photos"), { recursive: true });
    spoil(join(work, "wrong-photos"));
    const { code, stderr } = await run("finetune vit --data wrong-photos --out wrong");
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.match(/^error: /gm)?.length).toBe(1);
    expect(existsSync(join(work, "wrong"))).toBe(false);
  });

  it("a result in the model's own place", async () => {
    expect(await run("finetune vit --data photos --out ./vit/ --overwrite")).toMatchObject({
      code: 1,
      stderr: "error: ./vit/ is the model itself, which would be lost: choose another folder (--out)\n",
    });
  });
});
