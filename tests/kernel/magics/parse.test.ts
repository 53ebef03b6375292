import ts from "typescript";
import { describe, expect, it } from "vitest";
import { MAGIC_DECLARATIONS } from "../../../src/kernel/magics/declarations";
import { cellMagicCode, parseMagics } from "../../../src/kernel/magics/parse";

function typescript(code: string): string {
  const cell = parseMagics(code);
  if (cell.kind !== "typescript") throw new Error(`${cell.kind} ${JSON.stringify(cell)}`);
  return cell.code;
}

function message(code: string): string {
  const cell = parseMagics(code);
  return cell.kind === "error" ? cell.message : `no error, but ${cell.kind}`;
}

const CALLS: [string, string][] = [
  ["%who", "__cell_magic__.who();"],
  ["  %who", "  __cell_magic__.who();"],
  ["%pwd", "__cell_magic__.pwd();"],
  ["%cd data/it's here", '__cell_magic__.cd("data/it\'s here");'],
  ["%env A=1", '__cell_magic__.env("A=1");'],
  ["%time f(x)", "await __cell_magic__.time(() => (f(x)));"],
  ["%time f(x);", "await __cell_magic__.time(() => (f(x)));"],
  ["%time f(x) // slow", "await __cell_magic__.time(() => (f(x))); // slow"],
  ["%time f('// no comment')", "await __cell_magic__.time(() => (f('// no comment')));"],
  ["%time await f(x)", "await __cell_magic__.time(async () => (await f(x)));"],
  ["%time const y = f(x)", "__cell_magic__.start(); const y = f(x); __cell_magic__.stop();"],
  ["%time f(); g()", "__cell_magic__.start(); f(); g(); __cell_magic__.stop();"],
  ["%timeit f(x)", "await __cell_magic__.timeit(() => (f(x)), {});"],
  ["%timeit -n 10 -r 3 f(x)", "await __cell_magic__.timeit(() => (f(x)), { loops: 10, runs: 3 });"],
  ["%timeit -n10 -x", "await __cell_magic__.timeit(() => (-x), { loops: 10 });"],
  ["%timeit const y = f(x)", "await __cell_magic__.timeit(() => { const y = f(x); }, {});"],
  ["!npm install lodash", 'await __cell_magic__.shell("npm install lodash");'],
  ["!ls -la", 'await __cell_magic__.shell("ls -la");'],
  ["!cat ./a.txt | wc -l", 'await __cell_magic__.shell("cat ./a.txt | wc -l");'],
];

describe("a line magic", () => {
  it.each(CALLS)("%s becomes a call", (code, call) => {
    expect(typescript(code)).toBe(call);
  });

  it("stays in its line among other code", () => {
    expect(typescript("const a = 1\n%timeit f(a)\nconst b = 2")).toBe(
      "const a = 1\nawait __cell_magic__.timeit(() => (f(a)), {});\nconst b = 2",
    );
  });

  it("takes an expression up to its last bracket", () => {
    expect(typescript("%time fit(model, {\n  steps: 1, // few\n}); // done\na")).toBe(
      "await __cell_magic__.time(() => (fit(model, {\n  steps: 1, // few\n}))); // done\na",
    );
  });

  it("begins a statement within a block", () => {
    expect(typescript("for (const n of [1, 2]) {\n  %timeit f(n)\n}")).toContain("  await __cell_magic__.timeit(");
  });

  it("may follow a command with quotes of the shell's kind", () => {
    expect(typescript("!echo it's `\n%who")).toBe('await __cell_magic__.shell("echo it\'s `");\n__cell_magic__.who();');
  });
});

const UNTOUCHED: [string, string][] = [
  ["a modulo", "a % b"],
  ["a modulo in a line of its own", "const c = a\n  % b"],
  ["a modulo by a variable with a magic's name", "const c = a\n  %time"],
  ["a modulo after an operator", "const c = (a\n%time\n)"],
  ["a template", "const t = `\n%time f()\n!ls -la\n`"],
  ["a template in a template", "const t = `\u0024{`\n%who\n`}`"],
  ["an expression in a template", "const t = `\u0024{a\n%time }`"],
  ["a comment", "/*\n%time f()\n*/"],
  ["a negation", "!done"],
  ["a negation with an operator", "!a && b"],
  ["a negation with a minus", "!a - 1"],
  ["a negation with a word operator", "!a instanceof B"],
  ["a regular expression with a quote", "s.match(/[`/'\"]/)\nconst t = 1"],
  ["a ternary", "a ?\n1 : 2"],
  ["nothing", ""],
];

describe("what only looks like a magic stays as it is:", () => {
  it.each(UNTOUCHED)("%s", (_, code) => {
    expect(parseMagics(code)).toEqual({ kind: "typescript", code });
  });

  it("a backtick in a regular expression opens no template", () => {
    expect(typescript("const r = /`/\n%who")).toBe("const r = /`/\n__cell_magic__.who();");
  });

  it("brackets in strings and comments open nothing", () => {
    expect(typescript("f('(') // (\n/* ( */\n%who")).toBe("f('(') // (\n/* ( */\n__cell_magic__.who();");
  });
});

it("lines that end as on Windows have their magics, too", () => {
  expect(typescript("%who\r\n%time f()\r\nf()")).toBe(
    "__cell_magic__.who();\nawait __cell_magic__.time(() => (f()));\nf()",
  );
});

describe("a cell magic", () => {
  it.each([
    ["%%html\n<b>x</b>", "html", "", "<b>x</b>"],
    ["\n%%bash\nls\npwd", "bash", "", "ls\npwd"],
    ["%%js\nalert(1)", "javascript", "", "alert(1)"],
    ["%%sh\nls", "script", "sh", "ls"],
    ["%%python -u\nprint(1)", "script", "python3 -u", "print(1)"],
    ["%%file a.txt\nx", "writefile", "a.txt", "x"],
    ["%%script python3 -u\nprint(1)", "script", "python3 -u", "print(1)"],
    ["%%writefile -a a.txt\nx", "writefile", "-a a.txt", "x"],
    ["%%markdown\n%time", "markdown", "", "%time"],
  ])("%j is not TypeScript", (code, name, argument, body) => {
    expect(parseMagics(code)).toEqual({ kind: "cell", name, argument, body });
  });

  it("runs by a call that carries its text", () => {
    expect(cellMagicCode({ kind: "cell", name: "bash", argument: "", body: 'echo "a"\nls' })).toBe(
      'await __cell_magic__.run("bash", "", "echo \\"a\\"\\nls");',
    );
  });

  it("%%capture keeps the lines where they are, and names what is kept", () => {
    expect(typescript("%%capture kept --no-stderr\nf()\n%who")).toBe(
      'const kept = __cell_magic__.capture(["stderr"]);\nf()\n__cell_magic__.who();',
    );
    expect(typescript("\n%%capture\nf()")).toBe("\n__cell_magic__.capture([]);\nf()");
    expect(parseMagics("%%capture a b\n1")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/one variable, not "a b"/),
    });
    expect(parseMagics("%%capture --quiet\n1")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/no option --quiet/),
    });
  });

  it("%run names a file, and stands alone", () => {
    expect(parseMagics("\n%run part.ts;\n")).toEqual({ kind: "run", file: "part.ts" });
    expect(parseMagics('%run "my part.ts"')).toEqual({ kind: "run", file: "my part.ts" });
    expect(parseMagics("%run")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/needs the name of a file/),
    });
    expect(parseMagics("f()\n%run part.ts")).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/stands alone/),
    });
  });

  it("%%time leaves the cell's lines where they are", () => {
    expect(parseMagics("%%time\nconst a = 1\n%who")).toEqual({
      kind: "typescript",
      code: "__cell_magic__.startCell(); \nconst a = 1\n__cell_magic__.who();",
      time: true,
    });
  });

  it("%%timeit measures the cell's lines, which stay where they are", () => {
    expect(typescript("%%timeit -r 2\nf() // x")).toBe(
      "await __cell_magic__.timeit(() => {\nf() // x\n}, { runs: 2 });",
    );
    expect(typescript("%%timeit\nawait f()")).toContain("timeit(async () => {");
  });

  it("%%timeit runs what stands in its first line once", () => {
    expect(typescript("%%timeit const a = 1\nf(a)")).toBe(
      "{ const a = 1; await __cell_magic__.timeit(() => {\nf(a)\n}, {}); }",
    );
  });
});

describe("%reset", () => {
  it("tells that the cell starts from nothing", () => {
    expect(parseMagics("// new\n%reset -f\nconst a = 1")).toEqual({
      kind: "typescript",
      code: '// new\n__cell_magic__.reset("-f");\nconst a = 1',
      reset: true,
    });
  });

  it("is refused after other code", () => {
    expect(message("const a = 1;\n%reset")).toBe("%reset forgets every variable: put it at the beginning of a cell.");
  });
});

describe("a mistake is explained:", () => {
  it.each([
    ["%timit f(x)", "There is no magic %timit. Did you mean %timeit? %lsmagic lists them."],
    ["const a = 1\n%timit f(x)", "There is no magic %timit. Did you mean %timeit? %lsmagic lists them."],
    ["%quickref", "There is no magic %quickref. %lsmagic lists them."],
    ["%%htm\n<b>", "There is no magic %%htm. Did you mean %%html? %lsmagic lists them."],
    ["%bash", "%bash isn't a line magic: write %%bash in the first line of a cell, which is for the whole cell."],
    ["%%who", "%%who isn't a cell magic: write %who, which is for one line."],
    ["const a = 1;\n%%time\nf()", "%%time is for a whole cell: it must stand in the first line, before any code."],
    ["%time", "%time needs an expression: %time model.forward(images)"],
    ["%timeit -n many f()", "-n of timeit takes a whole number from 1: %timeit -n 100 -r 5 f(x)"],
    ["%%timeit", "%%timeit needs code below its first line; %timeit EXPRESSION measures one line."],
    ["%%script\nx", "%%script needs a command in its first line."],
  ])("%j", (code, expected) => {
    expect(message(code)).toBe(expected);
  });
});

describe("help", () => {
  it.each([
    ["tf.tensor?", "tf.tensor", 0],
    ["?tf.tensor", "tf.tensor", 0],
    ["tf.tensor??\n", "tf.tensor", 1],
  ])("%j asks for the name's documentation", (cell, code, detail) => {
    expect(parseMagics(cell)).toEqual({ kind: "inspect", code, cursor: code.length, detail });
  });

  it("of a magic is known", () => {
    const cell = parseMagics("%who?");
    expect(cell).toEqual({ kind: "page", text: "%who\n\nLists the variables." });
  });
});

describe("the TypeScript of magics", () => {
  it("has no errors beside MAGIC_DECLARATIONS", () => {
    const cells = CALLS.map(([code]) => `{\n${typescript(code)}\n}`);
    const more = [
      "%%timeit const a = 1\nf(a)",
      "%%timeit\nawait f(1)",
      "%%time\nf(1)",
      "%lsmagic",
      "%memory",
      "%whos",
      "%load a",
    ];
    const source = [
      "export {}; declare function f(x?: unknown): unknown; declare function g(): void; declare const x: number;",
      MAGIC_DECLARATIONS,
      ...cells,
      ...more.map(typescript),
      cellMagicCode({ kind: "cell", name: "html", argument: "", body: "<b>" }),
    ].join("\n");
    const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, strict: true, types: [] };
    const host = ts.createCompilerHost(options);
    const original = host.getSourceFile.bind(host);
    host.getSourceFile = (name, ...rest) =>
      name === "cell.ts" ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : original(name, ...rest);
    const program = ts.createProgram(["cell.ts"], options, host);
    const errors = ts.getPreEmitDiagnostics(program, program.getSourceFile("cell.ts"));
    expect(errors.map((error) => ts.flattenDiagnosticMessageText(error.messageText, "\n"))).toEqual([]);
  });
});
