import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startFolder } from "../../../src/kernel/typescript/start-folder";

it("is the kernel's own folder, or the nearest above it that is there", () => {
  expect(startFolder()).toBe(process.cwd());
  expect(startFolder("/")).toBe("/");
  expect(startFolder(join(__dirname, "removed", "with", "its", "parents"))).toBe(__dirname);
});

it("is the user's own folder where nothing is left", () => {
  expect(startFolder("/no-such-folder/at-all")).toBe(homedir());
  expect(startFolder(null)).toBe(homedir());
});
