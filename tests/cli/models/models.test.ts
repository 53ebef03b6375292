import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { shapes } from "../../../src/data/shapes";
import { writeImageFolder } from "../../../src/data/write-image-folder";
import { loadSafetensors, saveSafetensors } from "../../../src/hub/safetensors-file";
import type { StateDict } from "../../../src/nn/module";
import { useEngine } from "../../../src/tensor/node/engine";
import { loadCheckpoint, saveCheckpoint } from "../../../src/train/checkpoint/model-checkpoint";
import { ViT } from "../../../src/vit/model";
import { presets } from "../../../src/vit/presets";
import { Golden } from "../../support/golden";
import { vitlab, workFolder } from "../vitlab";

const work = workFolder();
const micro = join(__dirname, "..", "..", "goldens", "hf_vit_micro");
const classNames = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  const small = { imageSize: 16, patchSize: 4, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10 };
  const plain = new ViT(small, { seed: 1 });
  await saveCheckpoint(join(work, "plain"), plain, { classNames });
  const article = new ViT({ ...presets.articleSimpleViT, mlpDim: 16 }, { seed: 1 });
  await saveCheckpoint(join(work, "article"), article);
  await writeImageFolder(shapes({ count: 20, size: 16, seed: 1 }), join(work, "photos"));
  plain.dispose();
  article.dispose();
});

/** The sub-folders, one a class. */
function classFolders(): string[] {
  const inside = readdirSync(join(work, "photos"), { withFileTypes: true });
  return inside.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
}

/** Two pictures of the data set. */
function pictures(): string[] {
  const [first, second] = classFolders() as [string, string];
  return [first, second].map((name) => join("photos", name, readdirSync(join(work, "photos", name))[0] as string));
}

describe("vitlab predict", () => {
  it.each([
    ["a checkpoint", "plain", classNames],
    ["a folder of transformers'", micro, Array.from({ length: 21 }, (_, i) => `LABEL_${i}`)],
  ])("gives class probabilities of pictures: %s", async (_, model, labels) => {
    const files = pictures();
    const { code, stdout, stderr } = await vitlab(work, ["predict", model, ...files, "--json", "--engine", "cpu"]);
    expect([code, stderr.split("\n").length]).toEqual([0, 2]);
    const { predictions } = JSON.parse(stdout);
    expect(predictions.map(({ file }: { file: string }) => file)).toEqual(files);
    for (const { classNames: named, probabilities, className, class: best, probability } of predictions) {
      expect(named).toEqual(labels);
      expect(probabilities.length).toBe(labels.length);
      expect(probabilities.reduce((sum: number, value: number) => sum + value, 0)).toBeCloseTo(1, 5);
      expect(probability).toBe(Math.max(...probabilities));
      expect([labels[best], probabilities[best]]).toEqual([className, probability]);
    }
  });

  it("names the likeliest classes in plain text", async () => {
    const [file] = pictures() as [string];
    const { code, stdout } = await vitlab(work, ["predict", "plain", file, "--top", "2", "--engine", "cpu"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^photos\/.*\.png: [a-j] [0-9.]+ %, [a-j] [0-9.]+ %$/m);
  });
});

describe("vitlab trace", () => {
  const golden = new Golden("hf_vit_micro/golden");

  it("writes what transformers computes, under its names", async () => {
    const input = `${micro}/golden.safetensors`;
    expect(await vitlab(work, ["trace", micro, input, "out/trace.safetensors"])).toMatchObject({ code: 0, stderr: "" });
    const trace = await loadSafetensors(join(work, "out", "trace.safetensors"));
    const names = ["logits", "hidden_states.0", "hidden_states.1", "hidden_states.2", "attentions.0", "attentions.1"];
    expect(Object.keys(trace).sort()).toEqual([...names, "last_hidden_state"].sort());
    for (const [name, { shape, data }] of Object.entries(trace)) {
      expect(shape).toEqual(golden.shape(name));
      golden.expectClose(name, data);
    }
  });

  it("stretches positions where asked, and otherwise says how to ask", async () => {
    const pixels = { shape: golden.shape("interpolated/pixel_values"), data: golden.data("interpolated/pixel_values") };
    await saveSafetensors(join(work, "wide.safetensors"), { pixel_values: pixels });
    const args = ["trace", micro, "wide.safetensors", "wide-trace.safetensors"];
    const refused = await vitlab(work, args);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error: the images are 32x20: .*24x24; .*--interpolate-positions\)\n$/);
    expect(readdirSync(work)).not.toContain("wide-trace.safetensors");
    expect(await vitlab(work, [...args, "--interpolate-positions"])).toMatchObject({ code: 0 });
    const trace = await loadSafetensors(join(work, "wide-trace.safetensors"));
    for (const name of ["logits", "last_hidden_state", "attentions.0", "attentions.1"])
      golden.expectClose(`interpolated/${name}`, trace[name]?.data ?? []);
  });

  it("takes a checkpoint, of the article's kind too", async () => {
    const data = new Float32Array(3 * 32 * 32);
    await saveSafetensors(join(work, "black.safetensors"), { pixel_values: { shape: [1, 3, 32, 32], data } });
    const args = ["trace", "article", "black.safetensors", "article-trace.safetensors"];
    expect(await vitlab(work, args)).toMatchObject({ code: 0 });
    const trace = await loadSafetensors(join(work, "article-trace.safetensors"));
    expect(trace["hidden_states.2"]).toEqual(trace.last_hidden_state);
    expect(trace.logits?.shape).toEqual([1, 10]);
  });
});

describe("vitlab export", () => {
  it("writes a folder for transformers, which gives the same answers", async () => {
    const [file] = pictures() as [string];
    expect(await vitlab(work, ["export", "plain", "hub/plain"])).toMatchObject({ code: 0, stderr: "" });
    const config = JSON.parse(readFileSync(join(work, "hub", "plain", "config.json"), "utf8"));
    expect(config).toMatchObject({ architectures: ["ViTForImageClassification"], id2label: { 0: "a", 9: "j" } });
    const answers = await Promise.all(
      ["plain", "hub/plain"].map((model) => vitlab(work, ["predict", model, file, "--json", "--engine", "cpu"])),
    );
    const [ours, theirs] = answers.map(({ stdout }) => JSON.parse(stdout).predictions[0].probabilities);
    for (const i of classNames.keys()) expect(theirs[i]).toBeCloseTo(ours[i], 6);
  });

  it("writes the article's model for PyTorch", async () => {
    const args = ["export", "article", "article.safetensors", "--format", "torch-simple-vit"];
    expect(await vitlab(work, args)).toMatchObject({ code: 0 });
    const state = await loadSafetensors(join(work, "article.safetensors"));
    expect(state["transformer.layers.1.self_attn.in_proj_weight"]?.shape).toEqual([96, 32]);
  });

  it("writes a checkpoint of vitlab in 16 bits, of any architecture, that keeps what it knew of its training", async () => {
    const args = ["export", "article", "small", "--format", "vitlab", "--dtype", "F16"];
    const { code, stdout } = await vitlab(work, args);
    expect(code).toBe(0);
    expect(stdout).toContain("parameters as F16; loadCheckpoint opens it");
    const [before, after] = await Promise.all(["article", "small"].map((name) => loadCheckpoint(join(work, name))));
    expect([after?.about, after?.classNames.length]).toEqual([before?.about, 10]);
    const [exact, rounded] = [before, after].map((loaded) => loaded?.model.stateDict() ?? {}) as [StateDict, StateDict];
    for (const [name, { data }] of Object.entries(exact))
      data.forEach((value, i) => {
        expect(Math.abs((rounded[name]?.data[i] as number) - value), name).toBeLessThanOrEqual(
          Math.abs(value) / 2048 + 3e-8,
        );
      });
    const size = (name: string) => statSync(join(work, name, "model.safetensors")).size;
    expect(size("small")).toBeLessThan(0.6 * size("article"));
  });

  it("replaces nothing unasked", async () => {
    mkdirSync(join(work, "full"));
    writeFileSync(join(work, "full", "mine"), "");
    expect(await vitlab(work, ["export", "plain", "full"])).toMatchObject({
      code: 1,
      stderr: "error: full is there already: replace it (--overwrite), or choose another name\n",
    });
    const half = ["export", micro, "full", "--overwrite", "--dtype", "F16"];
    expect(await vitlab(work, half)).toMatchObject({ code: 0 });
    expect(readdirSync(join(work, "full")).sort()).toContain("mine");
    expect(JSON.parse(readFileSync(join(work, "full", "config.json"), "utf8")).dtype).toBe("float16");
  });
});

describe("vitlab evaluate", () => {
  it("measures a folder in Hugging Face's format, and holds its labels against the data's", async () => {
    const named = join(work, "named");
    expect(await vitlab(work, ["export", "plain", named])).toMatchObject({ code: 0 });
    const args = ["evaluate", "named", "--data", "folder:photos", "--split", "all", "--json"];
    expect((await vitlab(work, args)).stderr).toContain(
      "photos all has images of airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck, and the model has no such class (its classes are a, b,",
    );
    const config = JSON.parse(readFileSync(join(named, "config.json"), "utf8"));
    writeFileSync(join(named, "config.json"), JSON.stringify({ ...config, id2label: { ...classFolders() } }));
    const { code, stdout } = await vitlab(work, args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ split: "all", images: 20, allAccuracy: expect.any(Number) });
    expect(await vitlab(work, ["evaluate", "named"])).toMatchObject({
      code: 1,
      stderr: "error: named does not tell what it was trained on: give --data\n",
    });
  });
});

describe("says in one line", () => {
  beforeAll(() => {
    cpSync(micro, join(work, "bert"), { recursive: true });
    writeFileSync(join(work, "bert", "config.json"), '{"model_type": "bert"}');
    writeFileSync(join(work, "cut.safetensors"), readFileSync(join(micro, "model.safetensors")).subarray(0, 5000));
    mkdirSync(join(work, "empty"));
  });

  it.each<[string, string[]]>([
    ["there is no folder none: give a folder that training wrote", ["predict", "none", "x.png"]],
    ["empty has no config.json", ["predict", "empty", "x.png"]],
    [
      'is of a model of type "bert", which vitlab doesn\'t read: vitlab reads model_type "vit"',
      ["predict", "bert", "x.png"],
    ],
    ["there is no file x.png: give the path of a picture", ["predict", "plain", "x.png"]],
    ["micro.json is not a picture that can be read", ["predict", "plain", "micro.json"]],
    ["missing required argument 'images'", ["predict", "plain"]],
    ["none.safetensors can't be read: there is no such file", ["trace", micro, "none.safetensors", "o.safetensors"]],
    ["has no tensor pixel_values", ["trace", micro, `${micro}/model.safetensors`, "o.safetensors"]],
    ["cut.safetensors is not a whole safetensors file", ["trace", micro, "cut.safetensors", "o.safetensors"]],
    ["its layer normalization comes after each part", ["export", "article", "o"]],
    ["it has a layer normalization after the last block", ["export", "plain", "o", "--format", "torch-simple-vit"]],
  ])("%s", async (message, args) => {
    const { code, stderr } = await vitlab(work, args);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(code).toBe(1);
    expect(readdirSync(work).filter((name) => /^o$|^o\.|tmp$/.test(name))).toEqual([]);
  });
});
