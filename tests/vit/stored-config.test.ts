import { expect, it } from "vitest";
import { completeConfig } from "../../src/vit/complete-config";
import { storedConfig } from "../../src/vit/stored-config";

const least = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };
const normalize = { mean: [0, 0, 0], std: [1, 1, 1] };

it("reads the names that fields had in files before", () => {
  expect(storedConfig({ ...least, initialisation: "vit", normalise: normalize })).toEqual({
    ...least,
    initialization: "vit",
    normalize,
  });
});

it.each([
  ["initialisation", "initialization"],
  ["normalise", "normalize"],
])("in code %s is refused, and %s named", (old, name) => {
  expect(() => completeConfig({ ...least, [old]: "vit" } as never)).toThrow(
    `config has no field ${old}: did you mean ${name}?`,
  );
});
