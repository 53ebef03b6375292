import { expect, test } from "vitest";
import { load } from "./load";

test("without arguments all of vitlab's own kernel is tested", async () => {
  const { kernelTestRun } = await load("kernel-tests/arguments.mjs");
  expect(kernelTestRun([])).toMatchObject({ kernel: "vitlab", quick: false, peers: false });
  expect(kernelTestRun(["--kernel", "tslab", "--filter", "stdin"])).toMatchObject({ kernel: "tslab", filter: "stdin" });
});

test("an unknown argument is answered with the usage", async () => {
  const { kernelTestRun } = await load("kernel-tests/arguments.mjs");
  expect(() => kernelTestRun(["--kernle=x"])).toThrow(/--kernle.*usage: npm run test:kernel/);
});

test("a check is told with its figure, and with what went wrong", async () => {
  const { checkLine, countChecks, readChecks } = await load("kernel-tests/report.mjs");
  const checks = readChecks(
    '{"check":"One","outcome":"passed","told":"12 ms","message":""}\n{"check":"Two","outcome":"failed","told":"","message":"no reply"}\n{"check":"Three","outcome":"skipped","told":"","message":"not here"}\n',
  );
  expect(checks.map(checkLine)).toEqual(["  ✓ One: 12 ms", "  ✗ Two: no reply", "  – Three: not here"]);
  expect(countChecks(checks)).toBe("1 ok, 1 failed, 1 skipped");
});
