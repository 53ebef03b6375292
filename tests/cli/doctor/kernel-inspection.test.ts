import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inspectKernel, jupyterPath } from "../../../src/cli/doctor/kernel-inspection";
import { kernelspec } from "../../../src/kernel/kernelspec";

const dist = join(__dirname, "..", "..", "..", "dist");
const main = join(dist, "kernel", "typescript", "main.js");
let prefix: string;
let jupyter: string;

beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), "vitlab-doctor-"));
  jupyter = join(prefix, "share", "jupyter");
  vi.stubEnv("VITLAB_CACHE", join(prefix, "cache"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(prefix, { recursive: true, force: true });
});

/** Writes a kernelspec as `kernelspec install` does; returns its folder. */
function install(text = JSON.stringify(kernelspec(process.execPath, main)), below = jupyter): string {
  const folder = join(below, "kernels", "vitlab");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "kernel.json"), text);
  return folder;
}

describe("inspectKernel", () => {
  it("finds nothing where no kernel is installed", async () => {
    expect(await inspectKernel([jupyter])).toBeNull();
  });

  it("says where the kernel is, which Node and TypeScript it has, and what would install it anew", async () => {
    const folder = install();
    expect(await inspectKernel([jupyter])).toEqual({
      folder,
      name: "TypeScript (vitlab)",
      node: process.execPath,
      main,
      sameNode: true,
      nodeVersion: process.versions.node,
      snapshot: null,
      typescript: require("typescript/package.json").version,
      nodeTypes: require("@types/node/package.json").version,
      problem: null,
      remedy: `npx vitlab kernelspec install --prefix ${prefix}`,
    });
  });

  it("takes the first of several, as Jupyter does", async () => {
    const first = join(prefix, "first");
    const folder = install(undefined, first);
    install();
    expect((await inspectKernel([join(prefix, "none"), first, jupyter]))?.folder).toBe(folder);
  });

  it("finds the snapshot that the kernel's Node would start the compiler from", async () => {
    install();
    const script = "console.log(require(process.argv[1]).snapshotFile())";
    const compiler = join(dist, "kernel", "compiler", "snapshot.js");
    const snapshot = execFileSync(process.execPath, ["-e", script, compiler], { encoding: "utf8" }).trim();
    mkdirSync(dirname(snapshot), { recursive: true });
    writeFileSync(snapshot, "");
    expect((await inspectKernel([jupyter]))?.snapshot).toBe(snapshot);
  });

  it.each([
    ["Node", join("/nowhere", "node"), main],
    ["main file", process.execPath, join("/nowhere", "main.js")],
  ])("says that its %s is gone", async (_, node, file) => {
    install(JSON.stringify(kernelspec(node, file)));
    const gone = node === process.execPath ? file : node;
    expect(await inspectKernel([jupyter])).toMatchObject({ nodeVersion: null, problem: `${gone} is gone` });
  });

  it.each(["{", "{}", '{ "argv": [] }'])("says that the kernelspec %s is damaged", async (text) => {
    install(text);
    expect((await inspectKernel([jupyter]))?.problem).toMatch(/^kernel\.json is damaged \(/);
  });

  describe.skipIf(process.platform === "win32")("with another Node", () => {
    const anotherNode = (script: string) => {
      const node = join(prefix, "node");
      writeFileSync(node, `#!/bin/sh\n${script}\n`);
      chmodSync(node, 0o755);
      install(JSON.stringify(kernelspec(node, main)));
    };

    it("says that it is not the one that runs here, and which version it has", async () => {
      anotherNode(`exec "${process.execPath}" "$@"`);
      expect(await inspectKernel([jupyter])).toMatchObject({ sameNode: false, nodeVersion: process.versions.node });
    });

    it("says in a line why that one can't run the kernel", async () => {
      anotherNode("echo 'node:internal' >&2; echo 'SyntaxError: Unexpected token' >&2; exit 1");
      const problem = `${join(prefix, "node")} can't run it (SyntaxError: Unexpected token)`;
      expect(await inspectKernel([jupyter])).toMatchObject({ nodeVersion: null, problem });
    });
  });
});

describe("jupyterPath", () => {
  it("is $JUPYTER_PATH, virtual environments, the user's folder, the system's", () => {
    const folders = jupyterPath(
      { JUPYTER_PATH: ["/one", "/two"].join(delimiter), VIRTUAL_ENV: "/venv", JUPYTER_DATA_DIR: "/user" },
      "/notebooks",
    );
    expect(folders.slice(0, 2)).toEqual(["/one", "/two"]);
    const places = ["/notebooks/.venv/share/jupyter", "/venv/share/jupyter", "/user"].map((place) => join(place));
    expect(folders.filter((folder) => places.includes(join(folder))).map((folder) => join(folder))).toEqual(places);
    expect(folders.indexOf("/user")).toBeLessThan(folders.length - 1);
  });
});
