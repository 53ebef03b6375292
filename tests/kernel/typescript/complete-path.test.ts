import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { completePath } from "../../../src/kernel/typescript/complete-path";

const folder = mkdtempSync(join(tmpdir(), "paths-"));
mkdirSync(join(folder, "images", "cats"), { recursive: true });
for (const name of ["index.ts", ".hidden", "images/one.png"]) writeFileSync(join(folder, name), "");
symlinkSync(join(folder, "images"), join(folder, "in-link"));
symlinkSync(join(folder, "gone"), join(folder, "in-nothing"));

it.each([
  ["i", ["images/", "in-link/", "in-nothing", "index.ts"]],
  ["./im", ["./images/"]],
  ["images/", ["images/cats/", "images/one.png"]],
  ["images/o", ["images/one.png"]],
  [".h", [".hidden"]],
  ["nowhere/x", []],
  [`${folder}/ind`, [`${folder}/index.ts`]],
])("%j may become %j", (typed, paths) => {
  expect(completePath(typed, folder).map(({ text }) => text)).toEqual(paths);
});

it("says which are folders", () => {
  expect(completePath("in", folder)).toEqual([
    { text: "in-link/", kind: "folder" },
    { text: "in-nothing", kind: "file" },
    { text: "index.ts", kind: "file" },
  ]);
});
