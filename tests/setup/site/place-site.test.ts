import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { load } from "../load";
import { write } from "./notebook";

let folder = "";
const within = (...path: string[]) => join(folder, ...path);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-site-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a site takes the place of the one before, and leaves nothing of it", async () => {
  const { placeSite } = await load("site/place-site.mjs");
  placeSite(
    new Map([
      ["index.html", "one"],
      ["old/page.html", "…"],
    ]),
    within("new", "site"),
  );
  placeSite(new Map([["index.html", "two"]]), within("new", "site"));
  expect(readFileSync(within("new", "site", "index.html"), "utf8")).toBe("two");
  expect(existsSync(within("new", "site", "old"))).toBe(false);
  expect(readdirSync(within("new"))).toEqual(["site"]);
});

test("a folder with anything else is left as it is", async () => {
  const { placeSite } = await load("site/place-site.mjs");
  write(folder, "mine/notes.md", "mine");
  expect(() => placeSite(new Map([["index.html", "…"]]), within("mine"))).toThrow(
    /mine holds something else than a site/,
  );
  expect(readdirSync(within("mine"))).toEqual(["notes.md"]);
  writeFileSync(within("file"), "mine");
  expect(() => placeSite(new Map(), within("file"))).toThrow(/file is a file: name a folder with --out/);
});
