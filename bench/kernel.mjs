import { parseArgs } from "node:util";
import { root, venvPython } from "../setup/paths.mjs";
import { SetupError } from "../setup/setup-error.mjs";
import { run } from "../setup/terminal/run.mjs";

const usage = "npm run bench -- kernel [--kernels vitlab,tslab,deno,python3] [--starts N] [--rounds N] [--json]";

/** Measures the latencies of the installed kernels in one run and prints a table, or with `--json` one line a figure. */
export async function benchKernel(args) {
  const { json, ...options } = benchArguments(args);
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const found = [];
  const result = await run(venvPython(), ["bench/kernel.py", ...given], {
    cwd: root,
    onLine(line) {
      if (!line.startsWith("{")) return;
      found.push(JSON.parse(line));
      if (json) console.log(line);
    },
  });
  if (result.missing) throw new SetupError("there is no .venv to measure with: run `npm start` once");
  if (!result.ok) throw new SetupError(`the measurement failed:\n${result.output.trimEnd()}`);
  if (!json) console.log(table(found));
}

export function benchArguments(args) {
  const text = { type: "string" };
  try {
    const options = { kernels: text, starts: text, rounds: text, json: { type: "boolean", default: false } };
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new SetupError(`${error.message.split(". ")[0]}; usage: ${usage}`);
  }
}

/** The figures as Markdown: a row a figure, a column a kernel, medians in milliseconds. */
export function table(found) {
  const kernels = [...new Set(found.map((each) => each.kernel))];
  const figures = [...new Set(found.map((each) => each.figure))];
  const cell = (kernel, figure) => {
    const one = found.find((each) => each.kernel === kernel && each.figure === figure);
    return one ? `${one.median < 10 ? one.median.toFixed(1) : Math.round(one.median)}` : "";
  };
  const rows = figures.map((figure) => [figure, ...kernels.map((kernel) => cell(kernel, figure))]);
  return [["milliseconds, median", ...kernels], ["---", ...kernels.map(() => "---:")], ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}
