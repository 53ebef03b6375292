import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sweep-full-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script where a small disk is mounted at `disk`: seen by it alone, and gone with it. */
function onSmallDisk(script: string): string {
  const whole = `mkdir -p disk && mount -t tmpfs -o size=300k tmpfs disk && ${script}`;
  return execFileSync("unshare", ["--map-root-user", "--mount", "sh", "-c", whole], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const canMount = (() => {
  try {
    onSmallDisk("true");
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(canMount)("a sweep on a disk that becomes full", () => {
  it("ends in a sentence, loses nothing, and goes on where there is space again", () => {
    const TINY = { preset: "article", dim: 32, mlpDim: 64, depth: 1, heads: 2, trainCount: 60, validation: 40 };
    const settings = { ...TINY, batchSize: 20, epochs: 2, learningRate: { values: [0.001, 0.002, 0.003] } };
    writeFileSync(join(folder, "plan.json"), JSON.stringify({ data: "shapes", settings }));
    const program = join(__dirname, "..", "..", "dist", "cli", "main.js");
    const vitlab = (rest: string) => `${process.execPath} ${program} sweep ${rest} 2>&1; echo code $?`;
    const said = onSmallDisk(
      [
        vitlab("plan.json --out disk/a --workers 2"),
        vitlab("table disk/a"),
        "mount -o remount,size=3m disk",
        vitlab("plan.json --out disk/a --workers 2 --resume"),
        vitlab("plan.json --out b --workers 2"),
        `${process.execPath} ${program} sweep export disk/a a.csv`,
        `${process.execPath} ${program} sweep export b b.csv`,
        "cut -d, -f1-14 a.csv > a.txt; cut -d, -f1-14 b.csv > b.txt; cmp a.txt b.txt && echo the same",
      ].join("\n"),
    );
    expect(said).toMatch(
      /error: .*could not be written: the disk is full; .*; then go on with the sweep by resume\ncode 1/,
    );
    expect(said).toMatch(/\n\d of 3 trials done, .*paused.*\n(.*\n)+code 0/);
    expect(said).toMatch(/\n3 of 3 trials done; best: (.*\n)+code 0\n/);
    expect(said).not.toMatch(/failed/);
    expect(said).toMatch(/the same\n$/);
  }, 60_000);
});
