import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findCifar10 } from "../../src/data/cifar10-files";
import { load } from "./load";

const names = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"];
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "vitlab-cifar-"));
  vi.stubEnv("VITLAB_NO_CIFAR", "");
  vi.stubEnv("VITLAB_DATA", dir);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

/** Six files of the right length, without content. */
function writeFiles(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, `${name}.bin`), "");
    truncateSync(join(folder, `${name}.bin`), 30_730_000);
  }
  return folder;
}

async function said(): Promise<string> {
  return (await load("steps/data.mjs")).checkData().text;
}

describe("set-up", () => {
  it("finds CIFAR-10 in $VITLAB_DATA, where cifar10() finds it", async () => {
    const folder = writeFiles(join(dir, "cifar-10-batches-bin"));
    expect(await said()).toBe(`CIFAR-10 in ${folder}`);
    expect(findCifar10()).toBe(folder);
  });

  it("finds it where $VITLAB_DATA is the folder of the files itself, whatever its name", async () => {
    for (const name of ["cifar-10-batches-bin", "photographs"]) {
      const folder = writeFiles(join(dir, name));
      vi.stubEnv("VITLAB_DATA", folder);
      expect(await said()).toBe(`CIFAR-10 in ${folder}`);
      expect(findCifar10()).toBe(folder);
    }
  });

  it("says which file is missing and how to get it", async () => {
    const folder = writeFiles(join(dir, "cifar-10-batches-bin"));
    rmSync(join(folder, "test_batch.bin"));
    expect(await said()).toBe(
      `CIFAR-10 in ${folder} is incomplete (test_batch.bin is missing): \`npx vitlab data cifar10 --overwrite\` fetches it anew`,
    );
    expect(findCifar10()).toBe(folder);
  });

  it("says which file has a wrong length", async () => {
    const folder = writeFiles(join(dir, "cifar-10-batches-bin"));
    truncateSync(join(folder, "data_batch_2.bin"), 30_729_999);
    expect(await said()).toContain("(data_batch_2.bin has 30729999 bytes and should have 30730000)");
  });

  it("looks in one place after the other", async () => {
    const { findCifar10, flawOf } = await load("steps/data.mjs");
    const folder = writeFiles(join(dir, "b", "cifar-10-batches-bin"));
    expect(findCifar10([join(dir, "a"), join(dir, "b")])).toBe(folder);
    expect(findCifar10([join(dir, "a")])).toBeUndefined();
    expect(flawOf(folder)).toBeUndefined();
  });

  it("knows that VITLAB_NO_CIFAR=1 hides it", async () => {
    writeFiles(join(dir, "cifar-10-batches-bin"));
    vi.stubEnv("VITLAB_NO_CIFAR", "1");
    expect(await said()).toBe("CIFAR-10 is hidden by VITLAB_NO_CIFAR=1; the notebooks use shapes");
  });
});
