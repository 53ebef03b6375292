#!/usr/bin/env bash
# Expected: in a cell of tslab { name } is what { name: name } is, also where an earlier cell declared name.
# Seen: the cell compiles, and what runs raises "ReferenceError: name is not defined"; { name: name } works, and so does the
# shorthand in the cell that declares it. Versions: tslab 1.0.22 with typescript 5.9.3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit tslab@1.0.22 typescript@5.9.3
cat >program.cjs <<'PROGRAM'
const { createConverter } = require("tslab/dist/converter");
const { createExecutor } = require("tslab/dist/executor");
const converter = createConverter();
// tslab prints what a cell that failed raised.
const printed = [];
const told = { ...console, error: (...words) => printed.push(words.map(String).join(" ")) };
const executor = createExecutor(process.cwd(), { node: converter, browser: converter }, told);
const run = async (cell) => {
  printed.length = 0;
  const worked = await executor.execute(cell);
  return worked ? "works" : printed.join("\n").match(/\w*Error: [^\n]*/)?.[0];
};
(async () => {
  await executor.execute("const name = 'cat';");
  const seen = {
    "{ name: name }": await run("const written = { name: name }; if (written.name !== 'cat') throw new Error(written.name)"),
    "{ name }": await run("const short = { name }; if (short.name !== 'cat') throw new Error(short.name)"),
    "in one cell": await run("const own = 'dog'; const one = { own }; if (one.own !== 'dog') throw new Error(one.own)"),
  };
  console.log(`tslab ${require("tslab/package.json").version}, typescript ${require("typescript").version}`, seen);
  const same = seen["{ name: name }"] === "works" && seen["in one cell"] === "works";
  process.exit(same && seen["{ name }"] === "ReferenceError: name is not defined" ? 0 : 1);
})();
PROGRAM
node program.cjs
