// Notebook 10: each check is told the starting point, the solution, and wrong answers that are typical.

import path from "node:path";
import ts from "typescript";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import * as vitlab from "../../src/index";
import {
  changed,
  exercises,
  partsOf,
  programOf,
  sections,
  setup,
  solutions,
  solutionsOf,
  withOneImport,
  wrongAnswers,
} from "./exercises";
import { folder } from "./notebook";

/** Runs code of cells; it needs no other cells than these. */
async function run({ names, body }: ReturnType<typeof withOneImport>, given: Record<string, unknown>): Promise<void> {
  const { outputText } = ts.transpileModule(body, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const values = names.filter((each) => !each.startsWith("type "));
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const execute = new AsyncFunction("vitlab", ...Object.keys(given), `const { ${values} } = vitlab;\n${outputText}`);
  await execute(vitlab, ...Object.values(given));
}

/** What the check says of each answer, in a language. */
async function said(exercise: string, answers: readonly string[], language: "en" | "zh"): Promise<string[]> {
  const lines: string[][] = answers.map(() => []);
  let now = -1;
  vi.stubEnv("VITLAB_LANG", language);
  vi.spyOn(console, "log").mockImplementation((line) => void lines[now]?.push(String(line)));
  const begin = (i: number) => {
    now = i;
  };
  await run(programOf(exercise, answers), { begin });
  return lines.map((all) => all.at(-1) ?? "");
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

beforeAll(() => vitlab.useEngine());

it("there are a dozen exercises, each with a solution and three wrong answers or more", () => {
  const dozen = Array.from({ length: 12 }, (_, i) => String(i + 1));
  expect([exercises, Object.keys(solutions)]).toEqual([dozen, dozen]);
  expect(Object.keys(sections).sort()).toEqual(["", ...dozen, "after"].sort());
  expect(exercises.filter((exercise) => wrongAnswers[exercise]!.length < 3)).toEqual([]);
  expect(solutionsOf("zh")).toEqual(solutions);
});

describe.each(exercises)("the check of exercise %s", (exercise) => {
  const wrong = wrongAnswers[exercise]!;
  const solution = solutions[exercise]!;

  it("is polite before the start, takes the solution, and says what is wrong with wrong answers", async () => {
    const answers = [partsOf(exercise).start, solution, ...wrong.map((one) => changed(one, solution))];
    const [start, right, ...others] = await said(exercise, answers, "en");
    expect([start, right]).toEqual([`${exercise} ○ not done yet`, `${exercise} ✓ right`]);
    for (const [i, line] of others.entries()) expect(line).toContain(wrong[i]!.says);
    expect(others.filter((line) => line.includes("✓"))).toEqual([]);
  });

  it("says it in Chinese as well", async () => {
    const answers = wrong.map((one) => changed(one, solution));
    const lines = await said(exercise, [partsOf(exercise).start, ...answers], "zh");
    expect(lines.filter((line) => !/\p{Script=Han}/u.test(line))).toEqual([]);
  });
});

it("each answer is TypeScript that a cell takes", () => {
  const programs = exercises.map((exercise) => {
    const solution = solutions[exercise]!;
    const wrong = wrongAnswers[exercise]!.map((one) => changed(one, solution));
    return programOf(exercise, [partsOf(exercise).start, solution, ...wrong]);
  });
  const files = new Map(
    programs.map(({ names, body }, i) => [
      path.join(folder, `exercise-${exercises[i]}.ts`),
      `import { ${names} } from "vitlab";\ndeclare function begin(i: number): void;\n${body}`,
    ]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    files.has(file)
      ? ts.createSourceFile(file, files.get(file)!, ts.ScriptTarget.ES2022)
      : getSourceFile.call(host, file, ...rest);
  const found = ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host));
  expect(
    found.map(({ file, messageText }) => [file?.fileName, ts.flattenDiagnosticMessageText(messageText, "\n")]),
  ).toEqual([]);
});

it("each bug is revealed by its test, which the healthy model passes", async () => {
  type Numbers = Record<"neighbors" | "evenness" | "shuffled" | "spread" | "sum" | "length", number>;
  let examined = {} as Record<string, Numbers>;
  vi.spyOn(console, "log").mockImplementation(() => {});
  const give = (numbers: typeof examined) => {
    examined = numbers;
  };
  await run(withOneImport([setup, partsOf("8").before, "give(examined);"].join("\n")), { give });
  const healthy = {
    neighbors: (x: number) => x < 1e-4,
    evenness: (x: number) => x > 0.7,
    shuffled: (x: number) => x > 1e-3,
    spread: (x: number) => x > 0.1,
    sum: (x: number) => Math.abs(x - 1) > 0.1,
    length: (x: number) => Math.abs(x - Math.sqrt(32)) < 1e-3,
  };
  const failed = (kind: string) =>
    Object.entries(healthy).flatMap(([test, passes]) => (passes(examined[kind]![test as "sum"]) ? [] : [test]));
  expect(Object.fromEntries(Object.keys(examined).map((kind) => [kind, failed(kind)]))).toEqual({
    healthy: [],
    // Both give all images one answer, which shuffled patches don't move.
    "over the batch": ["neighbors", "shuffled"],
    "normalized twice": ["shuffled", "spread"],
    "wrong scale": ["evenness"],
    "no positions": ["shuffled"],
    "softmax twice": ["sum"],
    "no final norm": ["length"],
  });
});
