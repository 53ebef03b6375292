import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { load } from "./load";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-beside-"));
  vi.stubEnv("npm_execpath", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe("packages are put beside vitlab", () => {
  it("with the project's own package manager, at exact versions", async () => {
    const { installCommand } = await load("beside.mjs");
    expect(installCommand(folder, ["a@1.0.0"], true).join(" ")).toMatch(
      /^npm install --save-exact --save-optional --ignore-scripts .* a@1\.0\.0$/,
    );
    expect(installCommand(folder, ["a@1.0.0"], false).join(" ")).toMatch(/^npm install --save-exact --save-dev /);
    writeFileSync(join(folder, "pnpm-lock.yaml"), "");
    expect(installCommand(folder, ["a@1.0.0"], false)).toEqual([
      "pnpm",
      "add",
      "--save-exact",
      "--save-dev",
      "a@1.0.0",
    ]);
  });

  it("and a package manager that vitlab doesn't call is named, with what to add", async () => {
    const { installCommand } = await load("beside.mjs");
    writeFileSync(join(folder, "yarn.lock"), "");
    expect(() => installCommand(folder, ["a@1.0.0"], true)).toThrow(
      /yarn\.lock, whose program vitlab doesn't call: add a@1\.0\.0 with it, without running their scripts, and start again/,
    );
  });

  // npm does so for an optional package where there is no network.
  it.skipIf(process.platform === "win32")(
    "and where npm says that all is well and nothing came, package.json is as it was, and it is said",
    async () => {
      const { installInto } = await load("beside.mjs");
      const programs = join(folder, "bin");
      mkdirSync(programs);
      writeFileSync(join(programs, "npm"), "#!/bin/sh\necho spoilt > package.json\necho made > package-lock.json\n");
      chmodSync(join(programs, "npm"), 0o755);
      vi.stubEnv("PATH", `${programs}${delimiter}${process.env.PATH}`);
      writeFileSync(join(folder, "package.json"), "{}\n");
      const report = { working: () => {} };
      await expect(installInto(folder, ["no-such-package@1.0.0"], { optional: true, report })).rejects.toThrow(
        /no-such-package@1\.0\.0` failed in .* \(it can't be reached, .*\): check the network and start again/,
      );
      expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("{}\n");
      expect(existsSync(join(folder, "package-lock.json"))).toBe(false);
    },
  );
});
