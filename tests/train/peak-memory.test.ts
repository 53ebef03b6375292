import { afterAll, describe, expect, it } from "vitest";
import { withFieldDefaults } from "../../src/base/field";
import { shapes } from "../../src/data/shapes";
import { compiled, useCompiled } from "../../src/tensor/compiled";
import { peakMemory } from "../../src/train/peak-memory";
import { planTraining } from "../../src/train/plan";
import { TRAINING_FIELDS, type TrainingValues } from "../../src/train/training-fields";
import { completeConfig } from "../../src/vit/complete-config";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";

const train = shapes({ count: 8, size: 32 });
const base: ViTConfig = { imageSize: 32, patchSize: 4, dim: 32, depth: 2, heads: 2, mlpDim: 64, classes: 10 };
type Training = Partial<Omit<TrainingValues, "clipNorm" | "ema" | "schedule">>;

const CASES: [Partial<ViTConfig>, Training][] = [
  [{}, { batchSize: 4 }],
  [{ dim: 64, depth: 1, mlpDim: 512 }, { batchSize: 4 }],
  [{ patchSize: 2, depth: 1 }, { batchSize: 2 }],
  [
    { dim: 96, mlpDim: 384 },
    { batchSize: 1, optimizer: "muon" },
  ],
  [
    { dim: 96, mlpDim: 384 },
    { batchSize: 2, optimizer: "sgd" },
  ],
  [{ dropout: 0.1, attentionDropout: 0.1, dropPath: 0.1, norm: "post" }, { batchSize: 4 }],
  [{ depth: 4 }, { batchSize: 4, recompute: true }],
  [{}, { batchSize: 2, accumulate: 2 }],
];

describe.each(["with", "without"])("peakMemory %s compiled operations", (which) => {
  const before = useCompiled(which === "with");
  afterAll(() => void useCompiled(before));

  it.each(CASES)("is within a factor of 1.5 of what is measured: %j %j", async (fields, training) => {
    useCompiled(which === "with");
    const config = completeConfig({ ...base, ...fields });
    const model = new ViT(config);
    const { peakBytes } = await planTraining(model, { train, epochs: 1, ...training });
    model.dispose();
    const values = withFieldDefaults<TrainingValues>(TRAINING_FIELDS, { epochs: 1, ...training });
    const ratio = peakMemory(config, values, { compiled: compiled() !== undefined }) / peakBytes!;
    expect(ratio).toBeGreaterThan(0.67);
    expect(ratio).toBeLessThan(1.5);
  });
});
