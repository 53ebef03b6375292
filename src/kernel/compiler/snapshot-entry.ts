import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startupSnapshot } from "node:v8";
import type { createCompiler } from "./create-compiler";
import type { serve } from "./serve";

/**
 * Run by `node --build-snapshot`: loads the compiler, uses it once, and leaves the heap behind for later processes to
 * start from. Only built-in modules can be required here, so all others are read and evaluated by hand; the first
 * argument says, as JSON, where packages and their files are.
 */
const packages = JSON.parse(process.argv[2] ?? "{}") as Readonly<Record<string, string>>;
const loaded = new Map<string, { exports: object }>();

/** Cells that use what most notebooks use: declarations of the libraries, and functions that V8 then need not compile again. */
const WARM_UP = [
  "1 + 1",
  "const values: number[] = [1, 2, 3];\nlet sum = 0;\nfor (const value of values) sum += value;\nconsole.log(`sum`, sum);",
  'import { readFileSync } from "node:fs";\nclass A<T> { constructor(readonly x: T) {} get twice() { return [this.x, this.x]; } }\nconst a = new A(values);',
  "async function wait(ms: number) { await new Promise((resolve) => setTimeout(resolve, ms)); return { ms, a, values }; }\nawait wait(1);",
  "interface Point { x: number; y?: number }\nconst point: Point = { x: 1 };\nconst { x, y = 2 } = point;\n[x, y].map((v) => v * 2);",
  'const wrong: number = "text";',
];

function load(file: string): object {
  const known = loaded.get(file);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(file, module);
  const source = `${readFileSync(file, "utf8")}\n//# sourceURL=${file}`;
  const evaluate = new Function("exports", "require", "module", "__filename", "__dirname", source);
  evaluate(module.exports, requireFrom(dirname(file)), module, file, dirname(file));
  return module.exports;
}

function requireFrom(folder: string) {
  const resolve = (id: string): string => {
    const file = id.startsWith(".") ? join(folder, `${id}.js`) : packages[id];
    if (file === undefined) throw new Error(`Cannot find "${id}" from ${folder}.`);
    return file;
  };
  const found = (id: string): unknown => (id.startsWith(".") || id in packages ? load(resolve(id)) : require(id));
  return Object.assign(found, { resolve });
}

/** Sorts by code units in `work`: the collators that TypeScript and tslab sort by are native, no snapshot can hold them. */
async function withoutCollators(work: () => Promise<void>): Promise<void> {
  const { localeCompare } = String.prototype;
  const { Collator } = Intl;
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  String.prototype.localeCompare = function (other) {
    return compare(String(this), other);
  };
  Intl.Collator = (() => ({ compare })) as unknown as typeof Collator;
  await work();
  String.prototype.localeCompare = localeCompare;
  Intl.Collator = Collator;
  // TypeScript keeps its collator until the language of its messages changes.
  const { setUILocale } = load(packages.typescript ?? "") as { setUILocale: (locale: string | undefined) => void };
  setUILocale("en");
  setUILocale(undefined);
}

async function warmUp(create: typeof createCompiler): Promise<void> {
  const compiler = create({ cwd: __dirname });
  let previous = "";
  for (const code of WARM_UP) {
    const compiled = await compiler.compile({ code, cell: "Cell[1]", previous });
    if (compiled.ok) previous = compiled.declarations;
  }
  await withoutCollators(async () => {
    await compiler.complete({ code: "values.ma", cursor: 9, previous });
    await compiler.complete({ code: "cons", cursor: 4, previous });
  });
  await compiler.inspect({ code: "values.map(", cursor: 11, previous, detail: 0 });
  await compiler.isComplete({ code: "for (const x of [1]) {" });
  await compiler.keep({ declarations: previous, previous, names: ["x"], ran: [] });
}

const compiler = load(join(__dirname, "create-compiler.js")) as { createCompiler: typeof createCompiler };
const server = load(join(__dirname, "serve.js")) as { serve: typeof serve };
startupSnapshot.setDeserializeMainFunction(() => server.serve());
void warmUp(compiler.createCompiler);
