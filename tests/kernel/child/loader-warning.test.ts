import { expect, it, vi } from "vitest";
import { silenceLoaderWarning } from "../../../src/kernel/child/loader-warning";

it("silences Node.js about what the kernel uses, and about nothing else", () => {
  const { emitWarning } = process;
  const heard = vi.fn();
  process.emitWarning = heard;
  silenceLoaderWarning();
  process.emitWarning("vm.USE_MAIN_CONTEXT_DEFAULT_LOADER is an experimental feature");
  const loads = (file: string) => `CommonJS module a.js is loading ES Module ${file} using require().`;
  process.emitWarning(loads("/vitlab/dist/kernel/child/import-meta-resolve.mjs"));
  process.emitWarning(loads("/mine/b.mjs"), "ExperimentalWarning");
  process.emitWarning = emitWarning;
  expect(heard.mock.calls).toEqual([[loads("/mine/b.mjs"), "ExperimentalWarning"]]);
});
