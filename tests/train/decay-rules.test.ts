import { expect, it } from "vitest";
import type { ParameterKind } from "../../src/nn/module";
import { matricesOnly } from "../../src/train/optimizers/decay-rules";
import { microModel } from "./micro";

it("decays the matrices of a model and nothing else", () => {
  const model = microModel();
  const kinds = model.parameterKinds();
  for (const [name, { rank }] of model.namedParameters())
    expect(matricesOnly(name, (kinds.get(name) as ParameterKind).role), name).toBe(
      rank === 2 && name !== "embeddings.positionEmbedding",
    );
  model.dispose();
});
