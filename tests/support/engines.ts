import { afterAll, beforeAll, describe, expect } from "vitest";
import { compiled, useCompiled } from "../../src/tensor/compiled";
import { type EngineName, useEngine } from "../../src/tensor/node/engine";
import { loadNative } from "../../src/tensor/node/load-native";
import { tf } from "../../src/tensor/tf";

/** Engines that can run here; native is left out, with a note, where it was not built. */
export const engines: EngineName[] = "version" in loadNative() ? ["native", "wasm", "cpu"] : ["wasm", "cpu"];

/**
 * Engines, and those that have compiled operations once more without them, as they run where there is no compiler, or where
 * the memory of TensorFlow.js's backend can't be had.
 */
const forms: [form: string, engine: EngineName, own: boolean][] = engines.flatMap((engine) => [
  [engine, engine, true],
  ...(engine === "cpu" ? [] : ([[`${engine} in steps`, engine, false]] as [string, EngineName, boolean][])),
]);

/** The same tests on every engine, in every form that operations have there. */
export function onEveryEngine(title: string, tests: (engine: EngineName) => void): void {
  describe.each(forms)(`${title} on %s`, (_, engine, own) => {
    let before = true;
    beforeAll(async () => {
      before = useCompiled(own);
      await useEngine(engine, { quiet: true });
    });
    afterAll(() => {
      useCompiled(before);
    });
    tests(engine);
  });
}

/** Whether the compiled operations are here and in use, on the engine in use. */
export const runsCompiled = () => compiled() !== undefined;

/** Fails when a function leaves tensors behind. */
export function expectNoLeak<T>(run: () => T): T {
  const before = tf.memory().numTensors;
  const result = run();
  expect(tf.memory().numTensors - before, "tensors left behind").toBe(0);
  return result;
}
