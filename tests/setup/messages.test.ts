import { expect, test } from "vitest";
import { load } from "./load";

test("time is said as people say it", async () => {
  const { seconds } = await load("terminal/seconds.mjs");
  expect([300, 9940, 9960, 59_600, 200_000].map(seconds)).toEqual([
    "0.3 s",
    "9.9 s",
    "10 s",
    "1 min 0 s",
    "3 min 20 s",
  ]);
});

test("a bar shows its share, and nothing where the share is unknown", async () => {
  const { bar } = await load("terminal/progress.mjs");
  expect(bar(0.4, 10)).toBe("[████░░░░░░] 40 %");
  expect(bar(1.7, 4)).toBe("[████] 100 %");
  expect(bar(undefined)).toBe("");
});

test("on a terminal a step draws over itself; in a log it is one line when it begins to wait and one at its end", async () => {
  const { showStep } = await load("terminal/progress.mjs");
  const lines: string[] = [];
  const step = showStep("Build", { stream: { write: (text: string) => lines.push(text) }, now: () => 0 });
  step.working("compiling", 0.1);
  step.working("compiling", 0.9);
  step.end("✓", "done");
  expect(lines).toEqual(["  Build: compiling …\n", "✓ Build: done (0.0 s)\n"]);
});

test("the last words of a program are those about the error", async () => {
  const { lastWords } = await load("terminal/run.mjs");
  expect(lastWords("Collecting x\nERROR: No matching distribution found for x\nnotice: y\n")).toBe(
    "No matching distribution found for x",
  );
  expect(lastWords("one\ntwo\n\n")).toBe("two");
  expect(lastWords("")).toBe("it said nothing");
});

test("tsc's first error and its emitted files are read from what it prints", async () => {
  const { emittedFiles, firstError } = await load("steps/build.mjs");
  const output =
    "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\nsrc/b.ts(1,1): error TS1: x\n";
  expect(firstError(output)).toBe("src/a.ts(3,7): Type 'string' is not assignable to type 'number'");
  expect(emittedFiles("TSFILE: /p/dist/a.js\nTSFILE: /p/dist/a.d.ts\n")).toEqual(["/p/dist/a.js", "/p/dist/a.d.ts"]);
});
