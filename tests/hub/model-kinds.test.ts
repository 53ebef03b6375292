import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hubTrace } from "../../src/hub/hub-trace";
import { loadViT } from "../../src/hub/load-vit";
import { loadSafetensors, saveSafetensors } from "../../src/hub/safetensors-file";
import { saveViT } from "../../src/hub/save-vit";
import type { NamedArray } from "../../src/nn/module";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint, saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import type { ViT } from "../../src/vit/model";
import { withNewHead } from "../../src/vit/new-head";
import { onEveryEngine } from "../support/engines";
import { safetensorsParts } from "./safetensors-parts";

const goldens = join(__dirname, "..", "goldens");
const kinds = join(goldens, "hf_kinds");
const picture = join(goldens, "processor", "gradient_32x32.png");
const work = mkdtempSync(join(tmpdir(), "vitlab-kinds-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const silent = { say: () => {} };
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));

let count = 0;

/** A copy of a folder with other fields in its config.json. */
function folderWith(name: string, fields: object): string {
  const folder = join(work, `${name}-${count++}`);
  cpSync(join(kinds, name), folder, { recursive: true });
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...json(folder, "config.json"), ...fields }));
  return folder;
}

function expectClose(got: ArrayLike<number> | undefined, want: ArrayLike<number>, what: string, atol = 1e-5): void {
  expect(got?.length, what).toBe(want.length);
  const worst = Math.max(...Array.from(want, (value, i) => Math.abs(value - (got?.[i] ?? Number.NaN))));
  expect(worst, what).toBeLessThan(atol);
}

interface Answer {
  folder: string;
  config: { problem_type: string | null };
  scores: number[];
}

const { answers } = json(kinds, "answers.json") as { answers: Answer[] };

onEveryEngine("predict answers as transformers' pipeline does", () => {
  it.each(answers.map((answer) => [answer.folder, answer.config, answer.scores] as const))(
    "%s labels with %j",
    async (name, config, scores) => {
      const { model, imageProcessor } = await loadViT(folderWith(name, config));
      const images = await imageProcessor().tensor(picture);
      const before = tf.memory().numTensors;
      const answer = model.predict(images);
      expectClose(answer.dataSync(), scores, "scores", 1e-6);
      answer.dispose();
      expect(tf.memory().numTensors).toBe(before);
      images.dispose();
      model.dispose();
    },
  );
});

onEveryEngine("a model of another kind", () => {
  it.each(["deit", "msn"])("%s: logits, hidden states and attention are transformers'", async (name) => {
    const said: string[] = [];
    const { model, newHead } = await loadViT(join(kinds, name), { say: (text) => said.push(text) });
    expect([newHead, said]).toEqual([false, []]);
    const { pixel_values, ...want } = await loadSafetensors(join(kinds, name, "want.safetensors"));
    const traced = (values: NamedArray, options = {}) => {
      const pixels = tf.tensor(values.data, [...values.shape]);
      const trace = hubTrace(model, pixels, options);
      pixels.dispose();
      return trace;
    };
    const before = tf.memory().numTensors;
    const { "wide.pixel_values": wide, "wide.logits": stretched, ...own } = want as Record<string, NamedArray>;
    const trace = traced(pixel_values as NamedArray);
    expect(Object.keys(trace).sort()).toEqual(Object.keys(own).sort());
    for (const [key, value] of Object.entries(own)) {
      expect(trace[key]?.shape, key).toEqual(value.shape);
      expectClose(trace[key]?.data, value.data, key);
    }
    const { logits } = traced(wide as NamedArray, { interpolatePositions: true });
    expectClose(logits?.data, (stretched as NamedArray).data, "stretched");
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe("a DeiT", () => {
  beforeAll(() => useEngine("cpu", { quiet: true }));

  it("comes back to the byte, but for a SHA-256 in the header, as a DeiT", async () => {
    const loaded = await loadViT(join(kinds, "deit"));
    expect(loaded.model.config.distillationToken).toBe(true);
    expect(inspect(loaded.model)).toContain("a distillation token");
    const folder = join(work, "deit-back");
    await saveViT(loaded.model, folder, loaded);
    const lines = (dir: string) => readFileSync(join(dir, "config.json"), "utf8").replaceAll("0.0,", "0,");
    expect(lines(folder)).toBe(lines(join(kinds, "deit")));
    const weights = (dir: string) => safetensorsParts(readFileSync(join(dir, "model.safetensors")));
    expect(weights(folder)).toEqual(weights(join(kinds, "deit")));
    // DeiT's own processor would cut: what the model was read with is said.
    expect(json(folder, "preprocessor_config.json")).toMatchObject({
      image_processor_type: "ViTImageProcessor",
      size: { height: 12, width: 12 },
    });
    loaded.model.dispose();
  });

  it("with two heads gets a new one, and is refused where one is needed", async () => {
    const folder = folderWith("deit", { architectures: ["DeiTForImageClassificationWithTeacher"] });
    const tensors = await loadSafetensors(join(folder, "model.safetensors"));
    for (const end of ["weight", "bias"]) {
      for (const head of ["cls_classifier", "distillation_classifier"])
        Object.assign(tensors, { [`${head}.${end}`]: tensors[`classifier.${end}`] });
      delete tensors[`classifier.${end}`];
    }
    await saveSafetensors(join(folder, "model.safetensors"), tensors);
    const said: string[] = [];
    const { model, newHead } = await loadViT(folder, { say: (text) => said.push(text) });
    expect(newHead).toBe(true);
    expect(said).toEqual([
      `${folder}: it is a DeiT with two heads whose answers are averaged, which vitlab doesn't read; ` +
        "new head for 4 classes, drawn at random: train it before you trust its answers",
    ]);
    model.dispose();
    await expect(loadViT(folder, { trainedHead: true })).rejects.toThrow("two heads whose answers are averaged");
  });
});

describe("what the head is for", () => {
  beforeAll(() => useEngine("cpu", { quiet: true }));

  const written = async (model: ViT, options: Parameters<typeof saveViT>[2]) => {
    const folder = join(work, `written-${count++}`);
    await saveViT(model, folder, options);
    return json(folder, "config.json");
  };

  it.each(["multi_label_classification", "regression"] as const)("%s: is kept with the head", async (problem_type) => {
    const loaded = await loadViT(folderWith("three", { problem_type }));
    expect(loaded.model.config.problemType).toBe(problem_type);
    expect((await written(loaded.model, loaded)).problem_type).toBe(problem_type);
    expect((await written(loaded.model, {})).problem_type).toBe(problem_type);
    const folder = join(work, `checkpoint-${problem_type}`);
    await saveCheckpoint(folder, loaded.model);
    const { model } = await loadCheckpoint(folder);
    expect(model.config.problemType).toBe(problem_type);
    model.dispose();
    loaded.model.dispose();
  });

  it.each(["multi_label_classification", "regression"] as const)("%s: is forgotten with it", async (problem_type) => {
    const folder = folderWith("three", { problem_type });
    for (const options of [{ classNames: ["cat", "dog"], newHead: true }, { newHead: true }, { classes: 5 }]) {
      const loaded = await loadViT(folder, { ...options, ...silent });
      expect(loaded.model.config.problemType).toBe("single_label_classification");
      expect(await written(loaded.model, loaded)).not.toHaveProperty("problem_type");
      loaded.model.dispose();
    }
    const { model, config } = await loadViT(folder);
    const fresh = withNewHead(model, 3);
    expect(await written(fresh, { config })).not.toHaveProperty("problem_type");
    model.dispose();
    fresh.dispose();
  });

  it("null and what says nothing new stay as they were, but what transformers 5 takes for a mistake", async () => {
    const kept = async (name: string, problem_type: string | null) => {
      const loaded = await loadViT(folderWith(name, { problem_type }));
      const config = await written(loaded.model, loaded);
      loaded.model.dispose();
      return config.problem_type;
    };
    expect(await kept("three", null)).toBe(null);
    expect(await kept("three", "single_label_classification")).toBe("single_label_classification");
    expect(await kept("one", "single_label_classification")).toBe(undefined);
  });
});

describe("saveViT into a folder with a processor_config.json", () => {
  it("replaces its image processor, which transformers reads first, and keeps the rest", async () => {
    await useEngine("cpu", { quiet: true });
    const folder = folderWith("three", {});
    const several = { image_processor: { image_processor_type: "CLIPImageProcessor", size: 12 }, processor_class: "X" };
    writeFileSync(join(folder, "processor_config.json"), JSON.stringify(several));
    const loaded = await loadViT(folder);
    expect(loaded.processor).toEqual(several.image_processor);
    await saveViT(loaded.model, folder, { ...loaded, processor: { size: 12 } });
    const processor = { image_processor_type: "ViTImageProcessor", size: 12 };
    expect(json(folder, "processor_config.json")).toEqual({ image_processor: processor, processor_class: "X" });
    expect(json(folder, "preprocessor_config.json")).toEqual(processor);
    loaded.model.dispose();
  });
});
