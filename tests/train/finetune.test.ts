import { describe, expect, it } from "vitest";
import { finetune, finetuneOptions } from "../../src/train/finetune";
import { colors, microModel } from "./micro";

const train = colors(60);

describe("finetune", () => {
  it("does as the article does: Adam at 1e-4, batches of 16, 3 epochs", () => {
    const model = microModel();
    const options = finetuneOptions(model, { train, recipe: "article" });
    expect(options).toMatchObject({ epochs: 3, batchSize: 16, optimizer: { name: "adam", learningRate: 1e-4 } });
    expect(Object.keys(options).sort()).toEqual(["batchSize", "epochs", "optimizer", "train"]);
    model.dispose();
  });

  it("does better by default: AdamW on matrices, warm-up and cosine, layer decay, smoothing, augmentation", () => {
    const model = microModel();
    const options = finetuneOptions(model, { train, epochs: 20, layerDecay: undefined });
    expect(options).toMatchObject({ epochs: 20, batchSize: 32, layerDecay: 0.75, labelSmoothing: 0.1, clipNorm: 1 });
    expect(options.optimizer).toMatchObject({ name: "adamw", learningRate: 1e-3 });
    expect(options.schedule).toMatchObject({ name: "warmupCosine", settings: { warmupSteps: 4 } });
    expect(options.augment).toBeTypeOf("function");
    model.dispose();
  });

  it("lets what is given come first", async () => {
    const model = microModel();
    const run = finetune(model, { train, epochs: 1, batchSize: 60, freeze: "*", thaw: "head.*", timing: false });
    const before = model.stateDict();
    expect(await run).toMatchObject({ reason: "finished", steps: 1 });
    expect(model.stateDict()["blocks.0.norm1.weight"]).toEqual(before["blocks.0.norm1.weight"]);
    expect(model.stateDict()["head.bias"]).not.toEqual(before["head.bias"]);
    expect(finetuneOptions(model, { train, labelSmoothing: 0 }).labelSmoothing).toBe(0);
    model.dispose();
  });

  it("says what is wrong with a recipe", () => {
    const model = microModel();
    expect(() => finetune(model, { train, recipe: "best" as never })).toThrow(
      'there is no recipe "best": give article or better',
    );
    expect(() => finetune(model, { train, learningRate: 1, optimizer: "sgd" })).toThrow(
      "learningRate is for the recipe's own optimizer",
    );
    model.dispose();
  });
});
