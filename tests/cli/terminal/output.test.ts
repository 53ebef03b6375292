import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { program, vitlab, workFolder } from "../vitlab";

const folder = workFolder();

describe.runIf(existsSync("/dev/full"))("vitlab on a full disk", () => {
  it("says so in one sentence and exits with 1", async () => {
    expect(await run(["doctor", "--json"], openSync("/dev/full", "w"), "pipe")).toEqual({
      code: 1,
      stderr: "error: the output could not be written: the disk is full; free some space or write elsewhere\n",
    });
  });

  it("does its work where only stderr can't be written", async () => {
    const outcome = await run(["evaluate", "none", "--data", "shapes"], "ignore", openSync("/dev/full", "w"));
    expect(outcome.code).toBe(1);
    expect(await run(["--version"], "ignore", openSync("/dev/full", "w"))).toMatchObject({ code: 0 });
  });
});

describe("vitlab train", () => {
  it("stops, saves and exits with 1 when its reader goes away", async () => {
    const args = "train --config micro.json --data shapes --train-count 100 --validation 50 --epochs 500".split(" ");
    const child = spawn(process.execPath, [program, ...args, "--json", "--out", "unread"], { cwd: folder });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toContain("error: the output can't be written any more: stopping\n");
    expect(stderr).toMatch(/stopped after step \d+ of 1000 \(\d+ of 500 epochs done\), saved in unread; go on with: /);
    expect(code).toBe(1);
    expect(existsSync(join(folder, "unread", "training.safetensors"))).toBe(true);
    expect(await vitlab(folder, ["evaluate", "unread", "--data", "shapes", "--json"])).toMatchObject({ code: 0 });
  });
});

async function run(args: string[], stdout: number | "ignore", stderr: number | "pipe") {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ["ignore", stdout, stderr] });
  let text = "";
  child.stderr?.on("data", (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, stderr: text };
}
