import { beforeAll, describe, expect } from "vitest";
import { type EngineName, useEngine } from "../../src/tensor/engine";
import { loadNative } from "../../src/tensor/native";
import { tf } from "../../src/tensor/tf";

/** Engines that can run here; native is left out, with a note, where it was not built. */
export const engines: EngineName[] = "version" in loadNative() ? ["native", "wasm", "cpu"] : ["wasm", "cpu"];

/** The same tests on every engine. */
export function onEveryEngine(title: string, tests: (engine: EngineName) => void): void {
  describe.each(engines)(`${title} on %s`, (engine) => {
    beforeAll(async () => {
      await useEngine(engine, { quiet: true });
    });
    tests(engine);
  });
}

/** Fails when a function leaves tensors behind. */
export function expectNoLeak<T>(run: () => T): T {
  const before = tf.memory().numTensors;
  const result = run();
  expect(tf.memory().numTensors - before, "tensors left behind").toBe(0);
  return result;
}
