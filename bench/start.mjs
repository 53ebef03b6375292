import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { root, venvPython } from "../setup/paths.mjs";
import { SetupError } from "../setup/setup-error.mjs";
import { run } from "../setup/terminal/run.mjs";
import { ratioByRound, summary } from "./models/statistics.mjs";

const usage = "npm run bench -- start [--against DIST] [--rounds N] [--no-kernel] [--json]";
const picture = join(root, "data", "chelsea.png");

/** What a build is asked for, each in a fresh process: the arguments of Node.js. */
const programs = {
  'require("vitlab")': (dist) => ["--eval", `require(${JSON.stringify(join(dist, "index.js"))})`],
  'import("vitlab")': (dist) => ["--eval", `import(${JSON.stringify(pathToFileURL(join(dist, "index.js")).href)})`],
  "vitlab predict vit-shapes PNG": (dist) => [join(dist, "cli", "main.js"), "predict", "vit-shapes", picture],
  "vitlab --help": (dist) => [join(dist, "cli", "main.js"), "--help"],
};

/** How long this build takes to load and to start, beside another one in turns; prints a table, or with `--json` one line a row. */
export async function benchStart(args) {
  const { against, rounds, kernel, json } = startArguments(args);
  const builds = [join(root, "dist"), ...(against ? [against] : [])];
  const found = [{ what: "node itself", builds: await turns(rounds, [["--eval", "0"]]) }];
  for (const [what, argumentsOf] of Object.entries(programs))
    found.push({ what, builds: await turns(rounds, builds.map(argumentsOf)) });
  if (kernel) found.push(...(await firstCells(rounds, builds)));
  if (json) for (const row of found) console.log(JSON.stringify(row));
  else console.log(table(found));
}

export function startArguments(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        against: { type: "string" },
        rounds: { type: "string", default: "15" },
        "no-kernel": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    if (!/^[1-9]\d*$/.test(values.rounds)) throw new Error(`--rounds is ${values.rounds}, not a whole number above 0`);
    const against = values.against && resolve(values.against);
    if (against && !existsSync(join(against, "index.js"))) throw new Error(`${values.against} has no index.js`);
    return { against, rounds: Number(values.rounds), kernel: !values["no-kernel"], json: values.json };
  } catch (error) {
    throw new SetupError(`${error.message.split(". ")[0]}; usage: ${usage}`);
  }
}

/** Milliseconds a build; the first round, which warms the disk's cache and vitlab's own, is not counted. */
async function turns(rounds, commands) {
  const times = commands.map(() => []);
  for (let round = 0; round <= rounds; round++)
    for (const [i, args] of commands.entries()) {
      const took = await milliseconds(args);
      if (round > 0) times[i].push(took);
    }
  return times;
}

/** From the start of a process to its end. */
function milliseconds(args) {
  return new Promise((done, failed) => {
    const began = performance.now();
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
    });
    child.on("error", failed);
    child.on("exit", (code) => {
      if (code === 0) done(performance.now() - began);
      else failed(new SetupError(`node ${args.join(" ")} failed: ${said.trim()}`));
    });
  });
}

async function firstCells(rounds, builds) {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-start-"));
  try {
    const specs = [];
    for (const [i, dist] of builds.entries()) {
      const prefix = join(folder, `${i}`);
      await finished(process.execPath, [join(dist, "cli", "main.js"), "kernelspec", "install", "--prefix", prefix]);
      specs.push(join(prefix, "share", "jupyter", "kernels"));
    }
    const output = await finished(venvPython(), ["bench/start.py", "--rounds", String(rounds), ...specs]);
    const lines = output.split("\n").filter((line) => line.startsWith("{"));
    const rows = lines.map((line) => JSON.parse(line));
    const cells = [...new Set(rows.map(({ what }) => what))];
    const timesOf = (cell, spec) => rows.find(({ what, specs }) => what === cell && specs === spec).times;
    return cells.map((what) => ({ what, builds: specs.map((spec) => timesOf(what, spec)) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function finished(program, args) {
  const result = await run(program, args, { cwd: root });
  if (result.missing)
    throw new SetupError(`there is no ${program}: run \`npm start\` once, or measure with --no-kernel`);
  if (!result.ok) throw new SetupError(`the measurement failed:\n${result.output.trimEnd()}`);
  return result.output;
}

/** Medians with quartiles as Markdown, a row each; `x` is how many times as long the other build takes, by round. */
export function table(found) {
  const two = found.some(({ builds }) => builds.length > 1);
  const heads = ["from start to end", "ms", "quartiles", ...(two ? ["other, ms", "quartiles", "x", "quartiles"] : [])];
  const times = (all) => {
    const { median, q1, q3 } = summary(all);
    return [median.toFixed(0), `${q1.toFixed(0)}-${q3.toFixed(0)}`];
  };
  const rows = found.map(({ what, builds: [own, other] }) => {
    if (!other) return [what, ...times(own), ...(two ? ["", "", "", ""] : [])];
    const ratio = ratioByRound(
      other.map((time) => [time]),
      own.map((time) => [time]),
    );
    return [
      what,
      ...times(own),
      ...times(other),
      ratio.median.toFixed(2),
      `${ratio.q1.toFixed(2)}-${ratio.q3.toFixed(2)}`,
    ];
  });
  return [heads, ["---", ...heads.slice(1).map(() => "--:")], ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}
