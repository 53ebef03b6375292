#!/usr/bin/env bash
# Expected: ts.transpileModule looks at one text alone, whatever it imports, so that the specifier of an import doesn't matter.
# Seen: without a fileName the text is called module.ts, and TypeScript 6 follows an import of "./module" to the text itself:
# where a class extends what it imports, a TypeError is raised. "./other" transpiles, and so does "./module" with a fileName,
# or in 5.9. Version: typescript 6.0.3; 5.9.3 is as expected.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit typescript@6.0.3 older@npm:typescript@5.9.3
cat >program.cjs <<'PROGRAM'
const outcome = (ts, specifier, more = {}) => {
  const options = { compilerOptions: { target: ts.ScriptTarget.ES2022 }, ...more };
  const text = `import { Base } from "${specifier}";\nexport class Heir extends Base {}\n`;
  try {
    return ts.transpileModule(text, options).outputText.includes("class Heir") ? "transpiled" : "something else";
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
const seen = {};
for (const name of ["typescript", "older"]) {
  const ts = require(name);
  seen[ts.version] = {
    "./other": outcome(ts, "./other"),
    "./module": outcome(ts, "./module"),
    "./module, with fileName": outcome(ts, "./module", { fileName: "heir.ts" }),
  };
}
console.log(seen);
const fine = (value) => value === "transpiled";
const [older, newer] = [seen["5.9.3"], seen["6.0.3"]].map((one) => Object.values(one).map(fine).join());
process.exit(older === "true,true,true" && newer === "true,false,true" ? 0 : 1);
PROGRAM
node program.cjs
