import { spawnSync } from "node:child_process";
import path from "node:path";
import util from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { currentEngine, describeEngine, type EngineName, useEngine } from "../../../src/tensor/node/engine";
import { loadNative } from "../../../src/tensor/node/load-native";
import { tf } from "../../../src/tensor/tf";
import { engines } from "../../support/engines";

const native = loadNative();

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("useEngine", () => {
  it.each(engines)("starts %s by name", async (name) => {
    const engine = await useEngine(name, { quiet: true });
    expect(engine.engine).toBe(name);
    expect(currentEngine()).toBe(engine);
    expect(tf.getBackend()).toBe({ native: "tensorflow", wasm: "wasm", cpu: "cpu" }[name]);
    expect(engine).toMatchObject({ tfjs: tf.version_core, node: process.versions.node });
    expect(engine.threads).toBeGreaterThanOrEqual(1);
    if (name === "native") {
      expect(engine.tensorflow).toMatch(/^\d+\.\d+\.\d+/);
      expect(engine.reason).toBeNull();
    } else {
      expect(engine).toMatchObject({ tensorflow: null, threads: 1, reason: `engine ${name} was asked for` });
    }
  });

  it.each(engines)("starts %s by VITLAB_ENGINE", async (name) => {
    vi.stubEnv("VITLAB_ENGINE", name);
    expect((await useEngine(undefined, { quiet: true })).engine).toBe(name);
  });

  it("lets the name win over VITLAB_ENGINE", async () => {
    vi.stubEnv("VITLAB_ENGINE", "wasm");
    expect((await useEngine("cpu", { quiet: true })).engine).toBe("cpu");
  });

  it("without a name takes the fastest", async () => {
    vi.stubEnv("VITLAB_ENGINE", "");
    expect((await useEngine(undefined, { quiet: true })).engine).toBe("version" in native ? "native" : "wasm");
  });

  it("names the engines where it doesn't know one, and keeps the one it has", async () => {
    const before = await useEngine("cpu", { quiet: true });
    await expect(useEngine("gpu" as EngineName)).rejects.toThrow(
      'engine "gpu" is not known: it must be one of native, wasm, cpu',
    );
    vi.stubEnv("VITLAB_ENGINE", "cuda");
    await expect(useEngine()).rejects.toThrow(
      'VITLAB_ENGINE is "cuda": it must be one of native, wasm, cpu, or not set',
    );
    expect(currentEngine()).toBe(before);
    expect(tf.getBackend()).toBe("cpu");
  });

  it("prints one line when the engine changes, none when it stays or when quiet", async () => {
    await useEngine("cpu", { quiet: true });
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const line = describeEngine(await useEngine("wasm"));
    await useEngine("wasm");
    expect(log.mock.calls).toEqual([[line]]);
    await useEngine("cpu", { quiet: true });
    expect(log).toHaveBeenCalledTimes(1);
  });

  it("refuses options in the place of the name, and those it doesn't know", async () => {
    const first = { quiet: true } as unknown as EngineName;
    await expect(useEngine(first)).rejects.toThrow(/got its options first: the engine's name, or undefined, stands/);
    await expect(useEngine("cpu", { quite: true } as object)).rejects.toThrow(/quite/);
  });

  it("reads as its line where a cell ends with it", async () => {
    const engine = await useEngine("cpu", { quiet: true });
    const line = `vitlab: engine cpu (TensorFlow.js ${tf.version_core}, Node ${process.versions.node}, 1 thread); engine cpu was asked for`;
    expect(util.inspect(engine)).toBe(line);
    expect(Object.keys(JSON.parse(JSON.stringify(engine)))).toEqual([
      "engine",
      "tensorflow",
      "tfjs",
      "node",
      "threads",
      "reason",
      "compiled",
    ]);
  });
});

/** Runs a program in a Node process of its own, where `engine` and `ViT` are the ones of the sources. */
function runAlone(program: string, environment: Record<string, string> = {}) {
  const root = path.join(__dirname, "..", "..", "..");
  const start = 'const { useEngine, currentEngine } = require("./src/tensor/node/engine.ts");';
  const child = spawnSync(
    process.execPath,
    [
      "--require",
      path.join(root, "tests", "base", "node", "child", "typescript.cjs"),
      "-e",
      `${start}(async () => { ${program} })();`,
    ],
    { cwd: root, encoding: "utf8", env: { ...process.env, VITLAB_ENGINE: "", ...environment } },
  );
  return { lines: child.stdout.split("\n").filter(Boolean), errors: child.stderr.split("\n").filter(Boolean) };
}

const model = `
  const { ViT } = require("./src/vit/model.ts");
  const { tf } = require("./src/tensor/tf.ts");
  const vit = new ViT({ imageSize: 4, patchSize: 2, dim: 4, depth: 1, heads: 1, mlpDim: 4, classes: 2 });
  console.log(JSON.stringify(vit.forward(tf.zeros([1, 4, 4, 3])).shape));`;

describe("a process of its own", () => {
  const HIDDEN = { HIDDEN_PACKAGES: "@tensorflow/tfjs-node" };

  it("prints one line in all, and TensorFlow nothing", () => {
    const { lines, errors } = runAlone(`await useEngine(); await useEngine();${model}`);
    expect(lines).toEqual([expect.stringMatching(/^vitlab: engine (native|wasm) /), "[1,2]"]);
    expect(errors).toEqual([]);
  });

  it("falls back to wasm where the native package is missing, and says why", () => {
    const { lines, errors } = runAlone(`await useEngine();${model}`, HIDDEN);
    expect(lines).toEqual([
      `vitlab: engine wasm (TensorFlow.js ${tf.version_core}, Node ${process.versions.node}, 1 thread); ` +
        "the package @tensorflow/tfjs-node is not installed; run `npm start`",
      "[1,2]",
    ]);
    expect(errors).toEqual([]);
  });

  it("falls back to cpu where wasm is missing as well, and says both reasons", () => {
    const { lines } = runAlone("await useEngine();", {
      HIDDEN_PACKAGES: "@tensorflow/tfjs-node,@tensorflow/tfjs-backend-wasm",
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^vitlab: engine cpu .*tfjs-node is not installed.*; wasm failed as well \(Cannot find/);
  });

  it("refuses native in one sentence where it was asked for and is missing", () => {
    const { lines } = runAlone(
      'await useEngine("native").catch((error) => console.log(error.name, error.message));',
      HIDDEN,
    );
    expect(lines).toEqual([
      "VitlabError engine native can't be used: the package @tensorflow/tfjs-node is not installed; " +
        "run `npm start`",
    ]);
  });

  it.runIf("version" in native)("starts native by itself when a model comes before useEngine", () => {
    const { lines, errors } = runAlone(`${model} console.log(currentEngine().engine);`);
    expect(lines).toEqual(["[1,2]", "native"]);
    expect(errors).toEqual([]);
  });

  it("starts cpu with a word of advice when a model comes before useEngine and native is missing", () => {
    const { lines, errors } = runAlone(`${model} console.log(currentEngine().engine);`, HIDDEN);
    expect(lines).toEqual(["[1,2]", "cpu"]);
    expect(errors).toEqual([
      "vitlab: running on engine cpu, the slowest; call `await useEngine()` before the first model to get a faster one",
    ]);
  });

  it.each([
    ["", true],
    ["off", false],
  ])("runs operations of our own on wasm with VITLAB_COMPILED=%s: %s", (setting, own) => {
    const program = 'console.log((await useEngine("wasm", { quiet: true })).compiled);';
    expect(runAlone(program, { VITLAB_COMPILED: setting }).lines).toEqual([String(own)]);
  });

  it("asks for useEngine when VITLAB_ENGINE is wasm, which can't start at once", () => {
    const { lines } = runAlone("try { currentEngine(); } catch (error) { console.log(error.message); }", {
      VITLAB_ENGINE: "wasm",
    });
    expect(lines).toEqual(["VITLAB_ENGINE is wasm, which starts asynchronously: call `await useEngine()` first"]);
  });
});
