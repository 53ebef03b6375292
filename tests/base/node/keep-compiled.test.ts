import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the command keeps what V8 compiled in vitlab's cache, where Node.js can", () => {
  const cache = mkdtempSync(join(tmpdir(), "vitlab-cache-"));
  try {
    const main = join(__dirname, "..", "..", "..", "dist", "cli", "main.js");
    const env = { ...process.env, VITLAB_CACHE: cache };
    expect(spawnSync(process.execPath, [main, "--version"], { env }).status).toBe(0);
    expect(readdirSync(cache)).toEqual("enableCompileCache" in nodeModule ? ["compiled"] : []);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});
