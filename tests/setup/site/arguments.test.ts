import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { load } from "../load";

async function asked(...args: string[]): Promise<{ out: string }> {
  const { siteArguments } = await load("site/arguments.mjs");
  return siteArguments(args, "/p", "/here");
}

describe("npm run site", () => {
  test("writes to site/ of the project, or where it is told", async () => {
    expect(await asked()).toEqual({ out: join("/p", "site") });
    expect(await asked("--out", "pages")).toEqual({ out: join("/here", "pages") });
    expect(await asked("--out=/q/pages")).toEqual({ out: "/q/pages" });
  });

  test("refuses what it doesn't know, and no folder", async () => {
    await expect(asked("--fast")).rejects.toThrow("npm run site knows no --fast: it knows --out DIR");
    await expect(asked("--out", "a", "b")).rejects.toThrow("npm run site knows no b");
    await expect(asked("--out")).rejects.toThrow("--out names no folder");
  });
});
