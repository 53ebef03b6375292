import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { encodeSafetensors } from "../../src/base/node/safetensors-writer";
import { loadViT } from "../../src/hub/load-vit";
import { Linear } from "../../src/nn/linear";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { CHECKPOINT_FILES } from "../../src/train/checkpoint/files";
import { loadCheckpoint, readCheckpointInfo, writeCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { checkStanding, readRunRecord, readTrainingState } from "../../src/train/checkpoint/training-state";
import type { TrainingSettings } from "../../src/train/training-settings";
import { completeConfig } from "../../src/vit/complete-config";
import { microConfig, microModel } from "../train/micro";
import { damagedBytes } from "./damaged-bytes";
import { damagedJson, type Json } from "./damaged-json";
import { checkPrototypes, fuzz, takenLater } from "./fuzz";
import { writeInMemory } from "./memory-files";

vi.mock("../../src/base/node/read-regular-file", async (original) => ({
  ...(await original<object>()),
  ...(await vi.importActual<object>("./memory-files")),
}));

const work = mkdtempSync(join(tmpdir(), "vitlab-fuzz-"));
const [checkpoint, hub, run] = ["checkpoint", "hub", "run"].map((name) => join(work, name)) as [string, string, string];
afterAll(() => rmSync(work, { recursive: true, force: true }));

// What stands on the disk says only that there is a file; what is in it, the memory says.
const HUB_FILES = ["config.json", "preprocessor_config.json", "model.safetensors"];
const MICRO = join(__dirname, "..", "goldens", "hf_vit_micro");
const bytesOf = (name: string) => readFileSync(join(MICRO, name));
const hubConfig = JSON.parse(bytesOf("config.json").toString()) as Json;
for (const folder of [checkpoint, hub, run]) mkdirSync(folder);
for (const name of HUB_FILES) copyFileSync(join(MICRO, name), join(hub, name));
writeFileSync(join(run, CHECKPOINT_FILES.training), "");
let weights = Buffer.alloc(0);

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
  const model = microModel();
  await writeCheckpoint(checkpoint, model, { classNames: ["red", "green", "blue"], about: { data: "colors" } });
  model.dispose();
  weights = readFileSync(join(checkpoint, CHECKPOINT_FILES.weights));
});

const configs = fc.constantFrom<Json>(
  {
    format: "vitlab-checkpoint/1",
    model: microConfig as unknown as Json,
    classNames: ["red", "green", "blue"],
    about: { data: "colors", epochs: 3 },
    sha256: "0".repeat(64),
  },
  {
    format: "vitlab-checkpoint/1",
    module: { "": { kind: "Linear", inputs: 3, outputs: 4 } },
    classNames: [],
    about: {},
  },
);
const say = () => {};

describe("a checkpoint's config of whatever JSON is refused in a sentence, or makes a model", () => {
  fuzz("a checkpoint's config.json", damagedJson(configs), async (text) => {
    writeInMemory(join(checkpoint, CHECKPOINT_FILES.config), text);
    const told = await takenLater(() => readCheckpointInfo(checkpoint, say));
    checkPrototypes();
    if (!told) return;
    expect(JSON.stringify(completeConfig(told.config))).toBe(JSON.stringify(told.config));
    expect([0, told.config.classes]).toContain(told.classNames.length);
    expect(told.classNames.every((name) => typeof name === "string")).toBe(true);
    expect(told.about).toBeTypeOf("object");
  });

  fuzz(
    "a checkpoint",
    fc.oneof(
      damagedJson(configs).map((text) => ({ text })),
      fc.context().chain(() => damagedBytes(fc.constant(0).map(() => weights)).map((bytes) => ({ bytes }))),
    ),
    async (changed: { text?: string; bytes?: Buffer }) => {
      const { text = JSON.stringify(wholeConfig()), bytes = weights } = changed;
      writeInMemory(join(checkpoint, CHECKPOINT_FILES.config), text);
      writeInMemory(join(checkpoint, CHECKPOINT_FILES.weights), bytes);
      const before = tf.memory().numTensors;
      const loaded = await takenLater(() => loadCheckpoint(checkpoint, { say }));
      loaded?.model.dispose();
      const line = new Linear(3, 4, { random: null });
      await takenLater(() => loadCheckpoint(checkpoint, { model: line, say }));
      line.dispose();
      expect(tf.memory().numTensors, "tensors left behind").toBe(before);
      checkPrototypes();
    },
    { share: 0.05 },
  );

  fuzz(
    "a model's folder of the hub",
    fc.oneof(
      damagedJson(fc.constant(hubConfig)).map((text) => ({ name: "config.json", data: text as string | Buffer })),
      damagedBytes(fc.constant(bytesOf("model.safetensors"))).map((data) => ({
        name: "model.safetensors",
        data: data as string | Buffer,
      })),
    ),
    async ({ name, data }) => {
      for (const file of HUB_FILES) writeInMemory(join(hub, file), file === name ? data : bytesOf(file));
      writeInMemory(join(hub, name), data);
      const before = tf.memory().numTensors;
      const loaded = await takenLater(() => loadViT(hub, { say }));
      expect(loaded?.classNames.length).toBe(loaded?.model.config.classes);
      loaded?.model.dispose();
      expect(tf.memory().numTensors, "tensors left behind").toBe(before);
      checkPrototypes();
    },
    { share: 0.02 },
  );
});

describe("a run's state of whatever JSON is refused in a sentence, or stands where such a run can stand", () => {
  const epoch = { type: "epoch", epoch: 1, trainLoss: 1, learningRate: 0.1, seconds: 2, validation: null };
  const states = fc.constant({
    recipe: { epochs: 2, batchSize: 4, seed: 1, optimizer: "adamw" },
    engine: "cpu",
    progress: {
      epoch: 1,
      step: 1,
      update: 4,
      lossSum: 1.5,
      seconds: 2,
      history: [epoch],
      rateChanges: [{ type: "learning rate", update: 2, learningRate: 0.01 }],
    },
  } as Json);
  const vector = Float32Array.of(1, 2);
  const settings = { epochs: 2, stepsPerEpoch: 3, optimizer: { slots: ["m", "v"] }, ema: null };
  const slots = fc.subarray(["optimizer/0", "optimizer/1", "average", "optimizer/7", "other"], { minLength: 2 });
  const usual = fc.constant(["optimizer/0", "optimizer/1"]);

  fuzz(
    "a run's state",
    fc.tuple(damagedJson(states), fc.oneof({ arbitrary: usual, weight: 9 }, slots)),
    async ([state, names]) => {
      const tensors = Object.fromEntries(["weights/a", ...names].map((name) => [name, { shape: [2], data: vector }]));
      const bytes = Buffer.concat(encodeSafetensors(tensors, { format: "vitlab-training/1", state }));
      writeInMemory(join(run, CHECKPOINT_FILES.training), bytes);
      const read = await takenLater(() => readTrainingState(run));
      const record = await takenLater(() => readRunRecord(run));
      checkPrototypes();
      expect(record?.history.every(({ trainLoss }) => Number.isFinite(trainLoss)) ?? true).toBe(true);
      if (!read) return;
      const standing = await takenLater(async () => {
        checkStanding(read, settings as unknown as TrainingSettings, run);
        return true;
      });
      if (!standing) return;
      const { epoch, step, update, history } = read.progress;
      expect(update).toBe(epoch * 3 + step);
      expect(history.length).toBe(epoch);
      expect(read.optimizer.length).toBe(2);
    },
  );
});

function wholeConfig(): Json {
  return {
    format: "vitlab-checkpoint/1",
    model: microConfig as unknown as Json,
    classNames: ["red", "green", "blue"],
    about: {},
  };
}
