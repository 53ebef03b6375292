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

test("the checks of each client are rows of a table, and what is refused says why", async () => {
  const { checkTable } = await load("kernel-tests/report.mjs");
  const checks = [
    { group: "voila 0.5", check: "a page", outcome: "passed", message: "" },
    { group: "voila 0.5", check: "`a | b`", outcome: "failed", message: "no answer" },
    { group: "nbval 0.11", check: "a value", outcome: "skipped", message: "not here" },
  ];
  expect(checkTable(checks, "python3").split("\n")).toEqual([
    "| client | what | python3 |",
    "| --- | --- | --- |",
    "| voila 0.5 | a page | ✓ |",
    "|  | `a \\| b` | ✗ no answer |",
    "| nbval 0.11 | a value | – not here |",
  ]);
});
