import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { root } from "../paths.mjs";
import { onInterrupt } from "../terminal/signals.mjs";

const CHILD = fileURLToPath(new URL("run-one-by-one.mjs", import.meta.url));
const MOST_SECONDS = 60;

/**
 * Runs each example as a program of its own, in an empty folder of its own, and resolves to `{ printed, error }` for each:
 * the lines that it printed, and what it threw, as `file:line: …`.
 *
 * Two processes take them one by one: starting vitlab takes longer than most of them.
 */
export async function runExamples(examples, { processes = 2, mostSeconds = MOST_SECONDS } = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "vitlab-docs-")));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules", "vitlab"), process.platform === "win32" ? "junction" : "dir");
    const results = new Array(examples.length);
    let next = 0;
    const take = async () => {
      let child;
      while (next < examples.length) {
        const at = next++;
        child ??= startChild(folder);
        results[at] = await runIn(child, place(examples[at], at, folder), examples[at], mostSeconds);
        if (child.killed || !child.connected) child = undefined;
      }
      child?.kill();
    };
    await Promise.all(Array.from({ length: processes }, take));
    return results;
  } finally {
    forget();
    remove();
  }
}

function startChild(cwd) {
  const env = { ...process.env };
  // What the examples show is in English.
  env.VITLAB_LANG = "en";
  // Vitest's own.
  delete env.NODE_OPTIONS;
  const child = fork(CHILD, { cwd, env, execArgv: ["--enable-source-maps"], stdio: ["ignore", "pipe", "pipe", "ipc"] });
  for (const stream of [child.stdout, child.stderr]) stream.resume();
  return child;
}

/** Writes an example as a module, which remembers the file and the line that it came from. */
function place(example, at, folder) {
  const { outputText, sourceMapText } = ts.transpileModule(example.program, {
    compilerOptions: { target: "es2022", module: "esnext", sourceMap: true },
  });
  const source = join(folder, example.file);
  const map = Buffer.from(JSON.stringify({ ...JSON.parse(sourceMapText), sources: [pathToFileURL(source).href] }));
  const program = outputText.replace(/^\/\/# sourceMappingURL=.*$/m, "");
  const file = join(folder, `example-${at}.mjs`);
  writeFileSync(file, `${program}//# sourceMappingURL=data:application/json;base64,${map.toString("base64")}\n`);
  const cwd = join(folder, `folder-${at}`);
  mkdirSync(cwd);
  return { file, cwd, source };
}

function runIn(child, placed, example, mostSeconds) {
  return new Promise((done) => {
    const failed = (error) => ({ printed: [], error: `${example.file}:${example.line}: ${error}` });
    const finish = (result) => {
      clearTimeout(timer);
      child.removeAllListeners();
      done(result);
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      finish(failed(`does not end within ${mostSeconds} seconds`));
    }, mostSeconds * 1000);
    child.once("exit", (code, signal) => finish(failed(`ends the process (${signal ?? `exit code ${code}`})`)));
    child.once("message", ({ printed, thrown }) => {
      if (!thrown) return finish({ printed });
      const line = lineOf(thrown.stack, placed) ?? example.line;
      finish({ printed, error: `${example.file}:${line}: throws ${thrown.text}` });
    });
    child.send(placed);
  });
}

/** The example's line in a stack: the library's own lines may be of the same file, but lie in another folder. */
function lineOf(stack, { source }) {
  const frame = stack
    .split("\n")
    .find((each) => each.includes(`${source}:`) || each.includes(pathToFileURL(source).href));
  return frame && Number(frame.match(/:(\d+):\d+\)?$/)?.[1]);
}
