import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { History } from "../../../src/kernel/front/history";

function file(): string {
  return join(mkdtempSync(join(tmpdir(), "history-")), "folder", "history.jsonl");
}

function remember(path: string, sources: readonly string[]): History {
  const history = new History(path);
  for (const [i, source] of sources.entries()) history.add(i + 1, source);
  history.flush();
  return history;
}

describe("the history", () => {
  it("keeps cells between runs, each run a session of its own", () => {
    const path = file();
    remember(path, ["a", "b"]);
    const second = remember(path, ["c"]);
    expect(second.find({ hist_access_type: "tail", n: 2 })).toEqual([
      [1, 2, "b"],
      [2, 1, "c"],
    ]);
    expect(second.find({ hist_access_type: "range", session: -1, start: 1, stop: 2 })).toEqual([[1, 1, "a"]]);
    expect(second.find({ hist_access_type: "range", session: 0, start: 1 })).toEqual([[2, 1, "c"]]);
  });

  it("searches whole sources with * and ?, over lines, the latest n, each source once if asked", () => {
    const history = remember(file(), ["6*7", "let a\n= 1", "6*7", "6/7"]);
    const search = (more: object) => history.find({ hist_access_type: "search", ...more }).map(([, line]) => line);
    expect(search({ pattern: "6?7" })).toEqual([1, 3, 4]);
    expect(search({ pattern: "6?7", n: 1 })).toEqual([4]);
    expect(search({ pattern: "6?7", unique: true })).toEqual([3, 4]);
    expect(search({ pattern: "let*1" })).toEqual([2]);
    expect(search({ pattern: "let" })).toEqual([]);
  });

  it("reads past a line that was cut short", () => {
    const path = file();
    remember(path, ["a"]);
    writeFileSync(path, `${readFileSync(path, "utf8")}[1,2,"half`);
    expect(new History(path).find({ hist_access_type: "tail", n: 5 })).toEqual([[1, 1, "a"]]);
    remember(path, ["b"]);
    expect(new History(path).find({ hist_access_type: "tail", n: 1 })).toEqual([[2, 1, "b"]]);
  });

  it("goes on in memory where nothing can be written", () => {
    for (const nowhere of ["/dev/null/history", "/proc/nobody/history/file"]) {
      const history = remember(nowhere, ["a"]);
      expect(history.find({ hist_access_type: "tail", n: 1 })).toEqual([[1, 1, "a"]]);
    }
  });
});

describe("a search of the history", () => {
  const search = (path: string, pattern: unknown) =>
    new History(path).find({ hist_access_type: "search", pattern }).map(([, , source]) => source);

  it("takes * and ? as a shell does, and all else as it is", () => {
    const path = file();
    remember(path, ["let a = 1;", "a[0]", "two\nlines", "**"]);
    expect(search(path, "*a*")).toEqual(["let a = 1;", "a[0]"]);
    expect(search(path, "a[?]")).toEqual(["a[0]"]);
    expect(search(path, "two*s")).toEqual(["two\nlines"]);
    expect(search(path, "??")).toEqual(["**"]);
    expect(search(path, "a")).toEqual([]);
    expect(search(path, undefined)).toHaveLength(4);
    expect(search(path, { toString: 1 })).toEqual([]);
  });

  it("ends at once, however many stars there are", () => {
    const path = file();
    remember(path, ["a".repeat(3_000)]);
    const started = performance.now();
    expect(search(path, `${"*a".repeat(30)}*b`)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
