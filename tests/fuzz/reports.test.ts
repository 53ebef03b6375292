import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, vi } from "vitest";
import { recipeByName } from "../../src/recipes/by-name";
import { modelCard } from "../../src/recipes/model-card";
import { REPORT_FILE, readReport } from "../../src/recipes/report";
import { damagedJson, type Json } from "./damaged-json";
import { checkPrototypes, fuzz, taken, takenLater } from "./fuzz";
import { writeInMemory } from "./memory-files";

vi.mock("../../src/base/node/read-regular-file", async (original) => ({
  ...(await original<object>()),
  ...(await vi.importActual<object>("./memory-files")),
}));

const classNames = ["airplane", "bird"];
const report = (format: number, data: string) =>
  ({
    format: `vitlab-report/${format}`,
    recipe: { ...recipeByName("vit-shapes"), data },
    classNames,
    images: { train: 36_000, validation: 4_000, test: 8_000 },
    parameters: 455_000,
    engine: "native",
    curve: [{ epoch: 1, trainLoss: 2, validationLoss: 1.5, validationAccuracy: null, seconds: 60 }],
    seconds: 1800,
    test: {
      accuracy: 0.7,
      loss: 0.7,
      perClass:
        format === 1
          ? { airplane: 0.8, bird: 0.7 }
          : classNames.map((className, i) => ({ className, accuracy: 0.8 - i / 10 })),
    },
    baselines:
      data === "cifar10"
        ? null
        : {
            chance: 0.1,
            linearOnPixels: { epochs: 10, testAccuracy: 0.4, validationAccuracy: 0.4, seconds: 60 },
            articleModel: { epochs: 5, parameters: 278_952, testAccuracy: 0.5, seconds: 300 },
          },
  }) as unknown as Json;
const reports = fc
  .tuple(fc.constantFrom(1, 2), fc.constantFrom("cifar10", "shapes", "needle"))
  .map((args) => report(...args));

describe("a report of whatever JSON is refused in a sentence, or a model card can be made of it", () => {
  fuzz("a report", damagedJson(reports), async (text) => {
    writeInMemory(join("model", REPORT_FILE), text);
    const read = await takenLater(() => readReport("model"));
    checkPrototypes();
    if (!read) return;
    expect(read.format).toBe("vitlab-report/2");
    expect(read.classNames.every((name) => typeof name === "string")).toBe(true);
    const card = taken(() => modelCard(read));
    if (card !== undefined) expect(card).not.toMatch(/undefined|\[object/);
  });
});
