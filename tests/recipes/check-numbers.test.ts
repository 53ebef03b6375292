import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readReport } from "../../src/recipes/report";

const work = mkdtempSync(join(tmpdir(), "vitlab-report-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const file = join(work, "report.json");
cpSync(join(__dirname, "..", "..", "data", "models", "vit-shapes", "report.json"), file);
const text = readFileSync(file, "utf8");

it.each([
  ["parameters", "1e308"],
  ["parameters", "1e400"],
  ["epochs", "-1e16"],
  ["trainLoss", "9007199254740993000"],
])("a report whose %s is %s is refused by that name", async (field, number) => {
  await expect(readReport(work)).resolves.toMatchObject({ recipe: { name: "vit-shapes" } });
  const spoilt = text.replace(new RegExp(`"${field}": [0-9.]+`), `"${field}": ${number}`);
  expect(spoilt).not.toBe(text);
  writeFileSync(file, spoilt);
  await expect(readReport(work)).rejects.toThrow(
    new RegExp(`report\\.json: (\\w+\\.)*${field} is \\S+; expected at most 1,000,000,000,000,000$`),
  );
  writeFileSync(file, text);
});

it.each([
  ["curve", [], "curve is a list; expected an epoch or more"],
  ["classNames", { 0: "a" }, "classNames is an object; expected a list"],
  ["engine", 5, "engine is 5; expected a text"],
  ["test", { accuracy: 1, loss: 1, perClass: { a: 1 } }, "test.perClass doesn't tell the accuracy of each class"],
  ["baselines", { chance: 0.1 }, "baselines.linearOnPixels is undefined; expected an object"],
])("a report whose %s is %j is refused by that name", async (field, value, message) => {
  writeFileSync(file, JSON.stringify({ ...JSON.parse(text), [field]: value }));
  await expect(readReport(work)).rejects.toThrow(message);
  writeFileSync(file, text);
});

it("a report of a model that can't be is refused", async () => {
  const whole = JSON.parse(text);
  const recipe = { ...whole.recipe, model: { ...whole.recipe.model, dim: 63 } };
  writeFileSync(file, JSON.stringify({ ...whole, recipe }));
  await expect(readReport(work)).rejects.toThrow("report.json: config.heads is 4, which does not divide dim 63");
  writeFileSync(file, text);
});
