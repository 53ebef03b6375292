// Lets a plain Node process require the TypeScript sources, and hides packages from it that a test wants missing.
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const ts = require("typescript");

require.extensions[".ts"] = (module, file) => {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  // Without a name it is called module.ts, and TypeScript 6 takes an import of "./module" for one of itself.
  const options = { fileName: file, compilerOptions };
  module._compile(ts.transpileModule(fs.readFileSync(file, "utf8"), options).outputText, file);
};

const hidden = (process.env.HIDDEN_PACKAGES ?? "").split(",").filter(Boolean);
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  // Only as the build has made it can Node.js load it.
  if (request === "./core-gradients") return path.join(__dirname, "../../../../dist/tensor/core-gradients.js");
  if (hidden.includes(request)) {
    const error = new Error(`Cannot find module '${request}'`);
    error.code = "MODULE_NOT_FOUND";
    throw error;
  }
  return resolve.call(this, request, ...rest);
};
