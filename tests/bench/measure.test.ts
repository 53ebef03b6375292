import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { forwardFlops, trainingFlops } from "../../src/train/flops";
import { completeConfig } from "../../src/vit/complete-config";
import { patchGridSize } from "../../src/vit/patches";
import { type Loaded, load } from "./load";

let measure: Loaded;
let withoutDefaults: Loaded;
let competitorsFor: Loaded;
let watchPauses: Loaded;

beforeAll(async () => {
  ({ measure, withoutDefaults } = await load("models/measure.mjs"));
  ({ competitorsFor } = await load("models/competitors.mjs"));
  ({ watchPauses } = await load("models/busy.mjs"));
});

if (!existsSync(join(__dirname, "..", "..", "dist", "index.js")))
  throw new Error("dist/ is missing: run `npm run build` before the tests of the bench");

const config = { imageSize: 8, patchSize: 4, dim: 8, depth: 1, heads: 2, mlpDim: 16, classes: 3 };
const library = { forwardFlops, trainingFlops, completeConfig, patchGridSize };
const settings = () => ({ rounds: 2, turnSeconds: 0.01, library, peaks: new Map(), idle: watchPauses() });
const competitors = () => competitorsFor({ engines: ["wasm"], peers: ["stock"], threads: 1 });

describe("a measurement", () => {
  it.each([
    ["training", { mode: "train", config: { ...config, dropout: 0.1 } }],
    ["inference", { mode: "infer", config }],
  ])("of %s: vitlab and stock operations take turns and do the same work", async (_, what) => {
    const measurement = { name: "micro", batch: 16, learningRate: 1e-4, ...what };
    const results = await measure(measurement, competitors(), settings(), () => {});
    expect(results.map((each: { competitor: string }) => each.competitor)).toEqual(["vitlab wasm", "stock wasm"]);
    for (const result of results) {
      expect(result).toMatchObject({ sameWork: "yes", rounds: 2, patches: 4, threads: 1 });
      expect(result.lossFell).toBe(what.mode === "train" ? true : null);
      expect(result.milliseconds.median).toBeGreaterThan(0);
      expect(result.ratio.median).toBeGreaterThan(0);
      expect(result.flops).toBe(16 * (what.mode === "train" ? 3 : 1) * forwardFlops(completeConfig(config)));
    }
  });

  it("goes on without a competitor that fails, and says why", async () => {
    const broken = {
      id: "broken",
      engine: "wasm",
      against: "vitlab wasm",
      start: { command: "no-such-program", args: [] },
    };
    const measurement = { name: "micro", mode: "infer", batch: 1, learningRate: 1e-4, config };
    const [vitlab, other] = await measure(measurement, [competitors()[0], broken], settings(), () => {});
    expect(vitlab).toMatchObject({ rounds: 2, sameWork: "yes" });
    expect(other.failed).toContain("no-such-program does not start");
  });
});

it("tells a build only what a config chooses, so that one that doesn't know a newer field takes part", () => {
  const full = completeConfig({ ...config, dropout: 0.1, attentionDropout: 0 });
  expect(withoutDefaults(full, completeConfig)).toEqual({ ...config, dropout: 0.1 });
  expect(completeConfig(withoutDefaults(full, completeConfig))).toEqual(full);
});
