import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { recorded } from "../../src/recipes/recorded";

// A notebook of this number there is not.
const name = "99-test-of-recorded";
const file = join(__dirname, "..", "..", "data", "results", `${name}.json`);

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
});

afterEach(() => {
  rmSync(file, { force: true });
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const run = (which: string, seed: number) => which.length + seed / 10;

it("reads what was made, and makes nothing unless it is told to", async () => {
  const never = vi.fn(run);
  await expect(recorded(name, ["a", "bb"], never)).rejects.toThrow(
    `data/results/${name}.json has 0 of 5 results for "a": VITLAB_FULL=1 npm run notebooks -- 99 makes the others`,
  );
  vi.stubEnv("VITLAB_FULL", "1");
  expect(await recorded(name, ["a", "bb"], run, { seeds: 2 })).toEqual({ a: [1, 1.1], bb: [2, 2.1] });
  vi.unstubAllEnvs();
  expect(await recorded(name, ["bb"], never, { seeds: 1 })).toEqual({ bb: [2] });
  expect(never).not.toHaveBeenCalled();
});

it("goes on where it was broken off, and keeps what is there", async () => {
  vi.stubEnv("VITLAB_FULL", "1");
  const broken = vi.fn((which: string, seed: number) => {
    if (seed === 1 && which === "bb") throw new Error("the light went out");
    return run(which, seed);
  });
  await expect(recorded(name, ["a", "bb"], broken, { seeds: 2 })).rejects.toThrow("the light went out");
  const going = vi.fn(run);
  expect(await recorded(name, ["a", "bb"], going, { seeds: 2 })).toEqual({ a: [1, 1.1], bb: [2, 2.1] });
  expect(going.mock.calls).toEqual([["bb", 1]]);
});

it("writes a line a result and the command that made it", async () => {
  vi.stubEnv("VITLAB_FULL", "1");
  await recorded(name, ["a"], () => ({ accuracy: 0.5, losses: [2, 1] }), { seeds: 1 });
  expect(readFileSync(file, "utf8")).toBe(`{
  "command": "VITLAB_FULL=1 npm run notebooks -- 99",
  "results": {
    "a": [
      {"accuracy":0.5,"losses":[2,1]}
    ]
  }
}
`);
});

it("only reads what needs CIFAR-10 where that is not", async () => {
  vi.stubEnv("VITLAB_FULL", "1");
  vi.stubEnv("VITLAB_NO_CIFAR", "1");
  vi.stubEnv("VITLAB_DATA", join(__dirname, "no-such-folder"));
  await expect(recorded(name, ["a"], run, { cifar10: true })).rejects.toThrow("-- 99 --with-data makes the others");
});

it("refuses what JSON would lose, a file that is none, and a name without a number", async () => {
  vi.stubEnv("VITLAB_FULL", "1");
  await expect(recorded(name, ["a"], () => Number.NaN)).rejects.toThrow('for "a" gave NaN: give finite numbers');
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, "{");
  await expect(recorded(name, ["a"], run)).rejects.toThrow("is no JSON: delete it and make it anew with VITLAB_FULL=1");
  await expect(recorded("positions", ["a"], run)).rejects.toThrow('such as "03-positions"');
});
