import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { explainFileError, removeTemporaries, writeFileAtomic } from "../../../src/base/node/atomic-file";
import { makeFolder } from "../../../src/base/node/folder";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-atomic-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("writeFileAtomic", () => {
  it("makes folders as needed and writes pieces one after the other", async () => {
    const path = join(folder, "a", "b", "file");
    await writeFileAtomic(path, [Buffer.from("one "), Buffer.from("two")]);
    expect(readFileSync(path, "utf8")).toBe("one two");
  });

  it("replaces a file and leaves nothing beside it", async () => {
    const path = join(folder, "file");
    await writeFileAtomic(path, "old");
    await writeFileAtomic(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("keeps the old file and removes the temporary when the last move fails", async () => {
    const path = join(folder, "taken");
    mkdirSync(path);
    writeFileSync(join(path, "inside"), "kept");
    await expect(writeFileAtomic(path, "x")).rejects.toThrow(
      `${path} could not be written: there is a folder of that name`,
    );
    expect(readdirSync(folder)).toEqual(["taken"]);
    expect(readdirSync(path)).toEqual(["inside"]);
  });

  it("says that a file is in the way of the folder", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(writeFileAtomic(join(folder, "file", "x"), "x")).rejects.toThrow(
      `${join(folder, "file")} is not a folder; choose another name`,
    );
  });

  it.each([
    [
      "ENOSPC",
      "runs/x could not be written: the disk is full; 3.4 MB are needed beside what is there; free some space",
    ],
    ["EDQUOT", "your disk quota is used up"],
    ["EACCES", "no permission to write in runs; change its permissions or choose another folder"],
    ["EROFS", "runs is read-only; choose another folder"],
    ["ENOENT", "runs can't be made there; choose another folder"],
    ["EIO", "the disk reported an error"],
  ])("explains %s in a sentence", (code, sentence) => {
    const error = explainFileError(Object.assign(new Error("raw"), { code }), "runs/x", 3_400_000);
    expect(error).toBeInstanceOf(VitlabError);
    expect((error as Error).message).toContain(sentence);
  });

  it("passes on errors it doesn't know", () => {
    const raw = new Error("raw");
    expect(explainFileError(raw, "x")).toBe(raw);
  });
});

describe("makeFolder", () => {
  it("makes what is missing, any number at once, and leaves what is there", async () => {
    const path = join(folder, "a", "b", "c");
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, "a", "d"))]);
    writeFileSync(join(path, "file"), "kept");
    await makeFolder(path);
    expect(readFileSync(join(path, "file"), "utf8")).toBe("kept");
    expect(readdirSync(join(folder, "a")).sort()).toEqual(["b", "d"]);
  });

  it("names the file that is in the way", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(makeFolder(join(folder, "file", "a", "b"))).rejects.toThrow(
      new VitlabError(`${join(folder, "file")} is not a folder; choose another name`),
    );
  });

  it.runIf(process.platform === "linux")("ends with a sentence where the system has no room for folders", async () => {
    for (const path of ["/proc/nope/a/b", "/proc/nope"]) {
      await expect(makeFolder(path)).rejects.toThrow(`the folder ${path} can't be made: `);
      await expect(writeFileAtomic(join(path, "x"), "x")).rejects.toThrow("choose another folder");
    }
  });
});

describe("removeTemporaries", () => {
  it("removes what a killed writer left, and nothing else", async () => {
    for (const name of [".model.safetensors.812-0a1b2c3d.tmp", "model.safetensors", ".hidden.tmp", "notes.tmp"])
      writeFileSync(join(folder, name), "");
    expect(await removeTemporaries(folder)).toBe(1);
    expect(readdirSync(folder).sort()).toEqual([".hidden.tmp", "model.safetensors", "notes.tmp"]);
  });

  it("finds nothing in a folder that isn't there", async () => {
    expect(await removeTemporaries(join(folder, "none"))).toBe(0);
  });
});
