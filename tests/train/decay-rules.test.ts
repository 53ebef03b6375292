import { expect, it } from "vitest";
import { matricesOnly } from "../../src/train/optimizers/decay-rules";
import { microModel } from "./micro";

it("decays the matrices of a model and nothing else", () => {
  const model = microModel();
  for (const [name, { rank }] of model.namedParameters())
    expect(matricesOnly(name), name).toBe(rank === 2 && name !== "embeddings.positionEmbedding");
  model.dispose();
});
