import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load } from "./load";

let startArguments: Loaded;
let table: Loaded;

beforeAll(async () => {
  ({ startArguments, table } = await load("start.mjs"));
});

describe("the bench of the start", () => {
  it("measures this build with the kernel, fifteen times", () => {
    expect(startArguments([])).toEqual({ against: undefined, rounds: 15, kernel: true, json: false });
  });

  it("measures another build beside it, which has to be one", () => {
    const dist = join(__dirname, "..", "..", "dist");
    expect(startArguments(["--against", dist, "--rounds", "3", "--no-kernel"])).toMatchObject({
      against: dist,
      rounds: 3,
      kernel: false,
    });
    expect(() => startArguments(["--against", __dirname])).toThrow(/has no index.js; usage: npm run bench -- start/);
    expect(() => startArguments(["--rounds", "0"])).toThrow(/--rounds is 0/);
  });

  it("tells medians with quartiles, and how many times as long the other one took, by round", () => {
    const rows = table([
      { what: "node itself", builds: [[40, 41, 42]] },
      {
        what: "import",
        builds: [
          [100, 100, 200],
          [200, 300, 400],
        ],
      },
    ]).split("\n");
    expect(rows[2]).toBe("| node itself | 41 | 41-42 |  |  |  |  |");
    expect(rows[3]).toBe("| import | 100 | 100-150 | 300 | 250-350 | 2.00 | 2.00-2.50 |");
  });
});
