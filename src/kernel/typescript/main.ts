import "../../base/node/keep-compiled";
import { KernelError } from "../kernel-error";
import { startCompiler } from "./compiler-process";

/** `node dist/kernel/typescript/main.js CONNECTION_FILE`: what the kernelspec starts. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  fail(new KernelError("The kernel needs a connection file: Jupyter starts it with one. Try `jupyter lab`."));
} else {
  // It takes longest to start: all else is loaded meanwhile.
  const compiler = startCompiler();
  const { run } = require("./run") as typeof import("./run");
  run(file, compiler).catch(fail);
}

function fail(error: Error): void {
  process.stderr.write(`${error instanceof KernelError ? error.message : error.stack}\n`);
  process.exit(1);
}
