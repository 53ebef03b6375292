import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CapturedOutput } from "../../../src/kernel/child/capture";
import { installMagics } from "../../../src/kernel/child/magics";
import { memoryText } from "../../../src/kernel/child/magics/memory";
import { cellMagicCode, type ParsedCell, parseMagics } from "../../../src/kernel/magics/parse";
import { tf } from "../../../src/tensor/tf";

let out: string;
let errors: string;
let displayed: unknown[];
let next: unknown[];
let locals: Record<string, unknown>;
let abort: AbortController;
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "magics-")));
const home = process.cwd();

const magics = installMagics({
  cell: () => ({
    write(name, text) {
      if (name === "stdout") out += text;
      else errors += text;
    },
    display: (bundle) => displayed.push(bundle),
    capture: () => new CapturedOutput(() => {}),
    signal: abort.signal,
  }),
  inputs: () => ["", "1 + 1", "const x = 3;\nx", "", "%history"],
  locals: () => locals,
  reset() {
    locals = {};
  },
  setNextInput: (text, options) => next.push([text, options]),
});

beforeEach(() => {
  out = errors = "";
  displayed = [];
  next = [];
  locals = {};
  abort = new AbortController();
  process.chdir(folder);
});

afterEach(() => {
  magics.cellEnded(abort.signal);
  process.chdir(home);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a cell; its value is that of a last magic. */
async function run(cell: string): Promise<unknown> {
  const parsed: ParsedCell = parseMagics(cell);
  if (parsed.kind !== "typescript" && parsed.kind !== "cell") throw new Error(JSON.stringify(parsed));
  const code = parsed.kind === "cell" ? cellMagicCode(parsed) : parsed.code;
  const body = code.replace(/(^|\n)((?:await )?__cell_magic__[^\n]*)$/, "$1return $2");
  return new Function(`return (async () => {\n${body}\n})()`)();
}

describe("%time", () => {
  it("hands on the value and tells the times as IPython does", async () => {
    expect(await run("%time 6 * 7")).toBe(42);
    expect(out).toMatch(/^CPU times: user [\d.]+ \S+, sys: [\d.]+ \S+, total: [\d.]+ \S+\nWall time: [\d.]+ \S+\n$/);
  });

  it("waits for promises, and tells the time of what fails, too", async () => {
    await expect(run("%time await Promise.reject(new Error('no'))")).rejects.toThrow("no");
    expect(out).toContain("Wall time");
  });

  it("leaves declarations to the cell", async () => {
    expect(await run("%time const a = 41\n%time a + 1")).toBe(42);
    expect(out.match(/Wall time/g)).toHaveLength(2);
  });

  it("as %%time tells the time at the end of the cell, once", async () => {
    await run("%%time\nlet a = 1\na++");
    expect(out).toBe("");
    magics.cellEnded(abort.signal);
    magics.cellEnded(abort.signal);
    expect(out.match(/Wall time/g)).toHaveLength(1);
  });
});

describe("%timeit", () => {
  it("measures loops and runs as asked", async () => {
    locals.calls = 0;
    (globalThis as { count?: () => void }).count = () => {
      locals.calls = (locals.calls as number) + 1;
    };
    await run("%timeit -n 10 -r 3 count()");
    expect(out).toMatch(
      /[\d.]+ (s|ms|µs|ns) ± [\d.]+ (s|ms|µs|ns) per loop \(mean ± std\. dev\. of 3 runs, 10 loops each\)\n$/,
    );
    expect(locals.calls).toBe(31);
  });

  it("waits for promises, in a cell of its own, too", async () => {
    await run("%%timeit -n 1 -r 1\nawait new Promise((f) => setTimeout(f, 20))");
    expect(out).toMatch(
      /^(19|[2-9]\d|\d{3,})(\.\d+)? ms ± 0 ns per loop \(mean ± std\. dev\. of 1 run, 1 loop each\)\n$/,
    );
  });

  it("stops at an interrupt", async () => {
    setTimeout(() => abort.abort(new Error("interrupted")), 30);
    await expect(run("%timeit await new Promise((f) => setTimeout(f, 1))")).rejects.toThrow("interrupted");
    expect(out).toBe("");
  });
});

describe("the variables", () => {
  it("are listed by %who and %whos, without what the compiler adds", async () => {
    locals = { b: "text", a: [1, 2], tsLastExpr: 1, __esModule: true, t: tf.zeros([2, 3]), f: () => 1 };
    await run("%who");
    expect(out).toBe("a\t b\t f\t t\n");
    out = "";
    await run("%whos");
    expect(out).toBe(
      [
        "Variable   Type       Data/Info",
        "-------------------------------",
        "a          Array      [ 1, 2 ]",
        "b          string     'text'",
        "f          function   [Function: f]",
        "t          Tensor     Tensor float32 [2, 3]",
        "",
      ].join("\n"),
    );
  });

  it("are forgotten by %reset, which says so unless told -f", async () => {
    locals = { a: 1 };
    await run("%reset");
    expect([locals, out]).toEqual([{}, "Every variable is forgotten.\n"]);
    out = "";
    await run("%reset -f\n%who");
    expect(out).toBe("Interactive namespace is empty.\n");
  });
});

describe("%memory", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  it("tells of the process", async () => {
    await run("%memory");
    expect(out).toMatch(/Process: [\d.]+ \wiB resident, heap [\d.]+ \wiB of [\d.]+ \wiB, [\d.]+ \wiB outside of it\n$/);
  });

  it("counts the tensors of each TensorFlow.js once, and asks no other package", () => {
    tf.engine().reset();
    const kept = tf.keep(tf.zeros([256, 2]));
    const module = (exports: unknown) => ({ exports }) as NodeJS.Module;
    const text = memoryText({
      "/x/node_modules/@tensorflow/tfjs/dist/tf.node.js": module({ memory: tf.memory, engine: tf.engine }),
      "/x/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js": module(tf),
      "/x/node_modules/other/index.js": module({
        get memory() {
          throw new Error("asked");
        },
      }),
    });
    expect(text.split("\n")[0]).toBe(`TensorFlow.js ${tf.version_core} (cpu): 1 tensor, 2 KiB in 1 buffer`);
    kept.dispose();
  });
});

describe("folders, files and the environment", () => {
  it("%cd goes there and back, and %pwd tells where", async () => {
    await run(`%cd "${home}"`);
    expect(await run("%pwd")).toBe(home);
    await run("%cd -");
    expect(await run("%pwd")).toBe(folder);
    expect(out).toBe(`${home}\n${folder}\n`);
    await expect(run("%cd nowhere")).rejects.toThrow("%cd found no folder nowhere");
  });

  it("%env shows and sets a variable", async () => {
    await run("%env MAGIC_TEST=a b");
    expect(out).toBe("env: MAGIC_TEST=a b\n");
    expect(await run("%env MAGIC_TEST")).toBe("a b");
    expect(await run("%env")).toMatchObject({ MAGIC_TEST: "a b" });
    delete process.env.MAGIC_TEST;
    await expect(run("%env MAGIC_TEST")).rejects.toThrow("There is no environment variable MAGIC_TEST");
  });

  it("%%writefile writes, overwrites and appends", async () => {
    await run("%%writefile a.txt\none");
    await run("%%writefile a.txt\ntwo");
    await run("%%writefile -a a.txt\nthree");
    expect(out).toBe("Writing a.txt\nOverwriting a.txt\nAppending to a.txt\n");
    expect(readFileSync("a.txt", "utf8")).toBe("two\nthree\n");
  });

  it("%load puts a file in the place of the cell", async () => {
    writeFileSync("b.ts", "const b = 1;\n");
    await run("%load b.ts");
    expect(next).toEqual([["// %load b.ts\nconst b = 1;\n", { replace: true }]]);
  });
});

describe("a cell in another language", () => {
  it.each([
    ["html", "text/html"],
    ["javascript", "application/javascript"],
    ["markdown", "text/markdown"],
    ["latex", "text/latex"],
    ["svg", "image/svg+xml"],
  ])("%s is displayed", async (name, type) => {
    await run(`%%${name}\n<x>\n`);
    expect(displayed).toEqual([{ [type]: "<x>\n" }]);
  });

  it("runs in bash, in the working folder", async () => {
    await run('%%bash\npwd\necho "grün" >&2');
    expect([out, errors]).toEqual([`${folder}\n`, "grün\n"]);
  });

  it("is an error when it ends with another exit code than 0", async () => {
    await expect(run("%%bash\necho before\nexit 3")).rejects.toMatchObject({
      name: "CommandError",
      message: "bash ended with exit code 3; what it printed stands above.",
    });
    expect(out).toBe("before\n");
  });

  it("is the input of %%script's command", async () => {
    await run(`%%script "${process.execPath}" -\nconsole.log(6 * 7)`);
    expect(out).toBe("42\n");
    await expect(run("%%script no-such-command\nx")).rejects.toThrow("There is no command no-such-command");
  });

  it("prints while it runs, and ends at an interrupt with all that it started", async () => {
    // A job in the background of bash ignores SIGINT, and keeps the output open as long as it lives.
    const running = run("%%bash\nsleep 600 &\necho started\nsleep 600\necho after");
    const failed = expect(running).rejects.toThrow("interrupted");
    while (out === "") await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort(new Error("interrupted"));
    await failed;
    expect(out).toBe("started\n");
  });

  it("as !command tells of a bad exit code without an error", async () => {
    await run("!echo one && exit 4");
    expect([out, errors]).toEqual(["one\n", "exit code 4\n"]);
  });
});

it("%history prints the cells so far, with numbers, the last ones, or those of a range", async () => {
  for (const magic of ["%history", "%history -n 2-3", "%history -l 1", "%history 1 4"]) await run(magic);
  const all = "1 + 1\nconst x = 3;\nx\n%history\n";
  expect(out).toBe(`${all}   2: const x = 3;\nx\n%history\n1 + 1\n%history\n`);
  await expect(run("%history -x")).rejects.toThrow('%history doesn\'t know "-x": %history [-n] [-l COUNT] [RANGE…]');
});

it("%lsmagic lists the magics", async () => {
  await run("%lsmagic");
  expect(out).toMatch(/^Available line magics:\n%cd {2}%env .*\n\nAvailable cell magics:\n%%bash {2}%%capture /);
});
