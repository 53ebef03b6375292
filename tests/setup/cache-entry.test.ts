import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { load } from "./load";

let parent = "";
let place = "";

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "vitlab-cache-"));
  place = join(parent, "entry");
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

async function make(text: string, onFill = () => {}) {
  const { makeEntry, writeManifest } = await load("native/cache-entry.mjs");
  await makeEntry(place, async (folder: string) => {
    writeFileSync(join(folder, "library"), text);
    onFill();
    await writeManifest(folder, { tensorflow: "2.21.0" }, ["library"]);
  });
}

describe("a cache entry", () => {
  test("is there whole once it is made, and no temporary folder stays", async () => {
    const { readEntry } = await load("native/cache-entry.mjs");
    await make("whole");
    expect((await readEntry(place)).tensorflow).toBe("2.21.0");
    expect(readdirSync(parent)).toEqual(["entry"]);
  });

  test("is not there at all when making it fails", async () => {
    await expect(
      make("half", () => {
        throw new Error("disk full");
      }),
    ).rejects.toThrow("disk full");
    expect(readdirSync(parent)).toEqual([]);
  });

  test("that is truncated, or changed in place, is seen as damaged, and replaced", async () => {
    const { readEntry } = await load("native/cache-entry.mjs");
    await make("whole");
    writeFileSync(join(place, "library"), "who");
    expect(await readEntry(place)).toBeUndefined();
    await make("whole");
    writeFileSync(join(place, "library"), "whale");
    utimesSync(join(place, "library"), 1, 1);
    expect(await readEntry(place)).toBeUndefined();
    await make("whole");
    expect(readFileSync(join(place, "library"), "utf8")).toBe("whole");
    expect(readdirSync(parent)).toEqual(["entry"]);
  });

  test("that was only touched is still whole", async () => {
    const { readEntry } = await load("native/cache-entry.mjs");
    await make("whole");
    utimesSync(join(place, "library"), 1, 1);
    expect(await readEntry(place)).toBeDefined();
  });

  test("that another set-up makes at the same time is used: the first whole one stays", async () => {
    await Promise.all([make("first"), make("other")]);
    expect(existsSync(join(place, "manifest.json"))).toBe(true);
    expect(["first", "other"]).toContain(readFileSync(join(place, "library"), "utf8"));
    expect(readdirSync(parent)).toEqual(["entry"]);
  });
});
