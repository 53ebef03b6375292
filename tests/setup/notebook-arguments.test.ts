import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load } from "./load";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-notebooks-"));
  for (const name of ["03-b.ipynb", "02-a.ipynb", "Untitled.ipynb", "notes.md"])
    writeFileSync(join(folder, name), "{}");
  mkdirSync(join(folder, "zh"));
  for (const name of ["03-b.ipynb", "02-a.ipynb"]) writeFileSync(join(folder, "zh", name), "{}");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function asked(...args: string[]) {
  const { notebookRun } = await load("notebooks/arguments.mjs");
  const { files, ...rest } = notebookRun(args, folder);
  return { files: files.map((file: string) => relative(folder, file)), ...rest };
}

describe("npm run notebooks", () => {
  test("takes all of the project's own, in order and first in English, and writes them", async () => {
    const files = ["02-a.ipynb", "03-b.ipynb", "zh/02-a.ipynb", "zh/03-b.ipynb"];
    expect(await asked()).toEqual({ files, check: false, withData: false });
  });

  test("takes the beginning of a name, or a path", async () => {
    expect((await asked("03")).files).toEqual(["03-b.ipynb"]);
    expect((await asked("Unt")).files).toEqual(["Untitled.ipynb"]);
    expect((await asked(join("notebooks", "02-a.ipynb"))).files).toEqual(["02-a.ipynb"]);
  });

  test("takes those in Chinese by their folder", async () => {
    expect((await asked("zh")).files).toEqual(["zh/02-a.ipynb", "zh/03-b.ipynb"]);
    expect((await asked("zh/03")).files).toEqual(["zh/03-b.ipynb"]);
    expect((await asked("notebooks/zh/03-b.ipynb")).files).toEqual(["zh/03-b.ipynb"]);
  });

  test("writes nothing with --check, nor with CIFAR-10", async () => {
    expect((await asked("--check")).check).toBe(true);
    expect(await asked("--with-data", "02")).toMatchObject({ check: true, withData: true });
  });

  test("says what there is when a name or an option fits nothing", async () => {
    await expect(asked("9")).rejects.toThrow(/begins with "9": there are 02-a\.ipynb, 03-b\.ipynb, Untitled\.ipynb/);
    await expect(asked("--fast")).rejects.toThrow(/no option --fast: it knows --check and --with-data/);
  });
});
