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
