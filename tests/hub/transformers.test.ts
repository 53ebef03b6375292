import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SafetensorsFile } from "../../src/base/node/safetensors-file";
import { hubTrace } from "../../src/hub/hub-trace";
import { ImageProcessor, loadImageProcessor } from "../../src/hub/image-processor";
import { loadViT } from "../../src/hub/load-vit";
import type { Fields } from "../../src/hub/read-json";
import { loadSafetensors, saveSafetensors } from "../../src/hub/safetensors-file";
import { saveViT } from "../../src/hub/save-vit";
import type { NamedArray } from "../../src/nn/module";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { safetensorsParts } from "./safetensors-parts";

/** A Python that has transformers: VITLAB_TRANSFORMERS_PYTHON, or that of `.venv-bench`. */
function transformersPython(): string | undefined {
  const python = process.env.VITLAB_TRANSFORMERS_PYTHON ?? join(__dirname, "..", "..", ".venv-bench", "bin", "python");
  if (!existsSync(python)) return undefined;
  const { status } = spawnSync(python, ["-c", "import transformers, torch, safetensors"]);
  return status === 0 ? python : undefined;
}

const python = transformersPython();
const work = mkdtempSync(join(tmpdir(), "vitlab-transformers-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function peer(...args: string[]): void {
  execFileSync(python as string, [join(__dirname, "python", "transformers_peer.py"), ...args], {
    env: { ...process.env, HF_HUB_OFFLINE: "1", CUDA_VISIBLE_DEVICES: "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function expectClose(name: string, got: NamedArray | undefined, want: NamedArray | undefined, atol: number): void {
  expect(got?.shape, name).toEqual(want?.shape);
  const worst = Math.max(...(got?.data ?? []).map((value, i) => Math.abs(value - (want?.data[i] ?? Number.NaN))));
  expect(worst, name).toBeLessThan(atol);
}

beforeAll(async () => {
  await useEngine(undefined, { quiet: true });
});

describe.runIf(python !== undefined)("Python's transformers", () => {
  it("opens what saveViT wrote, and computes the same logits to 1e-5", { timeout: 300_000 }, async () => {
    const small: ViTConfig = { imageSize: 16, patchSize: 4, dim: 48, depth: 2, heads: 6, mlpDim: 40, classes: 3 };
    const configs: Record<string, ViTConfig> = {
      plain: { ...small, dropout: 0.1, attentionDropout: 0.2 },
      gray: { ...small, channels: 1, qkvBias: false },
      oblong: { ...small, imageSize: [8, 20], activation: "gelu_tanh", layerNormEps: 1e-5 },
      relu: { ...small, activation: "relu", positions: "sincos2d", patchOrder: "hwc" },
    };
    const logits: Record<string, NamedArray> = {};
    for (const [i, [name, config]] of Object.entries(configs).entries()) {
      const model = new ViT(config, { seed: i });
      // Larger weights, so that a mistake shows.
      for (const variable of model.parameters())
        tf.tidy(() => variable.assign(tf.add(variable, tf.randomNormal(variable.shape, 0, 0.1, "float32", i))));
      const folder = join(work, "ours", name);
      await saveViT(model, folder, { classNames: ["ant", "bee", "cow"] });
      const [height, width] = typeof config.imageSize === "number" ? [16, 16] : config.imageSize;
      const pixels = tf.randomUniform([3, config.channels ?? 3, height, width], -1, 1, "float32", i);
      const data = pixels.dataSync() as Float32Array;
      await saveSafetensors(join(folder, "pixel_values.safetensors"), { pixel_values: { shape: pixels.shape, data } });
      logits[name] = hubTrace(model, pixels).logits as NamedArray;
      pixels.dispose();
      model.dispose();
    }
    const told = join(work, "told.json");
    peer("logits", told, ...Object.keys(configs).map((name) => join(work, "ours", name)));
    for (const [name, model] of Object.entries(JSON.parse(readFileSync(told, "utf8")))) {
      expect(model).toEqual({ class: "ViTForImageClassification", labels: ["ant", "bee", "cow"] });
      const { logits: want } = await loadSafetensors(join(work, "ours", name, "logits.safetensors"));
      expectClose(name, logits[name], want, 1e-5);
    }
  });

  it("writes models that loadViT opens with the same numbers, and that come back to the byte", {
    timeout: 300_000,
  }, async () => {
    const theirs = join(work, "theirs");
    peer("make", theirs);
    const names = readdirSync(theirs);
    expect(names.length).toBe(10);
    for (const name of names) {
      const folder = join(theirs, name);
      const loaded = await loadViT(folder, { say: () => {} });
      const { model, imageSize } = loaded;
      if (existsSync(join(folder, "want.safetensors"))) {
        const { pixel_values } = await loadSafetensors(join(folder, "pixel_values.safetensors"));
        const { shape, data } = pixel_values as NamedArray;
        const pixels = tf.tensor(data, [...shape]);
        const interpolatePositions = name.includes("interpolated");
        const got = hubTrace(model, pixels, { imageSize, interpolatePositions });
        pixels.dispose();
        const want = await loadSafetensors(join(folder, "want.safetensors"));
        expect(Object.keys(got).sort()).toEqual(Object.keys(want).sort());
        for (const [key, value] of Object.entries(want)) expectClose(`${name}: ${key}`, got[key], value, 2e-5);
      }
      expect(loaded.newHead, name).toBe(name === "encoder");
      if (!loaded.newHead) {
        const back = join(work, "back", name);
        await saveViT(model, back, loaded);
        await expectSameBytes(back, folder);
      }
      model.dispose();
    }
  });
});

function bytesOf(numbers: Float32Array = new Float32Array()): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** A folder of a golden model, loaded and written again with other fields. */
async function rewritten(name: string, from: string, change: { config?: object; processor?: Fields }): Promise<string> {
  const folder = join(work, "rewritten", name);
  const source = join(work, "source", name);
  cpSync(join(__dirname, "..", "goldens", "hf_kinds", from), source, { recursive: true });
  const file = join(source, "config.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...change.config }));
  if (change.processor) writeFileSync(join(source, "preprocessor_config.json"), JSON.stringify(change.processor));
  const loaded = await loadViT(source);
  await saveViT(loaded.model, folder, loaded);
  loaded.model.dispose();
  return folder;
}

describe.runIf(python !== undefined)("what loadViT read and saveViT wrote, in Python's transformers,", () => {
  const picture = join(__dirname, "..", "goldens", "processor", "noise_300x200.png");

  it("answers as before, by its problem_type", { timeout: 300_000 }, async () => {
    const kinds = {
      three: [null, "multi_label_classification", "regression"],
      one: [null, "regression"],
      deit: [null],
    };
    const wanted: Record<string, { class: string; problem_type: string | null; scores: number[] }> = {};
    for (const [from, types] of Object.entries(kinds))
      for (const problem_type of types) {
        const folder = await rewritten(`${from}-${problem_type}`, from, { config: { problem_type } });
        const { model, imageProcessor } = await loadViT(folder);
        const images = await new ImageProcessor(imageProcessor().config, { passOrder: "pillow13" }).tensor(picture);
        const scores = tf.tidy(() => [...model.predict(images).dataSync()]);
        images.dispose();
        model.dispose();
        const kind = from === "deit" ? "DeiTForImageClassification" : "ViTForImageClassification";
        wanted[folder] = { class: kind, problem_type, scores };
      }
    const told = join(work, "answers.json");
    peer("answers", told, picture, ...Object.keys(wanted));
    const got = JSON.parse(readFileSync(told, "utf8")) as typeof wanted;
    for (const [folder, { scores, ...rest }] of Object.entries(wanted)) {
      expect(got[folder], folder).toMatchObject(rest);
      expect(got[folder]?.scores.length).toBe(scores.length);
      for (const [i, score] of scores.entries()) expect(got[folder]?.scores[i], folder).toBeCloseTo(score, 5);
    }
  });

  it("makes the same of a picture, to the last bit, by its image processor", { timeout: 300_000 }, async () => {
    const types = ["ViT", "DeiT", "Beit", "Pvt", "Siglip", "CLIP", "Bit", "Levit", "ConvNext"];
    const processors: Record<string, [from: string, processor: Fields]> = Object.fromEntries(
      types.map((type) => [type, ["three", { image_processor_type: `${type}ImageProcessor` }]]),
    );
    processors["a feature extractor of old"] = ["three", { feature_extractor_type: "CLIPFeatureExtractor", size: 30 }];
    processors["no type"] = ["three", { size: [12, 20] }];
    // Written by its type, as DeiT's model type alone would say another than ViT's.
    processors["no type, a DeiT's"] = ["deit", { image_mean: [0.1, 0.2, 0.3] }];
    processors["no type, a ViT-MSN's, which becomes a ViT"] = ["msn", { size: 20 }];
    const folders: string[] = [];
    for (const [name, [from, processor]] of Object.entries(processors))
      folders.push(await rewritten(name, from, { processor }));
    peer("pictures", picture, ...folders);
    for (const folder of folders) {
      const source = folder.replace("rewritten", "source");
      const values = await (await loadImageProcessor(source, { passOrder: "pillow13" })).tensor(picture);
      const { values: want } = await loadSafetensors(join(folder, "picture.safetensors"));
      expect(values.shape, folder).toEqual(want?.shape);
      expect(bytesOf(values.dataSync() as Float32Array).equals(bytesOf(want?.data)), folder).toBe(true);
      values.dispose();
    }
  });
});

/** Every tensor of the first folder has the bytes that it has in the second. */
async function expectSameBytes(ours: string, theirs: string): Promise<void> {
  const own = readFileSync(join(ours, "model.safetensors"));
  const one = join(theirs, "model.safetensors");
  if (existsSync(one)) {
    expect(safetensorsParts(own), theirs).toEqual(safetensorsParts(readFileSync(one)));
    return;
  }
  const all = await loadSafetensors(join(ours, "model.safetensors"));
  const shards = readdirSync(theirs).filter((name) => name.endsWith(".safetensors"));
  expect(shards.length).toBeGreaterThan(1);
  let count = 0;
  for (const shard of shards) {
    const file = await SafetensorsFile.open(join(theirs, shard));
    for (const name of file.names()) {
      expect(all[name], name).toEqual(await file.read(name));
      count++;
    }
    await file.close();
  }
  expect(count).toBe(Object.keys(all).length);
}
