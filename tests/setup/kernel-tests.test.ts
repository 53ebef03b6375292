import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

test("papermill's translator is laid out as pip would, in place of an older one", async () => {
  const { sitePackages, writePackage } = await load("steps/python-helpers.mjs");
  const environment = mkdtempSync(join(tmpdir(), "environment-"));
  expect(sitePackages(environment, "linux")).toBeUndefined();
  const packages = join(environment, "lib", "python3.12", "site-packages");
  mkdirSync(join(packages, "vitlab_jupyter-0.0.1.dist-info"), { recursive: true });
  mkdirSync(join(packages, "vitlab_jupyter"));
  writeFileSync(join(packages, "vitlab_jupyter", "gone.py"), "");
  expect(sitePackages(environment, "linux")).toBe(packages);
  const source = mkdtempSync(join(tmpdir(), "package-"));
  writeFileSync(join(source, "papermill.py"), "x = 1\n");
  writePackage(source, packages);
  const [folder, information] = readdirSync(packages).sort();
  expect(readdirSync(join(packages, folder as string))).toEqual(["papermill.py"]);
  expect(information).toMatch(/^vitlab_jupyter-[\d.]+\.dist-info$/);
  const entryPoints = readFileSync(join(packages, information as string, "entry_points.txt"), "utf8");
  expect(entryPoints).toContain("[papermill.engine]\nvitlab = vitlab_jupyter.papermill:Engine");
});
