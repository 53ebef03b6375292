import { execFileSync } from "node:child_process";
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { openRegularFile, readRegularFile } from "../../../src/base/node/read-regular-file";
import { readJson } from "../../../src/hub/read-json";
import { loadSafetensors } from "../../../src/hub/safetensors-file";
import { loadCheckpoint } from "../../../src/train/checkpoint/model-checkpoint";

const folder = () => mkdtempSync(path.join(tmpdir(), "vitlab-file-"));

function pipe(dir: string, name: string): string {
  const file = path.join(dir, name);
  execFileSync("mkfifo", [file]);
  return file;
}

describe("readRegularFile", () => {
  it("reads a file, also through a link", async () => {
    const dir = folder();
    writeFileSync(path.join(dir, "a.txt"), "abc");
    symlinkSync("a.txt", path.join(dir, "b.txt"));
    for (const name of ["a.txt", "b.txt"])
      expect((await readRegularFile(path.join(dir, name), 3)).toString()).toBe("abc");
  });

  it("refuses a larger one before it is read", async () => {
    const file = path.join(folder(), "a.txt");
    writeFileSync(file, "abcd");
    await expect(readRegularFile(file, 3)).rejects.toThrow(VitlabError);
  });

  it("fails as Node does where there is nothing, or a folder", async () => {
    const dir = folder();
    await expect(readRegularFile(path.join(dir, "none"), 3)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(readRegularFile(dir, 3)).rejects.toMatchObject({ code: "EISDIR" });
  });

  it("waits for nobody at the other end of a pipe", async () => {
    const file = pipe(folder(), "pipe");
    const message = `${file} is a named pipe, not a file with bytes to read: give the path of a file`;
    await expect(openRegularFile(file)).rejects.toThrow(new VitlabError(message));
  });
});

describe("a named pipe in the place of a model's file", () => {
  it("is refused: config, weights, checkpoint", async () => {
    const dir = folder();
    const config = pipe(dir, "config.json");
    await expect(readJson(config)).rejects.toThrow(`${config} is a named pipe`);
    await expect(loadCheckpoint(dir)).rejects.toThrow(`${config} is a named pipe`);
    const weights = pipe(dir, "model.safetensors");
    await expect(loadSafetensors(weights)).rejects.toThrow(`${weights} is a named pipe`);
  });
});
