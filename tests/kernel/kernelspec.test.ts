import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { expect, test } from "vitest";
import { KernelError } from "../../src/kernel/kernel-error";
import {
  installKernelspec,
  kernelspecFolder,
  lastingName,
  removeKernelspec,
  userJupyterFolder,
} from "../../src/kernel/kernelspec";

test("the kernelspec starts this very Node with the kernel, by absolute paths", () => {
  const folder = kernelspecFolder(mkdtempSync(join(tmpdir(), "kernelspec-")));
  installKernelspec(folder);
  const spec = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8"));
  expect(spec).toMatchObject({
    display_name: "TypeScript (vitlab)",
    language: "typescript",
    interrupt_mode: "message",
    kernel_protocol_version: "5.5",
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
  const platform = { JUPYTER_PLATFORM_DIRS: "1" };
  expect(userJupyterFolder(platform, "linux", "/home/me")).toBe("/home/me/.local/share/jupyter");
  expect(userJupyterFolder(platform, "darwin", "/Users/me")).toBe("/Users/me/Library/Application Support/Jupyter");
  expect(userJupyterFolder({ ...platform, LOCALAPPDATA: "/local" }, "win32", "/me")).toBe("/local/Jupyter");
  expect(userJupyterFolder({ JUPYTER_PLATFORM_DIRS: "Off" }, "darwin", "/Users/me")).toBe("/Users/me/Library/Jupyter");
});

test("Node is called by a name that an upgrade leaves, where there is one", () => {
  const root = mkdtempSync(join(tmpdir(), "lasting-"));
  const [versioned, stable, other, shell] = ["cellar/22.1.0/bin", "bin", "other", "fnm_multishells/1"].map((name) =>
    join(root, name),
  ) as [string, string, string, string];
  for (const folder of [versioned, stable, other, shell]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(versioned, "node"), "");
  writeFileSync(join(other, "node"), "");
  for (const folder of [stable, shell]) symlinkSync(join(versioned, "node"), join(folder, "node"));
  const node = join(versioned, "node");
  const search = (...folders: string[]) => lastingName(node, folders.join(delimiter));
  expect(search(versioned, shell, other, stable)).toBe(join(stable, "node"));
  expect(search(versioned, shell, other)).toBe(node);
  expect(lastingName("/usr/bin/node", stable)).toBe("/usr/bin/node");
});
