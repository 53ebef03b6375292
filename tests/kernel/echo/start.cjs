// `node start.cjs CONNECTION_FILE`: the echo kernel, from its TypeScript.

const { join } = require("node:path");
const { buildSync } = require("esbuild");

const [bundle] = buildSync({
  entryPoints: [join(__dirname, "echo.ts")],
  bundle: true,
  platform: "node",
  packages: "external",
  write: false,
}).outputFiles;
new Function("require", "__dirname", bundle.text)(require, __dirname);
