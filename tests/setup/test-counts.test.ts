import { expect, test } from "vitest";
import { load } from "./load";

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

test("passed and failed are vitest's own counts", async () => {
  const { countTests } = await load("test-counts.mjs");
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    testResults: [file("passed", "passed"), file("failed", "failed")],
  };
  expect(countTests(report, false)).toEqual({ passed: 3, failed: 1 });
});

test("a file that could not be loaded is a failure, and so is a run that ended badly", async () => {
  const { countTests } = await load("test-counts.mjs");
  const broken = { numPassedTests: 3, numFailedTests: 0, testResults: [file("failed")] };
  expect(countTests(broken, false)).toEqual({ passed: 3, failed: 1 });
  expect(countTests(undefined, false)).toEqual({ passed: 0, failed: 1 });
  expect(countTests({ numPassedTests: 2, numFailedTests: 0, testResults: [] }, true)).toEqual({ passed: 2, failed: 0 });
});
