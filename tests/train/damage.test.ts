import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { Random } from "../../src/base/random";
import { loadViT } from "../../src/hub/load-vit";
import { loadSafetensors, saveSafetensors } from "../../src/hub/safetensors-file";
import { saveViT } from "../../src/hub/save-vit";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint, saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { fit } from "../../src/train/fit";
import type { ViT } from "../../src/vit/model";
import { colors, microModel } from "./micro";

const work = mkdtempSync(join(tmpdir(), "vitlab-damage-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const images = () => tf.randomUniform([2, 8, 8, 3], -1, 1, "float32", 3) as tf.Tensor4D;

const [checkpoint, hub, run] = ["checkpoint", "hub", "run"].map((name) => join(work, name)) as [string, string, string];
const train = colors(12);
const labels = ["red", "green", "blue"];
const options = { train, validation: colors(6), epochs: 3, batchSize: 4, seed: 1, timing: false };
let answers: number[] = [];

beforeAll(async () => {
  const model = microModel();
  answers = answersOf(model);
  await saveCheckpoint(checkpoint, model, { classNames: labels, about: { data: "colors" } });
  await saveViT(model, hub, { classNames: labels });
  model.dispose();
  const training = microModel();
  const broken = fit(training, { ...options, checkpoint: { dir: run } });
  for await (const event of broken) if (event.type === "step" && event.update === 5) broken.stop();
  training.dispose();
});

function answersOf(model: ViT): number[] {
  return tf.tidy(() => [...model.predict(images()).dataSync()]);
}

/** What came of reading a folder: an error's sentence, or what was said and what the model answers. */
async function outcome(load: (say: (text: string) => void) => Promise<{ model: ViT; names: readonly string[] }>) {
  const said: string[] = [];
  const before = tf.memory().numTensors;
  try {
    const { model, names } = await load((text) => said.push(text));
    const result = { said, answers: answersOf(model), names };
    model.dispose();
    return result;
  } catch (error) {
    expect(error).toBeInstanceOf(VitlabError);
    expect(tf.memory().numTensors, "tensors left behind").toBe(before);
    return { said, refused: (error as Error).message };
  }
}

const readers: Record<string, { from: string; read: (dir: string) => ReturnType<typeof outcome> }> = {
  "a checkpoint": {
    from: checkpoint,
    read: (dir) =>
      outcome(async (say) => {
        const { model, classNames } = await loadCheckpoint(dir, { say });
        return { model, names: classNames };
      }),
  },
  "a folder of saveViT": {
    from: hub,
    read: (dir) =>
      outcome(async (say) => {
        const { model, classNames: names } = await loadViT(dir, { say });
        return { model, names };
      }),
  },
};

/** A copy of a folder in which one bit of a file is the other way round. */
function flipped(from: string, file: string, bit: number): string {
  const dir = join(work, "flipped");
  rmSync(dir, { recursive: true, force: true });
  cpSync(from, dir, { recursive: true });
  const bytes = readFileSync(join(dir, file));
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  writeFileSync(join(dir, file), bytes);
  return dir;
}

/** Bits of a file to flip, spread over a part of it. */
function bits(from: string, file: string, count: number, part: (size: number) => [from: number, to: number]): number[] {
  const [start, end] = part(readFileSync(join(from, file)).length);
  const random = new Random(7);
  return Array.from({ length: count }, () => 8 * (start + random.integer(end - start)) + random.integer(8));
}

const bodyOf = (from: string, file: string) => {
  const bytes = readFileSync(join(from, file));
  return 8 + Number(bytes.readBigUInt64LE());
};

describe.each(Object.entries(readers))("%s", (_, { from, read }) => {
  it("opens in silence as it was written", async () => {
    const whole = await read(from);
    expect(whole).toEqual({ said: [], answers, names: labels });
  });

  it("whose weights have one bit flipped is refused, wherever the bit is", async () => {
    const start = bodyOf(from, "model.safetensors");
    for (const bit of bits(from, "model.safetensors", 40, (size) => [start, size])) {
      const dir = flipped(from, "model.safetensors", bit);
      expect(await read(dir)).toEqual({
        said: [],
        refused:
          `${join(dir, "model.safetensors")} is damaged: its content doesn't have the SHA-256 it was written with; ` +
          "get it again, or train anew",
      });
    }
  });

  it("whose weights' header has one bit flipped is refused, or answers as before", async () => {
    const start = bodyOf(from, "model.safetensors");
    for (const bit of bits(from, "model.safetensors", 200, () => [0, start])) {
      const { refused, ...rest } = (await read(flipped(from, "model.safetensors", bit))) as Record<string, unknown>;
      if (refused === undefined) expect(rest, `bit ${bit}`).toEqual({ said: [], answers, names: labels });
    }
  });

  it("whose config.json has one bit flipped is refused, tells of it, or answers as before", async () => {
    const told = { refused: 0, said: 0, same: 0 };
    for (const bit of bits(from, "config.json", 300, (size) => [0, size])) {
      const result = await read(flipped(from, "config.json", bit));
      if ("refused" in result) told.refused++;
      else if (result.said.some((text) => text.includes("config.json was changed after"))) told.said++;
      else {
        expect(result, `bit ${bit}`).toEqual({ said: [], answers, names: labels });
        told.same++;
      }
    }
    expect(told.refused).toBeGreaterThan(0);
    expect(told.said).toBeGreaterThan(0);
  });

  it("whose labels were edited by hand is used, and tells it in one line", async () => {
    const dir = join(work, "edited");
    cpSync(from, dir, { recursive: true });
    const file = join(dir, "config.json");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("green", "lime"));
    const result = await read(dir);
    expect(result).toMatchObject({ answers, names: ["red", "lime", "blue"] });
    expect(result.said).toEqual([expect.stringMatching(/^\S+config\.json was changed after /)]);
    rmSync(dir, { recursive: true });
  });

  it("whose config.json was only written in another order is not called changed", async () => {
    const dir = join(work, "ordered");
    cpSync(from, dir, { recursive: true });
    const file = join(dir, "config.json");
    const fields = Object.entries(JSON.parse(readFileSync(file, "utf8"))).reverse();
    writeFileSync(file, JSON.stringify(Object.fromEntries(fields)));
    expect(await read(dir)).toEqual({ said: [], answers, names: labels });
    rmSync(dir, { recursive: true });
  });

  it("whose tensors of one shape changed places is refused", async () => {
    const dir = join(work, "swapped");
    cpSync(from, dir, { recursive: true });
    const file = join(dir, "model.safetensors");
    const bytes = readFileSync(file);
    const text = bytes.toString("latin1");
    const [a, b] = [/"[^"]*(layernorm_before|norm1)\.weight"/, /"[^"]*(layernorm_after|norm2)\.weight"/].map(
      (pattern) => pattern.exec(text)?.[0] as string,
    ) as [string, string];
    const swapped = text.replace(a, "#").replace(b, a).replace("#", b);
    const end = 8 + Number(bytes.readBigUInt64LE());
    writeFileSync(file, Buffer.concat([Buffer.from(swapped.slice(0, end), "latin1"), bytes.subarray(end)]));
    expect(await read(dir)).toMatchObject({ refused: expect.stringContaining("is damaged") });
    rmSync(dir, { recursive: true });
  });

  it("whose weights another program wrote anew, without a hash, opens", async () => {
    const dir = join(work, "others");
    cpSync(from, dir, { recursive: true });
    const file = join(dir, "model.safetensors");
    const tensors = await loadSafetensors(file);
    const head = tensors["classifier.bias"] ?? tensors["head.bias"];
    head?.data.fill(7);
    await saveSafetensors(file, tensors, { metadata: { format: "pt" } });
    const result = await read(dir);
    expect(result).not.toHaveProperty("refused");
    expect(result.said).toEqual([]);
    rmSync(dir, { recursive: true });
  });
});

it("a folder of saveViT whose preprocessor_config.json was changed tells of it", async () => {
  const dir = join(work, "processor");
  cpSync(hub, dir, { recursive: true });
  const file = join(dir, "preprocessor_config.json");
  const fields = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...fields, image_mean: [0.4, 0.5, 0.5] }));
  const result = await readers["a folder of saveViT"]?.read(dir);
  expect(result?.said).toEqual([
    `${file} was changed after the weights were written beside it: what it says now is used`,
  ]);
});

describe("a run to go on with", () => {
  const resume = async (dir: string) => {
    const model = microModel();
    try {
      const { history } = await fit(model, { ...options, checkpoint: { dir, resume: true } });
      return history.map(({ trainLoss }) => trainLoss);
    } finally {
      model.dispose();
    }
  };

  it("whose training state has one bit flipped is refused, in numbers and in header", async () => {
    const file = "training.safetensors";
    const start = bodyOf(run, file);
    const expected = await resume(flipped(run, "config.json", 0));
    for (const bit of [...bits(run, file, 15, (size) => [start, size]), ...bits(run, file, 45, () => [0, start])]) {
      const dir = flipped(run, file, bit);
      const result = await resume(dir).catch((error: unknown) => {
        expect(error).toBeInstanceOf(VitlabError);
        return error as VitlabError;
      });
      if (bit >> 3 >= start) expect((result as Error).message).toContain(`${join(dir, file)} is damaged: its content`);
      else if (!(result instanceof Error)) expect(result, `bit ${bit}`).toEqual(expected);
    }
  });

  it.each<[string, (state: { progress: Record<string, unknown>; recipe: Record<string, unknown> }) => void]>([
    ["epoch is 1e+308", ({ progress }) => Object.assign(progress, { epoch: 1e308 })],
    ["step is -1", ({ progress }) => Object.assign(progress, { step: -1 })],
    ["update is 9007199254740992", ({ progress }) => Object.assign(progress, { update: 2 ** 53 })],
    ["lossSum is null", ({ progress }) => Object.assign(progress, { lossSum: null })],
    ["history doesn't tell of 1 epochs", ({ progress }) => Object.assign(progress, { history: [] })],
    ["its state has no recipe", (state) => Object.assign(state, { recipe: 5 })],
    ["epochs was 1e+308 and is now 3", ({ recipe }) => Object.assign(recipe, { epochs: 1e308 })],
    ["depth is 1e+308", ({ recipe }) => Object.assign(recipe.model as object, { depth: 1e308 })],
  ])("that stands where no run can is refused: %s", async (message, change) => {
    const dir = join(work, "absurd");
    rmSync(dir, { recursive: true, force: true });
    cpSync(run, dir, { recursive: true });
    const file = join(dir, "training.safetensors");
    const bytes = readFileSync(file);
    const end = 8 + Number(bytes.readBigUInt64LE());
    const { __metadata__, ...tensors } = JSON.parse(bytes.subarray(8, end).toString());
    const state = JSON.parse(__metadata__.state);
    change(state);
    // Without a hash, as a file from before there was one.
    const header = Buffer.from(
      JSON.stringify({ __metadata__: { format: __metadata__.format, state: JSON.stringify(state) }, ...tensors }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(file, Buffer.concat([length, header, bytes.subarray(end)]));
    await expect(resume(dir)).rejects.toThrow(message);
    await expect(resume(dir)).rejects.toBeInstanceOf(VitlabError);
  });
});
