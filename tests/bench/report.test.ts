import { beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load } from "./load";

let table: Loaded;
let verdict: Loaded;
let withPeaks: Loaded;

beforeAll(async () => {
  ({ table, verdict, withPeaks } = await load("models/report.mjs"));
});
const head = { model: "article", mode: "train", batch: 64, imageSize: 32, engine: "native" };
const measured = {
  ...head,
  competitor: "stock native",
  milliseconds: { median: 427.2, q1: 424, q3: 430 },
  ratio: { against: "vitlab native", median: 1.418, q1: 1.38, q3: 1.456 },
  flopsPerSecond: 16.4e9,
  sameWork: "yes",
  lossFell: true,
};

describe("the table", () => {
  it("has a row each, with medians, quartiles, the ratio to vitlab and the share of the peak", () => {
    const rows = table(withPeaks([measured], new Map([["native", 164e9]]))).split("\n");
    expect(rows).toHaveLength(3);
    expect(rows[2].split("|").map((cell: string) => cell.trim())).toEqual([
      "",
      "article",
      "training, batch 64, 32 px",
      "stock native",
      "427",
      "424-430",
      "1.42",
      "1.38-1.46",
      "16.4",
      "10 %",
      "yes",
      "",
    ]);
  });

  it("says why there are no numbers", () => {
    const skipped = { ...head, competitor: "vitlab wasm", skipped: "a step takes minutes" };
    expect(table(withPeaks([skipped], new Map()))).toContain("| skipped: a step takes minutes |");
    expect(table([{ ...head, competitor: "torch eager", failed: "out of memory" }])).toContain("failed: out of memory");
  });

  it("shows at a glance who did other work", () => {
    expect(verdict({ sameWork: "a logit differs by 0.1", lossFell: null })).toBe("NO: a logit differs by 0.1");
    expect(verdict({ sameWork: "yes", lossFell: false })).toBe("yes; its loss does NOT fall");
    expect(verdict({ sameWork: null, lossFell: true })).toBe("nothing to compare with");
  });
});
