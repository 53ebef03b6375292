import { readFileSync } from "node:fs";
import path from "node:path";
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import type { Activation } from "../../src/tensor/activation";
import { attention } from "../../src/tensor/attention";
import { compiled, type RunCompiled } from "../../src/tensor/compiled";
import { feedForward } from "../../src/tensor/feed-forward";
import { layerNorm } from "../../src/tensor/layer-norm";
import { linear } from "../../src/tensor/linear";
import { useEngine } from "../../src/tensor/node/engine";
import { loadNative } from "../../src/tensor/node/load-native";
import { wasmOperationsFile } from "../../src/tensor/node/load-wasm-operations";
import { tf } from "../../src/tensor/tf";
import { hasRelaxedSimd, offerWasmOperations } from "../../src/tensor/wasm-operations";
import { adam } from "../../src/train/optimizers/adam";
import { load } from "../setup/load";
import { expectNoLeak } from "../support/engines";
import { drawn } from "./directional-derivative";

interface Backend {
  wasm: { HEAPU8: Uint8Array; asm: object };
}

const heap = () => (tf.backend() as unknown as Backend).wasm.HEAPU8;
const kinds = [false, true].filter((relaxed) => !relaxed || hasRelaxedSimd());

beforeAll(async () => {
  await useEngine("wasm", { quiet: true });
});

it("a shipped module is made of the sources that are here: `npm run wasm` makes them", async () => {
  const { modules, modulesFolder, sourcesKey } = await load("wasm/operations.mjs");
  let bytes = 0;
  for (const name of Object.keys(modules)) {
    const file = readFileSync(path.join(modulesFolder, name));
    // Not compiled: not every host knows relaxed SIMD.
    expect(file.toString("latin1", file.length - 16), name).toBe(sourcesKey(name));
    bytes += file.length;
  }
  expect(bytes).toBeLessThan(300_000);
});

it("asks nothing of its host but memory, outputs and refusals", async () => {
  const module = await WebAssembly.compile(readFileSync(wasmOperationsFile(false)));
  const asked = WebAssembly.Module.imports(module).filter(({ kind }) => kind === "function");
  expect(asked.map(({ module: from, name }) => `${from}.${name}`).sort()).toEqual(
    ["free", "malloc", "output", "refuse"].map((name) => `backend.${name}`),
  );
});

describe.each(kinds)("operations with relaxed SIMD %s", (relaxed) => {
  beforeAll(async () => {
    await offer(relaxed);
    return () => offer(hasRelaxedSimd());
  });

  beforeEach(async () => {
    expect((await useEngine("wasm", { quiet: true })).compiled).toBe(true);
  });

  it("multiply as TensorFlow.js does", () => {
    tf.tidy(() => {
      const random = new Random(1);
      const [x, weight] = [drawn<Tensor2D>([301, 131], random), drawn<Tensor2D>([131, 71], random)];
      expect(largest(tf.sub(linear(x, weight, null), tf.matMul(x, weight)))).toBeLessThan(1e-4);
    });
  });

  it("work on while WebAssembly's memory grows", () => {
    tf.tidy(() => {
      const weight = tf.ones([64, 64]) as Tensor2D;
      const before = heap().length;
      const kept: Tensor[] = [];
      for (let step = 0; heap().length < before + 2e7; step++) {
        const x = tf.fill([1000 + step, 64], step);
        const [y, dx] = [linear(x, weight, null), tf.grad((input: Tensor) => linear(input, weight, null))(x)];
        expect(largest(tf.sub(y, step * 64)) + largest(tf.sub(dx, 64)), `step ${step}`).toBe(0);
        kept.push(y);
        expect(step).toBeLessThan(1000);
      }
    });
  });

  it("leave no tensor behind where they refuse, and work on", () => {
    const run = compiled() as RunCompiled;
    const [x, weight, none, short] = [tf.ones([2, 4]), tf.ones([4, 5]), tf.zeros([0]), tf.ones([2])];
    for (let i = 0; i < 100; i++) {
      expectNoLeak(() =>
        expect(() => run("Linear", [x, weight, short, none], 2)).toThrow(
          /^linear: the bias isn't as long as the weight is wide$/,
        ),
      );
      expectNoLeak(() => tf.dispose(run("Linear", [x, weight, none, none], 2)));
    }
    const whole = tf.ones([2, 4], "int32");
    expect(() => run("Linear", [whole, weight, none, none], 2)).toThrow(
      "Linear got a tensor of int32: it takes float32",
    );
    tf.dispose([x, weight, none, short, whole]);
  });

  it.each(["cpu", "native"] as const)("take tensors that engine %s made", async (other) => {
    if (other === "native" && !("version" in loadNative())) return;
    await useEngine(other, { quiet: true });
    const [x, weight] = [tf.fill([3, 8], 2), tf.ones([8, 5]) as Tensor2D];
    await useEngine("wasm", { quiet: true });
    tf.tidy(() => {
      expect(largest(tf.sub(linear(x, weight, null), 16))).toBe(0);
    });
    tf.dispose([x, weight]);
  });

  it("take turns with the native engine's", async () => {
    if (!("version" in loadNative())) return;
    const sums: number[] = [];
    for (let turn = 0; turn < 3; turn++)
      for (const engine of ["native", "wasm"] as const) {
        await useEngine(engine, { quiet: true });
        sums.push(
          tf.tidy(() => tf.sum(linear(tf.ones([300, 64]), tf.ones([64, 64]) as Tensor2D, null)).dataSync()[0]!),
        );
      }
    expect(new Set(sums)).toEqual(new Set([300 * 64 * 64]));
  });

  it("meet NaN and Infinity as the native engine's do", async () => {
    if (!("version" in loadNative())) return;
    await useEngine("native", { quiet: true });
    const native = compiled() ? extremes() : undefined;
    await useEngine("wasm", { quiet: true });
    if (native) expect(extremes()).toEqual(native);
  });
});

it("without the backend's memory the engine runs TensorFlow.js's operations, and says so", async () => {
  const backend = tf.backend() as unknown as Backend;
  const before = backend.wasm.asm;
  try {
    backend.wasm.asm = { ...before, memory: undefined };
    await offer(false);
    const { compiled: own } = await useEngine("wasm", { quiet: true });
    expect(own).toBe(false);
    tf.tidy(() => {
      expect(largest(linear(tf.ones([2, 3]), tf.ones([3, 4]) as Tensor2D, null))).toBe(3);
    });
  } finally {
    backend.wasm.asm = before;
    await offer(hasRelaxedSimd());
  }
  expect((await useEngine("wasm", { quiet: true })).compiled).toBe(true);
});

/** Signs of what comes out where a number isn't one, or is infinite: NaN, an infinity, or neither. */
function extremes(): unknown[] {
  const told: unknown[] = [];
  const tell = (name: string, ...tensors: Tensor[]) =>
    told.push([name, ...tensors.map((x) => [...x.dataSync()].map((v) => (Number.isFinite(v) ? "finite" : v)))]);
  tf.tidy(() => {
    const x = tf.tensor2d([Number.NaN, Infinity, -Infinity, 0, -0, 1e30, -1e30, 100, -100], [9, 1]);
    const [one, none] = [tf.ones([1, 1]) as Tensor2D, tf.zeros([1]) as Tensor1D];
    for (const activation of ["relu", "gelu", "gelu_tanh"] as Activation[]) {
      const operation = (input: Tensor) => feedForward(input, [one, none, one, none], { activation });
      tell(activation, operation(x), tf.grad(operation)(x, tf.ones([9, 1])));
    }
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const qkv = tf.tensor3d(
        Array.from({ length: 36 }, (_, i) => (i === 5 ? bad : i / 10)),
        [1, 3, 12],
      );
      const attend = (input: Tensor) => attention(input as Tensor3D, 1);
      tell(`attention with ${bad}`, attend(qkv), tf.grad(attend)(qkv));
      const row = tf.tensor2d([1, 2, bad, 3, 4, 5], [2, 3]);
      const [scale, shift] = [tf.ones([3]) as Tensor1D, tf.zeros([3]) as Tensor1D];
      const normalize = (input: Tensor) => layerNorm(input, scale, shift, 1e-5);
      tell(`layer norm with ${bad}`, normalize(row), tf.grad(normalize)(row));
      tell(`linear with ${bad}`, linear(row, tf.ones([3, 2]) as Tensor2D, null));
    }
    const weights = tf.tensor1d([1, 2, Number.NaN, 4]);
    const state: [Tensor1D, Tensor1D] = [tf.zeros([4]), tf.zeros([4])];
    const gradient = tf.tensor1d([Number.NaN, Infinity, 0, 1e-30]);
    const { weights: next } = adam().update(weights, gradient, state, { update: 1, learningRate: 0.1, places: [] });
    tell("adam", next);
  });
  return told;
}

const largest = (x: Tensor) => tf.max(tf.abs(x)).dataSync()[0] as number;

/** Lets the engine begin with one of the modules. */
async function offer(relaxed: boolean): Promise<void> {
  offerWasmOperations(await WebAssembly.compile(readFileSync(wasmOperationsFile(relaxed))));
}
