// The examples in docstrings: each is run as a program of its own, and held to what it says that it prints.

import { beforeAll, describe, expect, it } from "vitest";
import { load } from "../setup/load";

interface Example {
  file: string;
  line: number;
  program: string;
}

interface Checker {
  allExamples(): Example[];
  exampleProblems(examples: readonly Example[], options?: { mostSeconds?: number }): Promise<(string | undefined)[]>;
}

interface Finder {
  examplesIn(file: string, text: string): Example[];
}

const theChecker: Promise<Checker> = load("docs/examples.mjs");
const theFinder: Promise<Finder> = load("docs/find-examples.mjs");

/** Time for all examples on a busy machine, by the test runner's clock. */
const LONG = 300_000;

/** A source file whose third line begins the docstring, and whose sixth is the example's first. */
function sourceWith(...lines: string[]): string {
  const example = lines.map((line) => ` * ${line}`.trimEnd());
  return ["const before = 1;", "", "/**", " * Does it.", " * @example ", " * ```ts", ...example, " * ```", " */"].join(
    "\n",
  );
}

describe("the examples of src/", async () => {
  const { allExamples, exampleProblems } = await theChecker;
  const examples = allExamples();
  const problems = new Map<Example, string | undefined>();

  beforeAll(async () => {
    const found = await exampleProblems(examples);
    for (const [i, example] of examples.entries()) problems.set(example, found[i]);
  }, LONG);

  it("are many", () => {
    expect(examples.length).toBeGreaterThanOrEqual(150);
  });

  const named = examples.map((example) => [`${example.file}:${example.line}`, example] as const);

  it.each(named)("%s does what it says", (_, example) => {
    expect(problems.get(example)).toBeUndefined();
  });

  it.each(named)("%s is short", (_, { program }) => {
    const lines = program.split("\n").filter((line) => /\S/.test(line) && !/^\s*\/\//.test(line));
    expect(lines.length).toBeLessThanOrEqual(12);
  });
});

describe("an example", async () => {
  const { examplesIn } = await theFinder;

  it("keeps the lines and columns of its file", () => {
    const [example] = examplesIn("src/a.ts", sourceWith("let x = 1;", "", "  x++;"));
    expect(example).toMatchObject({ file: "src/a.ts", line: 7 });
    expect(example?.program.split("\n").slice(5)).toEqual(["", "   let x = 1;", "  ", "     x++;", ""]);
  });

  it("is every block of ts in a docstring, and nothing outside of one", () => {
    const two = sourceWith("one();", "```", "More:", "```ts", "two();");
    expect(examplesIn("a.ts", `${two}\n// \`\`\`ts\n${sourceWith("three();")}`).map(({ line }) => line)).toEqual([
      7, 11, 21,
    ]);
    expect(examplesIn("a.ts", "/* ```ts\n * x();\n * ```\n */")).toEqual([]);
  });

  it("must be there where a docstring says so", () => {
    const text = "\n/**\n * Adds.\n * @example add(1, 2)\n */";
    expect(() => examplesIn("src/a.ts", text)).toThrow("src/a.ts:4: the @example has no block");
  });
});

describe("of an example", async () => {
  const { exampleProblems } = await theChecker;
  const { examplesIn } = await theFinder;

  const good = [
    ["a comment behind", ["console.log([1, 65, 32]); // [ 1, 65, 32 ]"]],
    ["comments under it", ["console.log('a\\n\\n  b');", "// a", "//", "//   b"]],
    [
      "a comment behind, with what is said of the next line under it",
      ["console.log(1); // 1", "// And two.", "console.log(2); // 2"],
    ],
    ["those of a loop", ["for (const i of [1, 2]) console.log(i);", "// 1", "// 2"]],
    ["a number that goes on", ["console.log(2 / 3, [1 / 3]); // 0.66… [ 0.333… ]"]],
    ["an await", ["console.log(await Promise.resolve(1)); // 1"]],
    [
      "types, and a folder of its own",
      [
        'import { readdirSync, writeFileSync } from "node:fs";',
        "const name: string = 'a.txt';",
        "writeFileSync(name, '');",
        "console.log(readdirSync('.')); // [ 'a.txt' ]",
      ],
    ],
    ["the package, by its name", ['import { ViT } from "vitlab";', "console.log(ViT.name); // ViT"]],
    [
      "the kernel's part",
      ['import { currentKernel } from "vitlab/kernel";', "console.log(currentKernel()); // undefined"],
    ],
  ] as const;

  const broken = [
    ["another output", ["", "console.log(1 + 1); // 3"], "src/a.ts:8: prints 2 where it says 3"],
    ["too little", ["if (0) console.log(1); // 1"], "src/a.ts:7: prints nothing where it says 1"],
    [
      "too much",
      ["for (const i of [1, 2]) console.log(i); // 1"],
      "src/a.ts:7: prints also 2, of which it says nothing",
    ],
    ["other digits", ["console.log(2 / 3); // 0.67…"], "src/a.ts:7: prints 0.6666666666666666 where it says 0.67…"],
    [
      "an output that it doesn't tell",
      ["", "", "console.log(1);"],
      "src/a.ts:9: this console.log doesn't say what it prints: add it as a comment behind",
    ],
    ["no output", ["Math.max(1, 2);"], "src/a.ts:7: says of nothing that it is printed: show a result"],
    [
      "a type error",
      ["console.log(1); // 1", "const x: string = 1;"],
      "src/a.ts:8:10: Type 'number' is not assignable to type 'string'.",
    ],
    [
      "a wrong argument",
      ['import { ViT } from "vitlab";', "console.log(new ViT(3)); // x"],
      "src/a.ts:8:24: Argument of type 'number' is not assignable to parameter of type 'ViTConfig'.",
    ],
    [
      "a name that isn't exported",
      ['import { ViTT } from "vitlab";', "console.log(ViTT); // 1"],
      `src/a.ts:7:13: '"vitlab"' has no exported member named 'ViTT'. Did you mean 'ViT'?`,
    ],
    ["a syntax error", ["console.log(1; // 1"], "src/a.ts:7:17: ')' expected."],
    [
      "a thrown error",
      ["console.log(1); // 1", "", "throw new RangeError('no');"],
      "src/a.ts:9: throws RangeError: no",
    ],
    [
      "an error of the library",
      [
        'import { tf, patchify } from "vitlab";',
        "const images = tf.zeros<tf.Rank.R4>([1, 8, 8, 3]);",
        "console.log(patchify(images, 3).shape); // x",
      ],
      "src/a.ts:9: throws VitlabError: ",
    ],
    [
      "no end",
      ["await new Promise((done) => setTimeout(done, 100_000));", "console.log(1); // 1"],
      "src/a.ts:7: does not end within 20 seconds",
    ],
    [
      "an end of the process",
      ["process.exit(3);", "console.log(1); // 1"],
      "src/a.ts:7: ends the process (exit code 3)",
    ],
    [
      "the network",
      ['await fetch("http://127.0.0.1:9");', "console.log(1); // 1"],
      "src/a.ts:7: throws TypeError: fetch failed",
    ],
  ] as const;

  const found: (string | undefined)[] = [];

  beforeAll(async () => {
    const examples = [...good, ...broken].flatMap(([, lines]) => examplesIn("src/a.ts", sourceWith(...lines)));
    found.push(...(await exampleProblems(examples, { mostSeconds: 20 })));
  }, LONG);

  it.each(good.map(([what], i) => [what, i] as const))("%s is taken", (_, i) => {
    expect(found[i]).toBeUndefined();
  });

  it.each(broken.map(([what, , problem], i) => [what, problem, i] as const))("%s is told", (_, problem, i) => {
    expect(found[good.length + i]?.slice(0, problem.length)).toBe(problem);
  });
});
