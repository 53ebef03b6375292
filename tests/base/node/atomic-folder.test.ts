import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { writeFolderAtomic } from "../../../src/base/node/atomic-folder";

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "vitlab-folder-"));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** Pieces whose second one finds the disk full. */
function* untilFull(): Generator<Uint8Array> {
  yield Buffer.alloc(2000);
  throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
}

describe("writeFolderAtomic", () => {
  it("writes text and pieces, and folders as needed", async () => {
    const dir = join(work, "a", "b");
    await writeFolderAtomic(dir, { text: "words", pieces: [Buffer.from("one "), Buffer.from("two")] });
    expect(readdirSync(dir).sort()).toEqual(["pieces", "text"]);
    expect(readFileSync(join(dir, "pieces"), "utf8")).toBe("one two");
    expect(readdirSync(join(work, "a"))).toEqual(["b"]);
  });

  it("leaves nothing where the disk is full", async () => {
    const dir = join(work, "new");
    await expect(writeFolderAtomic(dir, { config: "{}", weights: untilFull() })).rejects.toThrow(
      new VitlabError(
        `${join(dir, "weights")} could not be written: the disk is full; 2 kB are needed beside what is there; ` +
          "free some space or choose another folder",
      ),
    );
    expect(readdirSync(work)).toEqual([]);
  });

  it("leaves a folder that is there as it was where the disk is full", async () => {
    const dir = join(work, "old");
    await writeFolderAtomic(dir, { config: "before", other: "mine" });
    await expect(writeFolderAtomic(dir, { config: "after", weights: untilFull() })).rejects.toThrow("the disk is full");
    expect(readdirSync(dir).sort()).toEqual(["config", "other"]);
    expect(readFileSync(join(dir, "config"), "utf8")).toBe("before");
  });

  it("replaces files of a folder that is there, and leaves the others", async () => {
    const dir = join(work, "old");
    await writeFolderAtomic(dir, { config: "before", other: "mine" });
    await writeFolderAtomic(dir, { config: "after" });
    expect(readFileSync(join(dir, "config"), "utf8")).toBe("after");
    expect(readdirSync(dir).sort()).toEqual(["config", "other"]);
  });

  it("removes what a killed writer left, and not what another is writing", async () => {
    const gone = join(work, ".dir.999999999-0a1b2c3d.tmp");
    const alive = join(work, `.dir.${process.ppid}-0a1b2c3d.tmp`);
    for (const folder of [gone, alive]) mkdirSync(folder);
    await writeFolderAtomic(join(work, "dir"), { config: "" });
    expect(existsSync(gone)).toBe(false);
    expect(existsSync(alive)).toBe(true);
  });

  it("names the file that is in the way", async () => {
    writeFileSync(join(work, "file"), "");
    await expect(writeFolderAtomic(join(work, "file"), { config: "" })).rejects.toThrow(
      `${join(work, "file")} is not a folder; choose another name`,
    );
    expect(readdirSync(work)).toEqual(["file"]);
  });
});
