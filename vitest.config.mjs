import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: [
      // The examples import vitlab as its users do; tests run what is in src.
      { find: /^vitlab$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) },
      { find: "vitlab/kernel", replacement: fileURLToPath(new URL("src/kernel/api.ts", import.meta.url)) },
      { find: /^vitlab\/(\w+)$/, replacement: fileURLToPath(new URL("src/$1/index.ts", import.meta.url)) },
      // Only as the build has made it can Node.js load it.
      {
        find: /^\.\/core-gradients$/,
        replacement: fileURLToPath(new URL("dist/tensor/core-gradients.js", import.meta.url)),
      },
    ],
  },
  test: {
    include: ["tests/**/*.test.ts"],
    // TensorFlow and its threads live in the process: a worker thread can't hold the native binding twice.
    pool: "forks",
    // On two cores vitest would run one file at a time, most of which wait for programs that they started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    // The linter cannot watch for `.only`: it takes our `fit` for a focused test.
    allowOnly: false,
  },
});
