import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findDamagedNativeFile, isCutShort } from "../../../src/tensor/node/native-files";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-native-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An ELF64 file of 64 + 100 + 3 x 64 bytes: header, contents, three section headers. */
function writeElf(name: string): string {
  const file = join(folder, name);
  const bytes = Buffer.alloc(356);
  bytes.write("\x7fELF\x02\x01\x01", "latin1");
  bytes.writeBigUInt64LE(164n, 40);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(3, 60);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

describe("isCutShort", () => {
  it("takes a whole file as whole, to the byte", () => {
    expect(isCutShort(writeElf("whole"))).toBe(false);
  });

  it.each([355, 200, 64, 63, 0])("finds a file of 356 bytes that was cut to %d", (length) => {
    const file = writeElf("short");
    truncateSync(file, length);
    expect(isCutShort(file)).toBe(true);
  });

  it("says nothing about files that are missing or of another kind", () => {
    expect(isCutShort(join(folder, "none"))).toBe(false);
    expect(isCutShort(folder)).toBe(false);
    const file = join(folder, "text");
    writeFileSync(file, "x".repeat(1000));
    expect(isCutShort(file)).toBe(false);
  });
});

describe.runIf(process.platform === "linux")("findDamagedNativeFile", () => {
  it("names the binding or the library that was cut short, and none where all are whole", () => {
    const binding = writeElf(join("lib", "napi-v8", "tfjs_binding.node"));
    writeElf(join("deps", "lib", "libtensorflow.so.2"));
    const framework = writeElf(join("deps", "lib", "libtensorflow_framework.so.2"));
    expect(findDamagedNativeFile(folder)).toBeUndefined();
    truncateSync(framework, 300);
    expect(findDamagedNativeFile(folder)).toBe(framework);
    truncateSync(binding, 300);
    expect(findDamagedNativeFile(folder)).toBe(binding);
  });

  it("finds the installed files whole, and nothing where no package is", () => {
    expect(findDamagedNativeFile()).toBeUndefined();
    expect(findDamagedNativeFile(join(folder, "none"))).toBeUndefined();
  });
});
