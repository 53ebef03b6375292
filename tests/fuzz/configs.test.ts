import fc from "fast-check";
import { describe, expect } from "vitest";
import { readHubConfig, writeHubConfig } from "../../src/hub/hub-config";
import { completeConfig } from "../../src/vit/complete-config";
import type { ViTConfig } from "../../src/vit/config";
import { CONFIG_FIELDS } from "../../src/vit/config-fields";
import { parameterCount } from "../../src/vit/parameter-count";
import { presets } from "../../src/vit/presets";
import { storedConfig } from "../../src/vit/stored-config";
import { editedJson, type Json } from "./damaged-json";
import { checkPrototypes, fuzz, taken } from "./fuzz";

const normalize = fc.constantFrom({ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }, { mean: [0.1], std: [2] });
const own = fc
  .tuple(
    fc.constantFrom(...Object.values(presets)),
    fc.record(
      {
        imageSize: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.tuple(fc.nat(64), fc.nat(64))),
        patchSize: fc.integer({ min: 1, max: 32 }),
        channels: fc.constantFrom(1, 3, 4),
        dim: fc.integer({ min: 1, max: 96 }),
        heads: fc.integer({ min: 1, max: 8 }),
        classToken: fc.boolean(),
        distillationToken: fc.boolean(),
        pool: fc.constantFrom("cls", "mean"),
        positions: fc.constantFrom("learned", "sincos2d", "sincos1d", "none"),
        initialization: fc.constantFrom("vit", "torch", "mimetic"),
        dropout: fc.double({ min: 0, max: 1 }),
        normalize,
        initialisation: fc.constantFrom("vit", "torch"),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([preset, fields]) => ({ ...preset, ...fields }) as unknown as Json);

const labels = fc.oneof(
  fc.record({ id2label: fc.constant({ "0": "cat", "1": "dog" }) }),
  fc.record({ label2id: fc.constant({ cat: 0, dog: 1 }) }),
  fc.record({ num_labels: fc.integer({ min: 1, max: 9 }) }),
  fc.constant({}),
);
const hub = fc
  .tuple(
    fc.record({
      model_type: fc.constantFrom("vit", "deit", "vit_msn", "vit_mae", "swin", "timm_wrapper"),
      image_size: fc.constantFrom<Json>(32, [32, 16], 224),
      patch_size: fc.constantFrom<Json>(4, 8, [8, 8]),
      hidden_size: fc.constantFrom(16, 48),
      num_attention_heads: fc.constantFrom(1, 2, 4),
    }),
    fc.record(
      {
        num_channels: fc.constantFrom(1, 3),
        num_hidden_layers: fc.integer({ min: 1, max: 4 }),
        intermediate_size: fc.integer({ min: 1, max: 99 }),
        hidden_act: fc.constantFrom("gelu", "gelu_new", "relu", "silu"),
        hidden_dropout_prob: fc.constantFrom(0, 0.1),
        attention_probs_dropout_prob: fc.constantFrom(0, 0.1),
        layer_norm_eps: fc.constantFrom(1e-12, 1e-6),
        initializer_range: fc.constantFrom(0.02),
        qkv_bias: fc.boolean(),
        head_dim: fc.constantFrom(4, 8),
        problem_type: fc.constantFrom(null, "single_label_classification", "multi_label_classification"),
        format: fc.constantFrom("vitlab-checkpoint/1", "pt"),
      },
      { requiredKeys: [] },
    ),
    labels,
  )
  .map(([needed, more, labels]) => ({ ...needed, ...more, ...labels }) as Json);

describe("a config of whatever JSON is refused in a sentence, or makes a model of bounded size", () => {
  fuzz("a model's config", editedJson(own), (text) => {
    const value = JSON.parse(text);
    const full = taken(() => completeConfig(stored(value)));
    checkPrototypes();
    if (!full) return;
    expect(Object.keys(full).sort()).toEqual(Object.keys(CONFIG_FIELDS).sort());
    expect(parameterCount(full).total).toBeLessThanOrEqual(2 ** 31);
    expect(full.dim % full.heads).toBe(0);
    // What it came to is a config itself, in JSON as well.
    expect(JSON.stringify(completeConfig(JSON.parse(JSON.stringify(full))))).toBe(JSON.stringify(full));
  });

  fuzz("a config.json of the hub", editedJson(hub), (text) => {
    const value = JSON.parse(text);
    if (!isObject(value)) return;
    const read = taken(() => readHubConfig(value, "config.json"));
    checkPrototypes();
    if (!read) return;
    const { config, labels, imageSize, initializerRange } = read;
    expect(initializerRange).toBeGreaterThan(0);
    expect(imageSize.every((side) => Number.isInteger(side) && side >= config.patchSize)).toBe(true);
    for (const label of labels ?? []) expect(label).toBeTypeOf("string");
    const full = completeConfig({ ...config, classes: labels?.length ?? 2 });
    // Read again as it would be written, it is the same model.
    const written = writeHubConfig(full, { labels: labels ?? ["a", "b"], dtype: "F32", base: {} });
    const again = readHubConfig(JSON.parse(JSON.stringify(written)), "config.json");
    const same = completeConfig({ ...again.config, classes: full.classes });
    // JSON has no -0.
    expect(JSON.stringify(same)).toBe(JSON.stringify({ ...full, embeddingDropout: full.dropout }));
  });
});

function stored(value: unknown): ViTConfig {
  return isObject(value) ? storedConfig(value) : (value as ViTConfig);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
