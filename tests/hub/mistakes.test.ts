import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { loadViT } from "../../src/hub/load-vit";
import { loadSafetensors, saveSafetensors } from "../../src/hub/safetensors-file";
import type { StateDict } from "../../src/nn/module";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";

const micro = join(__dirname, "..", "goldens", "hf_vit_micro");
const work = mkdtempSync(join(tmpdir(), "vitlab-mistakes-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

let count = 0;

/** A copy of the micro model to spoil. */
function copy(): string {
  const folder = join(work, String(count++));
  cpSync(micro, folder, { recursive: true });
  return folder;
}

async function withConfig(change: (config: Record<string, unknown>) => unknown): Promise<string> {
  const folder = copy();
  const file = join(folder, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(change(config) ?? config));
  return folder;
}

async function withWeights(change: (tensors: StateDict) => void): Promise<string> {
  const folder = copy();
  const file = join(folder, "model.safetensors");
  const tensors = await loadSafetensors(file);
  change(tensors);
  await saveSafetensors(file, tensors);
  return folder;
}

async function withFile(name: string, contents: string | null): Promise<string> {
  const folder = copy();
  if (contents === null) rmSync(join(folder, name));
  else writeFileSync(join(folder, name), contents);
  return folder;
}

const query = "vit.encoder.layer.1.attention.attention.query.weight";

describe("loadViT says in one sentence", () => {
  it.each<[string, () => Promise<string>, string]>([
    ["no folder", async () => join(work, "none"), "there is no folder"],
    [
      "no config.json",
      () => withFile("config.json", null),
      "has no config.json: give a folder in Hugging Face's format",
    ],
    [
      "config.json cut off",
      () => withFile("config.json", '{"model_type": "v'),
      "config.json is not JSON: it was cut off",
    ],
    ["config.json a list", () => withFile("config.json", "[]"), "config.json does not hold a JSON object"],
    ["processor cut off", () => withFile("preprocessor_config.json", "{"), "preprocessor_config.json is not JSON"],
    [
      "another architecture",
      () => withConfig((config) => ({ ...config, model_type: "bert" })),
      'is of a model of type "bert", which vitlab doesn\'t read: vitlab reads model_type "vit"',
    ],
    [
      "a Vision Transformer of another build",
      () => withConfig((config) => ({ ...config, model_type: "dinov2" })),
      'is of a model of type "dinov2", a Vision Transformer of another build, which vitlab doesn\'t read: vitlab reads',
    ],
    [
      "a model of timm's",
      () => withConfig(() => ({ architecture: "vit_tiny_patch16_224", num_classes: 3, pretrained_cfg: {} })),
      "is of a model of timm's, \"vit_tiny_patch16_224\", whose weights vitlab doesn't read: vitlab reads model_type",
    ],
    [
      "no architecture",
      () => withConfig(() => ({ hidden_size: 3 })),
      "config.json has no model_type, so it doesn't say of which model it is: vitlab reads",
    ],
    [
      "an unknown problem_type",
      () => withConfig((config) => ({ ...config, problem_type: "ranking" })),
      'problem_type is "ranking"; expected one of single_label_classification, multi_label_classification, regression, or null',
    ],
    [
      "several heads, none beside the encoder",
      () =>
        withWeights((t) => {
          for (const end of ["weight", "bias"]) {
            for (const place of ["a", "b"])
              Object.assign(t, { [`${place}.classifier.${end}`]: t[`classifier.${end}`] });
            delete t[`classifier.${end}`];
          }
        }),
      "the weights have several heads (a.classifier, b.classifier) and none beside the encoder, vit.embeddings: take",
    ],
    [
      "a vitlab checkpoint",
      () => withConfig(() => ({ format: "vitlab-checkpoint/1" })),
      "open its folder with loadCheckpoint",
    ],
    [
      "an unknown activation",
      () => withConfig((config) => ({ ...config, hidden_act: "quick_gelu" })),
      'hidden_act is "quick_gelu"; expected one of gelu,',
    ],
    [
      "heads that don't divide",
      () => withConfig((c) => ({ ...c, num_attention_heads: 5 })),
      "num_attention_heads is 5; expected",
    ],
    [
      "a size in words",
      () => withConfig((c) => ({ ...c, hidden_size: "24" })),
      'hidden_size is "24"; expected a whole number',
    ],
    ["no layers", () => withConfig((c) => ({ ...c, num_hidden_layers: 0 })), "num_hidden_layers is 0; expected"],
    [
      "more layers than weights",
      () => withConfig((c) => ({ ...c, num_hidden_layers: 40 })),
      "no tensor vit.encoder.layer.2.",
    ],
    ["a giant", () => withConfig((c) => ({ ...c, hidden_size: 3000 })), "config.json asks for [1, 1, 3000]"],
    [
      "a patch larger than the image",
      () => withConfig((c) => ({ ...c, patch_size: 32 })),
      "patch_size is 32; expected at most",
    ],
    ["oblong patches", () => withConfig((c) => ({ ...c, patch_size: [4, 2] })), "patches of 4x2 are not square"],
    ["eps below zero", () => withConfig((c) => ({ ...c, layer_norm_eps: -1 })), "layer_norm_eps is -1; expected"],
    [
      "labels with a gap",
      () => withConfig((c) => ({ ...c, id2label: { 0: "a", 2: "c" } })),
      "id2label does not name classes",
    ],
    [
      "fewer labels",
      () => withConfig((c) => ({ ...c, id2label: { 0: "a" } })),
      "has 21 classes and config.json names 1: pass",
    ],
    ["no weights", () => withFile("model.safetensors", null), "has no model.safetensors"],
    [
      "weights of another format",
      async () => {
        const folder = await withFile("model.safetensors", null);
        writeFileSync(join(folder, "pytorch_model.bin"), "");
        return folder;
      },
      "has its weights in pytorch_model.bin only: write model.safetensors with",
    ],
    [
      "truncated weights",
      async () => {
        const folder = copy();
        truncateSync(join(folder, "model.safetensors"), 30_000);
        return folder;
      },
      "is not a whole safetensors file",
    ],
    ["an empty file", () => withFile("model.safetensors", ""), "it has 0 bytes, too few for a header"],
    [
      "a header of 2 GB",
      () => withFile("model.safetensors", "\u0000\u0000\u0000\u007f\u0000\u0000\u0000\u0000{}"),
      "its header claims 2130706432 bytes of 2",
    ],
    [
      "a missing tensor",
      () => withWeights((t) => void delete t[query]),
      `the weights have no tensor ${query}, which config.json`,
    ],
    [
      "a tensor of another shape",
      () => withWeights((t) => void Object.assign(t, { [query]: { shape: [2], data: new Float32Array(2) } })),
      `tensor ${query} is [2], and config.json asks for [24, 24]`,
    ],
    [
      "NaN",
      () => withWeights((t) => void t[query]?.data.set([Number.NaN], 7)),
      `tensor ${query} holds NaN at number 7`,
    ],
    [
      "infinity",
      () => withWeights((t) => void t["classifier.bias"]?.data.set([Number.POSITIVE_INFINITY])),
      "tensor classifier.bias holds Infinity",
    ],
    [
      "no ViT",
      () => withWeights((t) => void delete t["vit.embeddings.patch_embeddings.projection.weight"]),
      "so they are not those of a Vision Transformer as transformers names them",
    ],
  ])("%s", async (_, spoil, message) => {
    const folder = await spoil();
    const before = tf.memory().numTensors;
    const error = await loadViT(folder, { say: (text) => expect.fail(text) }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(VitlabError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain("\n");
    expect(tf.memory().numTensors, "tensors left behind").toBe(before);
  });

  it.each([
    [
      { newHead: true, trainedHead: true },
      "newHead draws a head at random, which trainedHead refuses: give one of them",
    ],
    [{ classes: 0 }, "classes is 0: it must be a whole number"],
    [{ classNames: [] }, "classNames is a list: give a list of names"],
    [{ classNames: ["a"], classes: 2 }, "classes is 2, and classNames names 1"],
    [{ clases: 3 } as never, "loadViT has no option clases: did you mean classes?"],
  ])("options %j", async (options, message) => {
    await expect(loadViT(micro, options)).rejects.toThrow(message);
  });
});

describe("loadViT tells of", () => {
  async function said(folder: string, options = {}) {
    const lines: string[] = [];
    const { model } = await loadViT(folder, { ...options, say: (text) => lines.push(text) });
    model.dispose();
    return lines.join("\n");
  }

  it("classes that are renamed, since the head goes on meaning the old ones", async () => {
    const named = Array.from({ length: 21 }, (_, i) => `class ${i}`);
    const folder = await withConfig((config) => ({ ...config, id2label: { ...named } }));
    expect(await said(folder)).toBe("");
    expect(await said(folder, { classNames: named })).toBe("");
    expect(await said(folder, { classNames: [...named].reverse() })).toContain(
      "its head is kept and its classes are renamed",
    );
    expect(await said(micro, { classNames: named })).toBe("");
  });

  it("a head that is drawn anew as asked", async () => {
    expect(await said(micro, { newHead: true })).toContain("its head was left out as asked; new head for 21 classes");
  });

  it("pixels that no patch covers", async () => {
    const folder = await withConfig((config) => ({ ...config, image_size: [26, 27] }));
    expect(await said(folder)).toContain("patches of 4 cover 24x24 pixels of images of 26x27");
  });
});
