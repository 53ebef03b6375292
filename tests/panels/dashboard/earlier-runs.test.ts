import { expect, it } from "vitest";
import { earlierRuns } from "../../../src/panels/dashboard/earlier-runs";
import type { RunRecord } from "../../../src/train/recent-runs";

const record = (name: string, epochs = 1) =>
  ({ name, settings: {}, history: Array(epochs).fill({}), rateChanges: [] }) as unknown as RunRecord;

it("are those of this process before the run, newest first, then those of the folder", () => {
  const recent = [record("run 1"), record("runs/b"), record("run 3"), record("run 4")];
  const saved = [record("runs/a"), record("runs/b"), record("runs/c")];
  const names = (own?: RunRecord) => earlierRuns(recent, saved, own).map(({ name }) => name);
  expect(names(recent[2])).toEqual(["runs/b", "run 1", "runs/c", "runs/a"]);
  expect(names()).toEqual(["run 4", "run 3", "runs/b", "run 1", "runs/c", "runs/a"]);
});

it("aren't the run's own folder, nor runs without an epoch, and not too many", () => {
  const own = record("runs/b");
  expect(earlierRuns([record("run 1", 0), own], [record("./runs/b")], own)).toEqual([]);
  const many = Array.from({ length: 30 }, (_, i) => record(`run ${i}`));
  expect(earlierRuns(many, [], undefined).length).toBe(6);
});
