import { join } from "node:path";
import ts from "typescript";
import { root } from "../paths.mjs";

/**
 * What the project's compiler says of each example, by the example. The settings are those of tsconfig.json, in which an
 * example imports "vitlab" as its users do; but as in a cell, an element of an array is taken to be there.
 */
export function typeProblems(examples) {
  const settings = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(settings, ts.sys.readFile);
  // Named, so that types are looked for in the project, wherever the process runs.
  const { options: own } = ts.parseJsonConfigFileContent(config, ts.sys, root, undefined, settings);
  const options = { ...own, noUncheckedIndexedAccess: false };
  // No such files exist: the compiler is told so, and finds the package of the folder in which they would stand.
  const programs = new Map(examples.map((example, i) => [posix(join(root, `example-${i}.mts`)), example]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => programs.has(name) || fileExists(name);
  host.readFile = (name) => programs.get(name)?.program ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) => {
    const example = programs.get(name);
    return example ? ts.createSourceFile(name, example.program, version) : getSourceFile(name, version, ...rest);
  };
  const program = ts.createProgram([...programs.keys()], options, host);
  const found = new Map();
  for (const [name, example] of programs) {
    const source = program.getSourceFile(name);
    const [first] = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    if (!first) continue;
    const { line, character } = source.getLineAndCharacterOfPosition(first.start);
    const text = ts.flattenDiagnosticMessageText(first.messageText, " ");
    found.set(example, `${example.file}:${line + 1}:${character + 1}: ${text}`);
  }
  return found;
}

function posix(path) {
  return path.replaceAll("\\", "/");
}
