import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installPythonPackage, pythonPackages, removePythonPackage } from "../../src/kernel/python-package";

test("papermill's translator is laid out as pip would, in place of an older one, and removed again", () => {
  const environment = mkdtempSync(join(tmpdir(), "environment-"));
  expect(pythonPackages(environment, "linux")).toBeUndefined();
  const packages = join(environment, "lib", "python3.12", "site-packages");
  mkdirSync(join(packages, "vitlab_jupyter-0.0.1.dist-info"), { recursive: true });
  mkdirSync(join(packages, "vitlab_jupyter"));
  writeFileSync(join(packages, "vitlab_jupyter", "gone.py"), "");
  expect(pythonPackages(environment, "linux")).toBe(packages);
  installPythonPackage(packages);
  const [folder, information] = readdirSync(packages).sort() as [string, string];
  expect(readdirSync(join(packages, folder))).toEqual(["__init__.py", "papermill.py"]);
  expect(information).toMatch(/^vitlab_jupyter-[\d.]+\.dist-info$/);
  const entryPoints = readFileSync(join(packages, information, "entry_points.txt"), "utf8");
  expect(entryPoints).toContain("[papermill.engine]\nvitlab = vitlab_jupyter.papermill:Engine");
  const record = readFileSync(join(packages, information, "RECORD"), "utf8");
  expect(record.split("\n").filter(Boolean)).toHaveLength(6);
  expect([removePythonPackage(packages), removePythonPackage(packages), readdirSync(packages)]).toEqual([
    true,
    false,
    [],
  ]);
});
