import { describe, expect, test } from "vitest";
import { load } from "./load";

const lock = {
  packages: {
    "": { name: "vitlab" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/b-darwin": { version: "2.0.0", integrity: "sha512-b", optional: true, os: ["darwin"] },
  },
};
const everywhere = () => true;

describe("missingPackages", () => {
  test("nothing is missing where node_modules is as the lock file says; parts for other platforms may be absent", async () => {
    const { missingPackages } = await load("steps/packages.mjs");
    const installed = { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } } };
    expect(missingPackages(lock, installed, everywhere)).toEqual([]);
  });

  test("everything needed is missing before the first npm ci", async () => {
    const { missingPackages } = await load("steps/packages.mjs");
    expect(missingPackages(lock, undefined, everywhere)).toEqual(["node_modules/a"]);
  });

  test("another version, another content, and a folder that was removed are missing", async () => {
    const { missingPackages } = await load("steps/packages.mjs");
    const other = (entry: object) => ({ packages: { "node_modules/a": entry } });
    const same = { version: "1.0.0", integrity: "sha512-a" };
    expect(missingPackages(lock, other({ ...same, version: "1.0.1" }), everywhere)).toEqual(["node_modules/a"]);
    expect(missingPackages(lock, other({ ...same, integrity: "sha512-x" }), everywhere)).toEqual(["node_modules/a"]);
    expect(missingPackages(lock, other(same), () => false)).toEqual(["node_modules/a"]);
  });
});

test("npmWords picks npm's own sentence out of its report", async () => {
  const { npmWords } = await load("steps/packages.mjs");
  const report = [
    "npm error code ENOTFOUND",
    "npm error errno ENOTFOUND",
    "npm error network request to the registry failed",
    "npm error A complete log of this run can be found in: /x/y.log",
  ].join("\n");
  expect(npmWords(report)).toBe("network request to the registry failed");
});
