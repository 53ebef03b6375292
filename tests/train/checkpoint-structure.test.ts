import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { structureDifference } from "../../src/nn/structure";
import { readCheckpointInfo } from "../../src/train/checkpoint/model-checkpoint";

const folder = mkdtempSync(join(tmpdir(), "vitlab-structure-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(fields: string) {
  writeFileSync(join(folder, "config.json"), `{"format":"vitlab-checkpoint/1",${fields}}`);
  return readCheckpointInfo(folder, () => {});
}

describe("a checkpoint of a module that was changed", () => {
  it.each(['"module":{"":{"kind":{"toString":1}}}', '"module":{"":null}', '"module":"Linear"'])(
    "to %s is refused",
    async (fields) => {
      await expect(read(fields)).rejects.toThrow("module doesn't say of which kind each part is");
    },
  );

  it("is refused where it is nested without end", async () => {
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    await expect(read(`"module":{"":{"kind":"Linear","more":${deep}}}`)).rejects.toThrow("nested more than 100 deep");
  });

  it("is of no part that only JavaScript's own objects have", () => {
    const linear = { "": { kind: "Linear" } };
    expect(structureDifference({ ...linear, constructor: { kind: "Linear" } } as never, linear)).toBe(
      "constructor was a Linear, and there is none",
    );
  });
});
