import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { load } from "./load";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-stamp-"));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src", "a.ts"), "1");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the hash of sources changes with a text, a name and a new file, and with nothing else", async () => {
  const { hashTree } = await load("stamp.mjs");
  const hash = () => hashTree(folder, ["src", "not-there.json"]);
  const first = hash();
  writeFileSync(join(folder, "src", "a.ts"), "1");
  expect(hash()).toBe(first);
  writeFileSync(join(folder, "src", "a.ts"), "2");
  const second = hash();
  writeFileSync(join(folder, "src", "b.ts"), "");
  expect(new Set([first, second, hash()]).size).toBe(3);
});

test("a stamp that is half written, or absent, says nothing", async () => {
  const { readStamp, writeStamp } = await load("stamp.mjs");
  const path = join(folder, "deep", "stamp.json");
  expect(readStamp(path)).toBeUndefined();
  writeStamp(path, { hash: "x" });
  expect(readStamp(path)).toEqual({ hash: "x" });
  writeFileSync(path, '{"hash": ');
  expect(readStamp(path)).toBeUndefined();
});
