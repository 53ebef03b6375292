import { beforeAll, describe, expect, it } from "vitest";
import { forwardFlops } from "../../src/train/flops";
import { completeConfig } from "../../src/vit/complete-config";
import type { ViTConfig } from "../../src/vit/config";
import { presets } from "../../src/vit/presets";
import { type Loaded, load } from "./load";

let measurementsOf: Loaded;
let modelCases: Loaded;
let scalingMeasurements: Loaded;
let whyNot: Loaded;
let cases: Record<string, { config: ViTConfig }>;

beforeAll(async () => {
  ({ measurementsOf, modelCases, scalingMeasurements, whyNot } = await load("models/cases.mjs"));
  cases = modelCases(presets);
});

interface Measurement {
  name: string;
  mode: string;
  batch: number;
  config: ViTConfig;
  along?: string;
}

describe("the models of the bench", () => {
  it("are valid configs", () => {
    for (const { config } of Object.values(cases)) expect(() => completeConfig(config)).not.toThrow();
  });

  it("come with dropout and without, and differ in nothing else", () => {
    for (const name of ["article", "small", "wide"]) {
      const config = completeConfig((cases[name] as { config: ViTConfig }).config);
      const plain = completeConfig((cases[`${name}-no-dropout`] as { config: ViTConfig }).config);
      expect(config.dropout).toBe(0.1);
      expect({ ...config, dropout: 0, attentionDropout: 0 }).toEqual(plain);
    }
  });

  it("are each trained, and those without a twin or with dropout infer one image and 64", () => {
    const all = measurementsOf(cases, [], ["train", "infer"]) as Measurement[];
    const trained = all.filter(({ mode }) => mode === "train");
    expect(trained.map(({ name }) => name)).toEqual(Object.keys(cases));
    expect(all.filter(({ mode }) => mode === "infer").map(({ name, batch }) => `${name} ${batch}`)).toEqual(
      ["article", "small", "wide", "vitBase16"].flatMap((name) => [`${name} 1`, `${name} 64`]),
    );
  });

  it("are refused by a name that is none, with those there are", () => {
    expect(() => measurementsOf(cases, ["huge"], ["train"])).toThrow(
      'there is no model "huge" to measure: name one of article, article-no-dropout,',
    );
  });

  it("grow by patches at one batch size, and by batch size at one number of patches", () => {
    const all = scalingMeasurements(cases, ["small-no-dropout"], ["train"]) as Measurement[];
    const patches = all.filter(({ along }) => along === "patches");
    expect(patches.map(({ config }) => config.imageSize)).toEqual([32, 48, 64, 96]);
    expect(new Set(patches.map(({ batch }) => batch)).size).toBe(1);
    const batch = all.filter(({ along }) => along === "batch");
    expect(batch.map((each) => each.batch)).toEqual([1, 4, 16, 64, 256]);
    expect(new Set(batch.map(({ config }) => config.imageSize))).toEqual(new Set([32]));
  });

  it("leave WebAssembly out where a step would take minutes, and say so", () => {
    const flops = 64 * forwardFlops(completeConfig(presets.vitBase16));
    expect(whyNot({ engine: "wasm" }, flops)).toMatch(/a step is \d+ billion operations: minutes on wasm/);
    expect(whyNot({ engine: "native" }, flops)).toBeUndefined();
    expect(whyNot({ engine: "wasm" }, flops / 64)).toBeUndefined();
  });
});
