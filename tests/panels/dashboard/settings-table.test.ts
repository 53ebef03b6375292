import { expect, it } from "vitest";
import { settingsTable } from "../../../src/panels/dashboard/settings-table";
import type { RunSettings } from "../../../src/train/checkpoint/recipe";

const run = (name: string, settings: object) => ({ name, settings: settings as RunSettings, rateChanges: [] });

it("tells the settings that differ, by path, in the order of the runs", () => {
  const table = settingsTable([
    run("this run", { model: { dim: 8, depth: 2 }, optimizer: { name: "adam", learningRate: 1e-3 }, clipNorm: 1 }),
    run("runs/a", { model: { dim: 16, depth: 2 }, optimizer: { name: "adam", learningRate: 1e-4 }, clipNorm: null }),
  ]);
  expect(table).toEqual({
    runs: ["this run", "runs/a"],
    rows: [
      { setting: "model.dim", values: ["8", "16"] },
      { setting: "optimizer.learningRate", values: ["0.001", "0.0001"] },
      { setting: "clipNorm", values: ["1", "–"] },
    ],
    more: 0,
  });
});

it("tells changes by hand, and leaves out hashes", () => {
  const changed = [{ type: "learningRate", epoch: 1, update: 4, learningRate: 1e-4 }] as const;
  const table = settingsTable([
    { ...run("this run", { firstBatch: "a", train: { name: "x", sha256: "b" } }), rateChanges: changed },
    run("run 1", { firstBatch: "c", train: { name: "x", sha256: "d" } }),
  ]);
  expect(table.rows).toEqual([{ setting: "learning rate by hand", values: ["0.0001 from step 5", "–"] }]);
});

it("stays short, and passes on nothing that acts", () => {
  const many = (value: string) => Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`s${i}`, value]));
  const { rows, more } = settingsTable([run("a", many("\u001b[31m")), run("b", many("y".repeat(500)))]);
  expect([rows.length, more]).toEqual([30, 10]);
  expect(rows[0]?.values[0]).toBe("␛[31m");
  expect(rows[0]?.values[1]?.length).toBe(60);
});
