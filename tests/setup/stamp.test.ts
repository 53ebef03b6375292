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

test("a lock left by a dead process is taken over, one of a living process is waited for", async () => {
  const { withLock } = await load("lock.mjs");
  const path = join(folder, "lock");
  mkdirSync(path);
  writeFileSync(
    join(path, "holder.json"),
    JSON.stringify({ pid: 2 ** 22 + 1, host: (await import("node:os")).hostname() }),
  );
  const order: string[] = [];
  await Promise.all([
    withLock(path, async () => {
      order.push("first in");
      await new Promise((done) => setTimeout(done, 50));
      order.push("first out");
    }),
    withLock(path, async () => order.push("second in")),
  ]);
  expect(order.indexOf("second in") - order.indexOf("first in")).not.toBe(1);
});
