import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { saveViT } from "../../src/hub/save-vit";
import { loadModel } from "../../src/recipes/load-model";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";

const work = mkdtempSync(join(tmpdir(), "vitlab-absurd-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Positions that no weights tell the number of: the size of the images stands in the config alone. */
const small: ViTConfig = {
  imageSize: 8,
  patchSize: 4,
  dim: 8,
  depth: 2,
  heads: 2,
  mlpDim: 16,
  classes: 3,
  positions: "sincos2d",
};
const labels = ["ant", "bee", "cow"];

/** As they stand in JSON: 1e400 is none of JavaScript's numbers. */
const ABSURD = ["1e9", "4294967296", "9007199254740992", "1e308", "1e400", "-1", "-1e9", "0", "0.5"];

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  const model = new ViT(small, { seed: 3 });
  await saveViT(model, join(work, "hub"), { classNames: labels });
  const read = (name: string) => JSON.parse(readFileSync(join(work, "hub", name), "utf8"));
  const huggingFace = { config: read("config.json"), processor: read("preprocessor_config.json") };
  const about = { data: "shapes", validation: 20, settings: { epochs: 3, trainCount: 20 }, huggingFace };
  await saveCheckpoint(join(work, "checkpoint"), model, { classNames: labels, about });
  model.dispose();
});

type Path = (string | number)[];

/** Where in some JSON numbers stand. */
function numbersIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === "number") return [path];
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([name, inner]) => numbersIn(inner, [...path, name]));
}

/** The JSON with another number at a place. */
function withNumber(json: unknown, path: Path, number: string): string {
  const copy = structuredClone(json) as Record<string | number, unknown>;
  let inner = copy;
  for (const name of path.slice(0, -1)) inner = inner[name] as typeof inner;
  inner[path.at(-1) as string] = "#";
  return JSON.stringify(copy).replace('"#"', number);
}

function answersOf(model: ViT): number[] {
  return tf.tidy(() => [
    ...model.predict(tf.randomUniform([1, 8, 8, 3], -1, 1, "float32", 3) as tf.Tensor4D).dataSync(),
  ]);
}

describe.each(["checkpoint", "hub"])("a config.json of a %s", (kind) => {
  it("with an absurd number is refused, or used as told, in no time and no memory", async () => {
    const said: string[] = [];
    const whole = await loadModel(join(work, kind), { say: (text) => said.push(text) });
    const answers = answersOf(whole.model);
    whole.model.dispose();
    expect(said).toEqual([]);
    const dir = join(work, "spoilt");
    cpSync(join(work, kind), dir, { recursive: true });
    const file = join(dir, "config.json");
    const json = JSON.parse(readFileSync(file, "utf8"));
    const places = numbersIn(json);
    expect(places.length).toBeGreaterThan(10);
    const refused = new Set<string>();
    for (const place of places)
      for (const number of ABSURD) {
        const what = `${place.join(".")} = ${number}`;
        writeFileSync(file, withNumber(json, place, number));
        const tensors = tf.memory().numTensors;
        const [memory, start] = [process.resourceUsage().maxRSS, process.cpuUsage()];
        const notes: string[] = [];
        try {
          const { model } = await loadModel(dir, { say: (text) => notes.push(text) });
          // A number that is none the less one of those allowed: what is told makes up for the other answer.
          const told = notes.some((text) => text.includes("config.json was changed after"));
          if (!told) expect(answersOf(model), what).toEqual(answers);
          model.dispose();
        } catch (error) {
          expect(error, `${what}: ${(error as Error).stack}`).toBeInstanceOf(VitlabError);
          expect((error as Error).message, what).not.toContain("\n");
          refused.add(String(place.at(-1)));
        }
        const { user, system } = process.cpuUsage(start);
        expect((user + system) / 1e6, what).toBeLessThan(1);
        expect(process.resourceUsage().maxRSS - memory, `kB for ${what}`).toBeLessThan(200_000);
        expect(tf.memory().numTensors, what).toBe(tensors);
      }
    rmSync(dir, { recursive: true });
    const fields =
      kind === "hub"
        ? "image_size patch_size num_channels hidden_size num_hidden_layers num_attention_heads intermediate_size layer_norm_eps"
        : "imageSize patchSize channels dim depth heads mlpDim classes layerNormEps";
    expect([...refused]).toEqual(expect.arrayContaining(fields.split(" ")));
  });
});

it("more classes than any data set has are refused, in whichever field they stand", async () => {
  const dir = join(work, "classes");
  cpSync(join(work, "hub"), dir, { recursive: true });
  const file = join(dir, "config.json");
  const { id2label: _, label2id: __, ...config } = JSON.parse(readFileSync(file, "utf8"));
  const many = Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [`c${i}`, i]));
  const names = Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [i, `c${i}`]));
  for (const [extra, message] of [
    [{ num_labels: 1e9 }, "num_labels tells of 1000000000 classes; expected at most 100,000"],
    [{ num_labels: 1e308 }, "num_labels is 1e+308; expected a whole number, 1 or more"],
    [{ id2label: names }, "id2label tells of 100001 classes; expected at most 100,000"],
    [{ label2id: many }, "label2id tells of 100001 classes; expected at most 100,000"],
    [{ label2id: { ant: 0, bee: 1e9 } }, "label2id does not name classes 0, 1, 2"],
  ] as const) {
    writeFileSync(file, JSON.stringify({ ...config, ...extra }));
    await expect(loadModel(dir, { say: () => {} })).rejects.toThrow(message);
  }
});

it("JSON that is nested without end, or larger than any, is refused", async () => {
  const dir = join(work, "deep");
  for (const kind of ["checkpoint", "hub"]) {
    cpSync(join(work, kind), dir, { recursive: true });
    const file = join(dir, "config.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("{", `{"more": ${"[".repeat(1e5)}${"]".repeat(1e5)},`));
    await expect(loadModel(dir, { say: () => {} })).rejects.toThrow("nested more than 100 deep");
    writeFileSync(file, text + " ".repeat(2 ** 26));
    await expect(loadModel(dir, { say: () => {} })).rejects.toThrow("files of its kind are read up to 64 MB");
    rmSync(dir, { recursive: true });
  }
});
