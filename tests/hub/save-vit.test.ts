import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SafetensorsFile } from "../../src/base/node/safetensors-file";
import { hubTrace } from "../../src/hub/hub-trace";
import { loadViT } from "../../src/hub/load-vit";
import { loadSafetensors, saveSafetensors } from "../../src/hub/safetensors-file";
import { saveViT } from "../../src/hub/save-vit";
import { MODULE_NAMES } from "../../src/hub/weight-table";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { onEveryEngine } from "../support/engines";
import { safetensorsParts } from "./safetensors-parts";

const golden = (name: string) => join(__dirname, "..", "goldens", name);
const work = mkdtempSync(join(tmpdir(), "vitlab-save-vit-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const FILES = ["config.json", "model.safetensors", "preprocessor_config.json"];
const small: ViTConfig = { imageSize: 8, patchSize: 4, dim: 12, depth: 1, heads: 3, mlpDim: 16, classes: 3 };
const silent = { say: () => {} };

const read = (...path: string[]) => readFileSync(join(...path));
const json = (...path: string[]) => JSON.parse(read(...path).toString());

function logits(model: ViT, channels = 3): number[] {
  const { imageSize } = model.config;
  const [height, width] = typeof imageSize === "number" ? [imageSize, imageSize] : imageSize;
  return tf.tidy(() => [
    ...model.forward(tf.randomUniform([2, height, width, channels], -1, 1, "float32", 7) as never).dataSync(),
  ]);
}

function expectSame(got: number[], want: number[], digits = 5): void {
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(want[i] as number, digits);
  });
}

onEveryEngine("a folder in Hugging Face's format", (engine) => {
  it.each(["hf_vit_tiny", "hf_vit_micro"])(
    "%s of transformers comes back to the byte, but for a SHA-256 in the header",
    async (name) => {
      const loaded = await loadViT(golden(name));
      const folder = join(work, engine, name);
      await saveViT(loaded.model, folder, loaded);
      const [ours, theirs] = [folder, golden(name)].map((dir) => safetensorsParts(read(dir, "model.safetensors")));
      expect(ours?.numbers.equals(theirs?.numbers as Buffer)).toBe(true);
      expect(ours?.header).toEqual(theirs?.header);
      expect(Object.keys(ours?.header ?? {})).toEqual(Object.keys(theirs?.header ?? {}));
      for (const file of ["config.json", "preprocessor_config.json"]) {
        // The same in the same order; Python writes 0.0 where JavaScript writes 0.
        const lines = (dir: string) => read(dir, file).toString().replaceAll("0.0,", "0,");
        expect(lines(folder)).toBe(lines(golden(name)));
      }
      loaded.model.dispose();
    },
  );

  const configs: [string, ViTConfig][] = [
    ["plain", small],
    ["one channel, no qkv bias, not square", { ...small, channels: 1, qkvBias: false, imageSize: [8, 12] }],
    ["48 wide with 6 heads", { ...small, dim: 48, heads: 6, activation: "gelu_tanh", layerNormEps: 1e-6 }],
    ["ReLU, and patches flattened channel last", { ...small, activation: "relu", patchOrder: "hwc" }],
    ["sines and cosines, which become a table", { ...small, positions: "sincos2d" }],
    ["no positions, which become zeros", { ...small, positions: "none" }],
  ];
  it.each(configs)("a model of ours comes back: %s", async (name, config) => {
    const model = new ViT(config, { seed: 5 });
    const folder = join(work, engine, name);
    const before = tf.memory().numTensors;
    await saveViT(model, folder, { classNames: ["ant", "bee", "cow"] });
    expect(tf.memory().numTensors, "tensors left behind").toBe(before);
    const back = await loadViT(folder, { say: (text) => expect.fail(text) });
    expect(back.classNames).toEqual(["ant", "bee", "cow"]);
    expectSame(logits(back.model, config.channels), logits(model, config.channels));
    model.dispose();
    back.model.dispose();
    expect(tf.memory().numTensors, "tensors left behind").toBeLessThan(before);
  });
});

describe("saveViT", () => {
  beforeAll(async () => {
    await useEngine("cpu", { quiet: true });
  });

  it.each(["F16", "BF16"] as const)("halves the file as %s, and reads its own to the bit", async (dtype) => {
    const model = new ViT(small, { seed: 5 });
    const [first, second] = ["first", "second"].map((name) => join(work, dtype, name)) as [string, string];
    await saveViT(model, first, { dtype });
    const back = await loadViT(first);
    expect(back.dtype).toBe(dtype);
    expect(json(first, "config.json").dtype).toBe(dtype === "F16" ? "float16" : "bfloat16");
    expectSame(logits(back.model), logits(model), 2);
    await saveViT(back.model, second, back);
    expect(read(second, "model.safetensors").equals(read(first, "model.safetensors"))).toBe(true);
    model.dispose();
    back.model.dispose();
  });

  it("keeps fields it doesn't know, and what config.json calls things", async () => {
    const from = join(work, "kept-from");
    const to = join(work, "kept-to");
    const model = new ViT(small, { seed: 5 });
    await saveViT(model, from);
    const { dtype: _, ...config } = json(from, "config.json");
    const extra = {
      my_note: { by: "me" },
      torch_dtype: "float32",
      hidden_act: "gelu_python",
      encoder_stride: 99,
      image_size: [9, 11],
    };
    writeFileSync(join(from, "config.json"), JSON.stringify({ ...config, ...extra }));
    writeFileSync(join(from, "preprocessor_config.json"), JSON.stringify({ crop_pct: 0.9 }));
    const loaded = await loadViT(from, silent);
    expect(loaded.imageSize).toEqual([9, 11]);
    await saveViT(loaded.model, to, loaded);
    expect(json(to, "config.json")).toEqual({ ...config, ...extra });
    expect(json(to, "preprocessor_config.json")).toEqual({
      crop_pct: 0.9,
      image_processor_type: "ViTImageProcessor",
    });
    loaded.model.dispose();
    model.dispose();
  });

  it("changes the files of a folder that is there, and leaves the others", async () => {
    const folder = join(work, "used");
    const model = new ViT(small, { seed: 5 });
    await saveViT(model, folder);
    writeFileSync(join(folder, "README.md"), "mine");
    const other = new ViT({ ...small, classes: 5 }, { seed: 6 });
    await saveViT(other, folder);
    expect(readdirSync(folder).sort()).toEqual(["README.md", ...FILES].sort());
    expect((await loadViT(folder)).classNames.length).toBe(5);
    expect(read(folder, "README.md").toString()).toBe("mine");
    other.dispose();
    model.dispose();
  });

  it("writes nothing at all where a weight can't be written", async () => {
    const folder = join(work, "nothing");
    const model = new ViT(small, { seed: 5 });
    model.head.weight.assign(tf.fill([12, 3], 70_000));
    await expect(saveViT(model, folder, { dtype: "F16" })).rejects.toThrow(
      "tensor classifier.weight holds 70000, which is too large for F16: write it as F32",
    );
    model.head.weight.assign(tf.fill([12, 3], Number.NaN));
    await expect(saveViT(model, folder)).rejects.toThrow("tensor classifier.weight holds NaN: the training went wrong");
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(work).filter((name) => name.includes("nothing"))).toEqual([]);
    writeFileSync(join(work, "a-file"), "");
    await expect(saveViT(model, join(work, "a-file"))).rejects.toThrow();
    model.dispose();
  });

  it.each<[string, Partial<ViTConfig>, string]>([
    ["post-norm", { norm: "post" }, "its layer normalization comes after each part"],
    ["no last norm", { finalNorm: false }, "it has no layer normalization after the last block"],
    ["mean pooling", { pool: "mean" }, "its head reads the mean of the patches"],
    ["no class token", { pool: "mean", classToken: false }, "it has no class token"],
    ["attention over the batch", { attentionOverBatch: true }, "its attention runs over the batch"],
  ])("refuses what transformers' ViT isn't: %s", async (_, part, message) => {
    const model = new ViT({ ...small, ...part });
    await expect(saveViT(model, join(work, "refused"))).rejects.toThrow(message);
    model.dispose();
  });

  it("says what is missing where the model or the folder isn't one", async () => {
    const model = new ViT(small);
    await expect(saveViT("models/mine" as never, model as never)).rejects.toThrow(
      'saveViT got "models/mine" for its model: give a ViT, as loadModel gives it under model',
    );
    await expect(saveViT(Promise.resolve(model) as never, join(work, "refused"))).rejects.toThrow(
      "the model of saveViT is a promise: await it first",
    );
    await expect(saveViT(model, undefined as never)).rejects.toThrow(
      'saveViT got undefined for its folder: give a path, as in "runs/mine"',
    );
    model.dispose();
  });

  it("wants one label for each class, and a dtype it knows", async () => {
    const model = new ViT(small);
    await expect(saveViT(model, work, { classNames: ["a"] })).rejects.toThrow(
      "classNames names 1 classes, and the model has 3",
    );
    await expect(saveViT(model, work, { dtype: "F64" as never })).rejects.toThrow('dtype is "F64"');
    model.dispose();
  });
});

describe("the layouts that loadViT reads", () => {
  beforeAll(async () => {
    await useEngine("cpu", { quiet: true });
  });
  const micro = golden("hf_vit_micro");

  /** The micro model with its tensors renamed, its config changed. */
  async function variant(name: string, rename: (tensor: string) => string | undefined, config: object = {}) {
    const folder = join(work, name);
    cpSync(micro, folder, { recursive: true });
    const renamed: Record<string, { shape: readonly number[]; data: Float32Array }> = {};
    for (const [tensor, value] of Object.entries(await loadSafetensors(join(micro, "model.safetensors")))) {
      const other = rename(tensor);
      if (other !== undefined) renamed[other] = value;
    }
    await saveSafetensors(join(folder, "model.safetensors"), renamed);
    writeFileSync(join(folder, "config.json"), JSON.stringify({ ...json(micro, "config.json"), ...config }));
    return folder;
  }

  async function expectLogitsOfMicro(folder: string) {
    const { model } = await loadViT(folder, { say: (text) => expect.fail(text) });
    const { model: own } = await loadViT(micro);
    expectSame(logits(model), logits(own), 7);
    model.dispose();
    own.dispose();
  }

  it("names as in the memory of transformers 5", async () => {
    const { qkv, projection, fc1, fc2, layer } = MODULE_NAMES;
    const folder = await variant("memory", (name) =>
      name
        .replace("encoder.layer.", layer)
        .replace("attention.attention.query", qkv[0])
        .replace("attention.attention.key", qkv[1])
        .replace("attention.attention.value", qkv[2])
        .replace("attention.output.dense", projection)
        .replace("intermediate.dense", fc1)
        .replace("output.dense", fc2),
    );
    const file = await SafetensorsFile.open(join(folder, "model.safetensors"));
    expect(file.names()).toContain("vit.layers.1.mlp.fc2.weight");
    await file.close();
    await expectLogitsOfMicro(folder);
  });

  it("weights in several files", async () => {
    const folder = await variant("sharded", (name) => name);
    const all = Object.entries(await loadSafetensors(join(folder, "model.safetensors")));
    rmSync(join(folder, "model.safetensors"));
    const shards = [all.slice(0, 20), all.slice(20)];
    const weight_map: Record<string, string> = {};
    for (const [i, shard] of shards.entries()) {
      const name = `model-0000${i + 1}-of-00002.safetensors`;
      await saveSafetensors(join(folder, name), Object.fromEntries(shard));
      for (const [tensor] of shard) weight_map[tensor] = name;
    }
    const index = join(folder, "model.safetensors.index.json");
    writeFileSync(index, JSON.stringify({ metadata: {}, weight_map }));
    await expectLogitsOfMicro(folder);

    writeFileSync(index, JSON.stringify({ weight_map: { ...weight_map, more: "model-00001-of-00002.safetensors" } }));
    await expect(loadViT(folder)).rejects.toThrow("model-00001-of-00002.safetensors has no tensor more");
    writeFileSync(index, JSON.stringify({ weight_map: { ...weight_map, more: "../model.safetensors" } }));
    await expect(loadViT(folder)).rejects.toThrow("does not list the file of each tensor");
    writeFileSync(index, JSON.stringify({ weight_map }));
    rmSync(join(folder, "model-00002-of-00002.safetensors"));
    await expect(loadViT(folder)).rejects.toThrow(
      "model-00002-of-00002.safetensors can't be read: there is no such file",
    );
  });

  it.each([
    ["DataParallel's", (name: string) => `module.${name}`],
    ["torch.compile's", (name: string) => `_orig_mod.${name}`],
    ["both, one in the other", (name: string) => `module._orig_mod.${name}`],
    ["a module of one's own", (name: string) => `net.model.${name}`],
    ["the encoder's alone", (name: string) => name.replace(/^vit\./, "vit._orig_mod.")],
    ["the head's alone", (name: string) => name.replace(/^classifier/, "vit.classifier")],
    ["none, without the encoder's name", (name: string) => name.replace(/^vit\./, "")],
    [
      "none in front of the layers, as transformers 5.23 writes ViT-MSN",
      (name: string) => name.replace(/^vit\.(?=encoder)/, ""),
    ],
  ])("a wrapper's prefix: %s", async (title, rename) => {
    const folder = await variant(`wrapped ${title}`, rename);
    await expectLogitsOfMicro(folder);
    const { newHead, model } = await loadViT(folder, { trainedHead: true });
    expect(newHead).toBe(false);
    model.dispose();
  });

  it("of several heads the one beside the encoder is read, and the others are named", async () => {
    const folder = await variant("two heads", (name) => `module.${name}`);
    const file = join(folder, "model.safetensors");
    const tensors = await loadSafetensors(file);
    const other = { shape: [5, 24], data: new Float32Array(120) };
    await saveSafetensors(file, { "classifier.weight": other, ...tensors });
    const said: string[] = [];
    const { model } = await loadViT(folder, { say: (text) => said.push(text) });
    expect(said).toEqual([`${folder}: left out classifier.weight, which a classifier doesn't use`]);
    expect(model.config.classes).toBe(21);
    model.dispose();
  });

  it("ViTModel: no prefix, no head, a pooler", async () => {
    const folder = await variant("encoder", (name) =>
      name === "classifier.weight"
        ? "pooler.dense.weight"
        : name === "classifier.bias"
          ? undefined
          : name.replace("vit.", ""),
    );
    const said: string[] = [];
    const { model, newHead } = await loadViT(folder, { classes: 2, say: (text) => said.push(text) });
    expect(newHead).toBe(true);
    await expect(loadViT(folder, { trainedHead: true })).rejects.toThrow(
      `${folder}: its weights have no classifier.weight, so it has no trained head; what it answers would be drawn at random, ` +
        `so fine-tune it first: npx vitlab finetune ${folder} --data folder:PICTURES`,
    );
    expect(said).toEqual([
      `${folder}: its weights have no classifier.weight, so it has no trained head; new head for 2 classes, drawn at random: train it before you trust its answers`,
      `${folder}: left out pooler.dense.weight, which a classifier doesn't use`,
    ]);
    const { model: own } = await loadViT(micro);
    const hidden = (vit: ViT) =>
      tf.tidy(() => [...(hubTrace(vit, tf.ones([1, 3, 24, 24])).last_hidden_state?.data ?? [])]);
    expectSame(hidden(model), hidden(own), 7);
    model.dispose();
    own.dispose();
  });

  it("the encoder of ViT-MAE, without its decoder", async () => {
    const rename = (name: string) => name.replace("classifier.", "decoder.decoder_pred.");
    const folder = await variant("mae", rename, { model_type: "vit_mae" });
    const said: string[] = [];
    const { model, classNames } = await loadViT(folder, { classNames: ["cat", "dog"], say: (text) => said.push(text) });
    expect(classNames).toEqual(["cat", "dog"]);
    expect(said.join("\n")).toContain("left out decoder.decoder_pred.bias, decoder.decoder_pred.weight");
    await saveViT(model, join(work, "mae-saved"), { classNames });
    expect(json(work, "mae-saved", "config.json")).toMatchObject({
      model_type: "vit",
      id2label: { 0: "cat", 1: "dog" },
    });
    model.dispose();
  });
});
