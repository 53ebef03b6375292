import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { expect, test } from "vitest";
import { KernelError } from "../../src/kernel/kernel-error";
import { installKernelspec, kernelspecFolder, removeKernelspec, userJupyterFolder } from "../../src/kernel/kernelspec";

test("the kernelspec starts this very Node with the kernel, by absolute paths", () => {
  const folder = kernelspecFolder(mkdtempSync(join(tmpdir(), "kernelspec-")));
  installKernelspec(folder);
  const spec = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8"));
  expect(spec).toMatchObject({
    display_name: "TypeScript (vitlab)",
    language: "typescript",
    interrupt_mode: "message",
  });
  const [node, main, file] = spec.argv;
  expect(node).toBe(process.execPath);
  expect(isAbsolute(main)).toBe(true);
  expect(file).toBe("{connection_file}");
  expect(removeKernelspec(folder)).toBe(true);
  expect(readdirSync(join(folder, ".."))).toEqual([]);
  expect(removeKernelspec(folder)).toBe(false);
});

test("a place that can't be written is named, with what to do", () => {
  const folder = join(__filename, "kernels", "vitlab");
  expect(() => installKernelspec(folder)).toThrow(KernelError);
  expect(() => installKernelspec(folder)).toThrow(/can't be written to .*: name another folder with --prefix/);
});

test("with a prefix it goes into that environment, without one where Jupyter programs look for the user's own", () => {
  expect(kernelspecFolder("/env")).toBe("/env/share/jupyter/kernels/vitlab");
  expect(userJupyterFolder({}, "linux", "/home/me")).toBe("/home/me/.local/share/jupyter");
  expect(userJupyterFolder({}, "darwin", "/Users/me")).toBe("/Users/me/Library/Jupyter");
  expect(userJupyterFolder({ JUPYTER_DATA_DIR: "/j" }, "linux", "/home/me")).toBe("/j");
});
